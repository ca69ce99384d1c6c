from django.urls import path

from trial_edc.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("session/keep-alive/", views.keep_alive, name="keep-alive"),
    path("session/resume/", views.resume, name="resume"),
]
