"""Forms rendered by Setia's own macros."""

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    pass
