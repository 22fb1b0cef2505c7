"""FailWatch's core: from a camera's frame to a verdict, for any host."""
