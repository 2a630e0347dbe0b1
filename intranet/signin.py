"""Signing in, slowly when it fails: ten wrong passwords for one name from one network, or fifty from one network, in a
quarter of an hour, and nobody enters from there until it is over. Only failures count."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import LoginForm

from portraits import throttle

WITHIN = timedelta(minutes=15)
PER_NAME, PER_NETWORK = 10, 50


class Slow:
    """A sign-in form that refuses to look at one more password after too many wrong ones; `slow` says that it did."""

    slow = False

    def clean(self):
        network, at = throttle.network(self.request), timezone.now()
        keys = {f"{network} {self.cleaned_data.get('username', '').casefold()}": PER_NAME, network: PER_NETWORK}
        if not all(throttle.below("sign-in", who, most=most, within=WITHIN, at=at) for who, most in keys.items()):
            self.slow = True
            raise forms.ValidationError(
                _("Too many wrong passwords. Wait a quarter of an hour, then try again, or ask the administrator.")
            )
        try:
            return super().clean()
        except forms.ValidationError:
            for who, most in keys.items():
                throttle.allow("sign-in", who, most=most, within=WITHIN, at=at)
            raise


class SignIn(Slow, AuthenticationForm):
    """At /connexion/."""


class StaffSignIn(Slow, LoginForm):
    """At /admin/login/ (WAGTAILADMIN_USER_LOGIN_FORM)."""
