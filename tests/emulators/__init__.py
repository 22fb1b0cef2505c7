"""The detection services, emulated: with state, and with the errors that they document.

Each module builds an aiohttp application. They are checked by clients that nobody here wrote
(`tests/emulators/test_*.py`), and are then what our own clients and the hosts are tested against.
`python -m tests.emulators SERVICE` runs one by itself.
"""
