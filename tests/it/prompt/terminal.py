"""Runs a command whose stderr is a terminal, and passes on what comes there: `terminal.py COMMAND ARGS...`."""

import os
import pty
import subprocess
import sys

terminal, theirs = pty.openpty()
child = subprocess.Popen(sys.argv[1:], stderr=theirs)
os.close(theirs)
try:
    while data := os.read(terminal, 65536):
        os.write(2, data.replace(b"\r\n", b"\n"))
except OSError:
    # The terminal's last user has closed it.
    pass
sys.exit(child.wait())
