"""A detection server of one's own, which speaks Obico's Super Detection API."""
