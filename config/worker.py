"""The site in a worker process of granian: stops at once, whenever it is told to.

A granian worker hangs until it is killed when it is told twice (Ctrl-C and many a supervisor
signal a whole process group, and then the server tells its workers once more), or told while it
is still loading (the handler it has from the server does nothing here).
"""

import os
import signal

os.setpgid(0, 0)
for _number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(_number, signal.SIG_DFL)

from config.wsgi import application  # noqa: E402  (the lines above are quick, loading is not)

__all__ = ["application"]
