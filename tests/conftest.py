"""What holds for the tests of every suite."""

from hypothesis import settings

# A deadline measures how busy the machine is, not what is tested.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
