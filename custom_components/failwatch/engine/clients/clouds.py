"""Addresses of the services' public servers, which forms show before any client is loaded."""

OBICO = "https://app.obico.io"
DEEPOMATIC = "https://api.deepomatic.com/v0.7"
HACARUS = "https://sdd-api.hacarus.com"
