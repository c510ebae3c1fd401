"""This room's table of contents. The list and the record show several rooms and are composed in `web`."""

from django.urls import path

from setia.customers import views

urlpatterns = [
    path("new/", views.add_customer, name="add_customer"),
    path("search/", views.find_customer, name="find_customer"),
    path("archive/", views.archive_customers, name="archive_customers"),
    path("merge/", views.merge_customers, name="merge_customers"),
    path("merges/<int:pk>/undo/", views.unmerge_customers, name="unmerge_customers"),
    path("regions/", views.regions, name="regions"),
    path("regions/search/", views.find_region, name="find_region"),
    path("regions/explain/", views.explain_region, name="explain_region"),
    path("tags/", views.tags, name="tags"),
    path("tags/names/", views.tag_names, name="tag_names"),
    path("tags/<int:pk>/edit/", views.edit_tag, name="edit_tag"),
    path("tags/<int:pk>/merge/", views.merge_tag, name="merge_tag"),
    path("tags/<int:pk>/remove/", views.remove_tag, name="remove_tag"),
    path("tags/<int:pk>/restore/", views.restore_tag, name="restore_tag"),
    path("<int:pk>/related/", views.related, name="related"),
    path("<int:pk>/links/add/", views.add_link, name="add_link"),
    path("<int:pk>/links/<int:link_pk>/remove/", views.remove_link, name="remove_link"),
    path("<int:pk>/days/add/", views.add_life_event, name="add_life_event"),
    path("<int:pk>/days/<int:event_pk>/remove/", views.remove_life_event, name="remove_life_event"),
    path("<int:pk>/tags/add/", views.tag_customer, name="tag_customer"),
    path("<int:pk>/tags/<int:tag_pk>/remove/", views.untag_customer, name="untag_customer"),
    path("<int:pk>/edit/", views.edit_customer, name="edit_customer"),
    path("<int:pk>/archive/", views.archive_customer, name="archive_customer"),
    path("<int:pk>/restore/", views.restore_customer, name="restore_customer"),
    path("<int:pk>/delete/", views.delete_customer, name="delete_customer"),
    path("<int:pk>/note/", views.add_note, name="add_note"),
    path("<int:pk>/contacts/new/", views.add_contact, name="add_contact"),
    path("<int:pk>/contacts/<int:contact_pk>/edit/", views.edit_contact, name="edit_contact"),
    path("<int:pk>/contacts/<int:contact_pk>/remove/", views.remove_contact, name="remove_contact"),
    path("<int:pk>/contacts/<int:contact_pk>/prefer/", views.prefer_contact, name="prefer_contact"),
    # The firm's own fields
    path("fields/", views.fields, name="fields"),
    path("fields/new/", views.add_field, name="add_field"),
    path("fields/<int:pk>/edit/", views.edit_field, name="edit_field"),
    path("fields/<int:pk>/move/", views.move_field, name="move_field"),
    path("fields/<int:pk>/hide/", views.hide_field, name="hide_field"),
    path("fields/<int:pk>/restore/", views.restore_field, name="restore_field"),
    path("fields/<int:pk>/delete/", views.delete_field, name="delete_field"),
    path("fields/<int:pk>/options/add/", views.add_option, name="add_option"),
    path("fields/<int:pk>/options/<int:option_pk>/rename/", views.rename_option, name="rename_option"),
    path("fields/<int:pk>/options/<int:option_pk>/hide/", views.hide_option, name="hide_option"),
    # Consent and privacy
    path("<int:pk>/consent/", views.customer_consent, name="customer_consent"),
    path("<int:pk>/consent/change/", views.change_consent, name="change_consent"),
    path("<int:pk>/privacy/", views.customer_privacy, name="customer_privacy"),
    path("privacy/texts/", views.consent_texts, name="consent_texts"),
]
