"""Talks to a command on a terminal of its own: `terminal.py STEPS COMMAND ARGS...`.

STEPS is a JSON list of pairs: a text to wait for, and the keys to type once it has come. What the terminal showed goes to
stdout; the exit code is the command's, 128 and the signal for a killed one, 99 where a text never came.
"""

import json
import os
import pty
import select
import struct
import sys
import termios
import time
from fcntl import ioctl

# Far more than any step needs: a hanging command must end the test some day.
PATIENCE = 60

child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 120, 0, 0))
shown = b""


def more(deadline):
    """Reads what comes next; false at the end, or when it is too late."""
    global shown
    ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
    if not ready:
        return False
    try:
        data = os.read(terminal, 65536)
    except OSError:
        # The terminal's last user has closed it.
        return False
    shown += data
    return bool(data)


def leave(code):
    sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))
    sys.stdout.flush()
    os._exit(code)


seen = 0
for text, keys in json.loads(sys.argv[1]):
    deadline = time.monotonic() + PATIENCE
    while (at := shown.find(text.encode(), seen)) < 0:
        if not more(deadline):
            leave(99)
    seen = at + len(text.encode())
    os.write(terminal, keys.encode())
deadline = time.monotonic() + PATIENCE
while more(deadline):
    pass
if time.monotonic() >= deadline:
    leave(99)
_, status = os.waitpid(child, 0)
leave(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
