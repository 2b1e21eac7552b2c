"""Plays the agent's pod for the tests.

`pod.py serve DIR`   runs commands for whoever connects to DIR/pod.sock, in DIR: HOME is DIR/home, /workspace is
                     DIR/workspace, PATH begins with DIR/bin, and DIR/env has the container's variables. A process
                     outlives the connection that started it, as in a pod.
`pod.py kubectl REAL DIR ARGS...`   is kubectl: hands everything but `exec` to REAL. Input reaches the pod only with
                     `-i`, a command's exit code is told as kubectl tells it, and connections break as DIR/faults
                     says: a list of {verb, out, in, code, hang, refuse}, each for one call of that verb of the
                     script: after `out` bytes of output or `in` bytes of input kubectl ends with `code`, or hangs.
"""

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time


def environment(folder):
    own = {"HOME": f"{folder}/home", "POD": folder, "PATH": f"{folder}/bin:/usr/bin:/bin"}
    with open(f"{folder}/env", encoding="utf-8") as lines:
        own.update(line.rstrip("\n").split("=", 1) for line in lines if "=" in line)
    return own


def serve(folder):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{folder}/pod.sock")
    listener.listen(16)
    print("ready", flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=execute, args=(folder, connection), daemon=True).start()


def execute(folder, connection):
    reader = connection.makefile("rb")
    call = json.loads(reader.readline())
    argv = [f"{folder}/workspace" if arg == "/workspace" else arg for arg in call["argv"]]
    child = subprocess.Popen(
        argv,
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.PIPE if call["stdin"] else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    lock = threading.Lock()

    def send(kind, data):
        with lock:
            connection.sendall(struct.pack(">BI", kind, len(data)) + data)

    def pump(kind, pipe):
        try:
            while data := pipe.read1(65536):
                send(kind, data)
        except OSError:
            pass
        pipe.close()

    def feed():
        try:
            while data := reader.read1(65536):
                child.stdin.write(data)
        except OSError:
            pass
        try:
            child.stdin.close()
        except OSError:
            pass

    pumps = [
        threading.Thread(target=pump, args=(1, child.stdout), daemon=True),
        threading.Thread(target=pump, args=(2, child.stderr), daemon=True),
    ]
    if call["stdin"]:
        threading.Thread(target=feed, daemon=True).start()
    for one in pumps:
        one.start()
    code = child.wait()
    for one in pumps:
        one.join()
    try:
        send(3, struct.pack(">i", code))
        connection.close()
    except OSError:
        pass


def fault(folder, verb):
    """Takes the first fault for this verb off the list."""
    path = f"{folder}/faults"
    with open(path, "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        faults = json.load(file)
        for index, one in enumerate(faults):
            if one["verb"] == verb:
                if not one.get("always"):
                    del faults[index]
                file.seek(0)
                file.truncate()
                json.dump(faults, file)
                file.flush()
                return one
    return {}


def leave(broken):
    if broken.get("hang"):
        time.sleep(3600)
    code = broken.get("code", 1)
    if code:
        print("error: lost connection to pod", file=sys.stderr)
    sys.stdout.flush()
    os._exit(code)


def kubectl(real, folder, args):
    if "exec" not in args:
        os.execv(real, [real, *args])
    split = args.index("--")
    argv = args[split + 1 :]
    name = argv.index("codexctl") + 1
    verb = "install" if argv[name].isdigit() else argv[name]
    with open(f"{folder}/calls", "a", encoding="utf-8") as calls:
        calls.write(json.dumps({"verb": verb, "args": args}) + "\n")
    broken = fault(folder, verb)
    if "refuse" in broken:
        print(broken["refuse"], file=sys.stderr)
        sys.exit(1)
    pod = socket.socket(socket.AF_UNIX)
    pod.connect(f"{folder}/pod.sock")
    interactive = "-i" in args[:split]
    pod.sendall(json.dumps({"argv": argv, "stdin": interactive}).encode() + b"\n")

    def feed():
        left = broken.get("in")
        while data := os.read(0, 65536):
            if left is not None and len(data) >= left:
                pod.sendall(data[:left])
                pod.shutdown(socket.SHUT_WR)
                leave(broken)
            left = None if left is None else left - len(data)
            try:
                pod.sendall(data)
            except OSError:
                return
        pod.shutdown(socket.SHUT_WR)

    if interactive:
        threading.Thread(target=feed, daemon=True).start()
    left = broken.get("out")
    stream = pod.makefile("rb")
    while header := stream.read(5):
        kind, size = struct.unpack(">BI", header)
        data = stream.read(size)
        if kind == 3:
            (code,) = struct.unpack(">i", data)
            if left is not None:
                leave(broken)
            # A command that was killed: 128 and the signal's number, as runtimes tell it.
            code = 128 - code if code < 0 else code
            if code:
                print(f"command terminated with exit code {code}", file=sys.stderr)
            sys.exit(code)
        if kind == 1 and left is not None:
            if len(data) >= left:
                os.write(1, data[:left])
                leave(broken)
            left -= len(data)
        while data:
            data = data[os.write(kind, data) :]
    sys.exit(1)


if sys.argv[1] == "serve":
    serve(sys.argv[2])
else:
    kubectl(sys.argv[2], sys.argv[3], sys.argv[4:])
