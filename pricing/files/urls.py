from django.urls import path, register_converter

from . import views as file_views


class FormatConverter:
    regex = "csv|xlsx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FormatConverter, "price_changes_format")

app_name = "price_files"
urlpatterns = [
    path("", file_views.file_list, name="list"),
    path("files/<slug:public_id>/", file_views.download, name="download"),
    path("changes/", file_views.change_list, name="changes"),
    path("changes/<price_changes_format:format>/", file_views.change_file, name="change_file"),
    path("search/", file_views.search, name="search"),
    path("parts/<slug:number>/", file_views.part_prices, name="part"),
]
