from django.urls import path

app_name = "casebook"
urlpatterns: list = []
