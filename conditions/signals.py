from django.dispatch import Signal

# Sent after commit with `edition`, which may go live only later (`publish_at`).
edition_published = Signal()
