"""What the ends of demo.py's traffic have in common."""

import json
import sys

PATIENCE = 60       # seconds in which nothing moves: the traffic is dead
SO_RCVBUFFORCE = 33 # socket(7); Python's module does not have it


def tell(**what):
    print(json.dumps(what), flush=True)


def run(name, receive, send):
    """By the command line: receive PORT, or send ADDRESS PORT NUMBER..."""
    try:
        if sys.argv[1] == "receive":
            receive(int(sys.argv[2]))
        else:
            send(sys.argv[2], int(sys.argv[3]), *map(float, sys.argv[4:]))
    except TimeoutError:
        sys.exit(f"{name}: {sys.argv[1]}: nothing moved for {PATIENCE} s")
    except OSError as why:
        sys.exit(f"{name}: {' '.join(sys.argv[1:])}: {why}")
