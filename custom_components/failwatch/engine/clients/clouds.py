"""Where the public servers of the services are; forms show these before any client is loaded."""

OBICO = "https://app.obico.io"
DEEPOMATIC = "https://api.deepomatic.com/v0.7"
HACARUS = "https://sdd-api.hacarus.com"
