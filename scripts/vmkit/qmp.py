"""A minimal QMP client: one command, its answer; events are skipped.

    qmp = Qmp(path); qmp("set_link", name="n1a", up=False)
"""

import json
import socket
import threading

from .machine import VmError


class Qmp:
    """See the module's docstring. Calls may come from several threads."""

    def __init__(self, path):
        self._lock = threading.Lock()
        self._sock = socket.socket(socket.AF_UNIX)
        self._sock.settimeout(30)
        self._sock.connect(str(path))
        self._file = self._sock.makefile("rw", encoding="utf-8")
        json.loads(self._file.readline())  # the greeting
        self("qmp_capabilities")

    def __call__(self, command, **arguments):
        with self._lock:
            self._file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
            self._file.flush()
            while True:
                line = self._file.readline()
                if not line:
                    raise VmError(f"QEMU went away during {command}")
                answer = json.loads(line)
                if "error" in answer:
                    raise VmError(f"QEMU: {command} {arguments}: {answer['error']['desc']}")
                if "return" in answer:
                    return answer["return"]

    def close(self):
        self._file.close()
        self._sock.close()
