"""Forms drawn by Setia's own macros: widgets come from Django, everything around them from `web/macros.html`."""

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """Widgets only; a form is laid out field by field with the macro `field`."""
