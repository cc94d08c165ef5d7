from .lines.urls import urlpatterns

app_name = "provisioning"
__all__ = ["app_name", "urlpatterns"]
