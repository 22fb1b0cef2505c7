"""Texts of the notification services' forms, in the language of the request."""

from __future__ import annotations

from flask_babel import gettext


def service_titles() -> dict[str, str]:
    """Return the services' names, by kind."""
    return {
        "ntfy": "ntfy",
        "telegram": "Telegram",
        "discord": "Discord",
        "pushover": "Pushover",
        "gotify": "Gotify",
        "email": gettext("E-mail"),
        "slack": "Slack",
        "matrix": "Matrix",
        "signal": "Signal",
        "home_assistant": "Home Assistant",
        "other": gettext("Other (Apprise address)"),
    }


def field_labels() -> dict[str, str]:
    """Return the fields' labels, by service and key."""
    server, token = gettext("Server"), gettext("Access token")
    return {
        "ntfy.server": server,
        "ntfy.topic": gettext("Topic"),
        "ntfy.token": token,
        "telegram.token": gettext("Token of the bot"),
        "telegram.chat": gettext("Chat ID"),
        "discord.webhook": gettext("Webhook URL"),
        "pushover.user": gettext("User key"),
        "pushover.token": gettext("API token of the application"),
        "gotify.server": server,
        "gotify.token": gettext("Token of the application"),
        "email.server": gettext("Outgoing mail server"),
        "email.security": gettext("Encryption"),
        "email.port": gettext("Port"),
        "email.user": gettext("User name"),
        "email.password": gettext("Password"),
        "email.sender": gettext("From"),
        "email.to": gettext("To"),
        "slack.webhook": gettext("Webhook URL"),
        "matrix.server": server,
        "matrix.token": token,
        "matrix.room": gettext("Room"),
        "signal.server": server,
        "signal.sender": gettext("From number"),
        "signal.to": gettext("To number"),
        "home_assistant.server": server,
        "home_assistant.token": gettext("Long-lived access token"),
        "home_assistant.target": gettext("Notify action"),
        "other.url": gettext("Address"),
    }


def option_titles() -> dict[str, str]:
    """Return the choices' labels."""
    return {
        "starttls": "STARTTLS",
        "ssl": "SSL/TLS",
        "insecure": gettext("None"),
    }


def help_texts() -> dict[str, str]:
    """Return where to find the values that a form asks for, by service, or by service and key."""
    return {
        "ntfy.topic": gettext(
            "The name that you subscribed to in the ntfy app. Whoever knows it can read along."
        ),
        "ntfy.token": gettext("Only for a topic that is protected."),
        "telegram.token": gettext("From @BotFather, looks like 123456:ABC-DEF."),
        "telegram.chat": gettext("Empty: whoever wrote to the bot last. Write to it once before you test."),
        "discord.webhook": gettext("In Discord: channel settings, Integrations, Webhooks."),
        "gotify.token": gettext("In Gotify: Apps, create an application."),
        "email.port": gettext("Empty: the usual one."),
        "email.password": gettext("Many providers want an app password here."),
        "email.to": gettext("Several with commas between them."),
        "slack.webhook": gettext("In Slack: your app, Incoming Webhooks."),
        "matrix.token": gettext(
            "In Element: Settings, Help & About, Access Token. Use an account of its own."
        ),
        "matrix.room": gettext("Such as #printer:matrix.org; the account must have joined it."),
        "signal": gettext("Needs your own signal-cli-rest-api server."),
        "signal.to": gettext("Several with commas between them."),
        "home_assistant.token": gettext("In Home Assistant: your profile, Security."),
        "home_assistant.target": gettext(
            "Such as notify.mobile_app_phone. Empty: a notification in Home Assistant itself."
        ),
        "other.url": gettext("As Apprise writes it; it knows more than a hundred services."),
    }
