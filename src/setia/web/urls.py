from django.urls import URLPattern, URLResolver, path

from setia.web.views import shell

urlpatterns: list[URLPattern | URLResolver] = [
    path("more/", shell.more, name="more"),
    path("language/", shell.set_language, name="set_language"),
    path("help/<slug:page>/", shell.help, name="help"),
]
