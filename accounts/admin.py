"""People in the admin: accounts by email address. Logging in goes through the site's own pages."""

from __future__ import annotations

import allauth.account.admin
import allauth.mfa.admin
import allauth.socialaccount.admin
import allauth.usersessions.admin  # noqa: F401  (these register what is taken away below)
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.forms import EmailField, Form, ModelForm
from django.http import HttpRequest

from accounts.addresses import address_of, keep_one_address
from accounts.models import User

# An address changes on its account's page, so that both places where it stands agree. Second
# factors, sessions and log-ins elsewhere are their owner's business; `reset_second_factor` and
# the environment do what is left.
admin.site.unregister([EmailAddress, Authenticator, UserSession])
admin.site.unregister([SocialAccount, SocialApp, SocialToken])


def clean_address(form: ModelForm[User]) -> str:
    email: str = form.cleaned_data["email"].strip().lower()
    taken = User.objects.filter(email__iexact=email).exclude(pk=form.instance.pk).exists()
    rows = EmailAddress.objects.filter(email=email)
    if form.instance.pk:
        rows = rows.exclude(user=form.instance)
    if taken or rows.exists():
        form.add_error("email", "Another account has this address.")
    return email


class NewUserForm(AdminUserCreationForm):  # type: ignore[type-arg]  # mypy alone knows it as generic
    class Meta:
        model = User
        fields = ("email",)
        field_classes = {"email": EmailField}

    def clean_email(self) -> str:
        return clean_address(self)


class ChangeUserForm(UserChangeForm):  # type: ignore[type-arg]  # the same
    class Meta:
        model = User
        fields = "__all__"
        field_classes = {"email": EmailField}

    def clean_email(self) -> str:
        return clean_address(self)


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]  # the same
    form = ChangeUserForm
    add_form = NewUserForm
    add_form_template = None  # Django's speaks of a username
    ordering = ("email",)
    list_display = ("email", "address_confirmed", "is_active", "is_staff", "is_superuser", "roles")
    search_fields = ("email", "first_name", "last_name")
    readonly_fields = ("address_confirmed", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "address_confirmed", "password")}),
        ("Name, for people who work here", {"fields": ("first_name", "last_name")}),
        (
            "Rights",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "usable_password", "password1", "password2"),
                "description": "At the first log-in the address is confirmed with a code.",
            },
        ),
    )

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Rows stay: history points at them. People erase their account on its own page."""
        return False

    @admin.display(boolean=True, description="address confirmed")
    def address_confirmed(self, user: User) -> bool:
        address = address_of(user)
        return address is not None and address.verified

    @admin.display(description="groups")
    def roles(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())

    def save_model(self, request: HttpRequest, obj: User, form: Form, change: bool) -> None:
        """A new or changed address has to be confirmed by whoever receives its mail."""
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data or not change:
            keep_one_address(obj, verified=False)
