from .activating.urls import urlpatterns as of_activating
from .lines.urls import urlpatterns as of_lines

app_name = "provisioning"
urlpatterns = [*of_lines, *of_activating]
