"""The admin with the site's own door. Apart from config/apps.py: Django looks for one app there."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    default_site = "accounts.desk.Desk"
