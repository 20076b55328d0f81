#!/usr/bin/python3
"""Sends BFD packets that must be refused, each for one reason of its own.

usage: bfd-packets.py FROM TO DISCR COUNT REASON...

COUNT packets per REASON (the words of `ethtool -S`'s bfd_drop_*), from the address FROM
to the session DISCR at TO. Those of authentication take the key "secret" with id 7 for
the one in use.
"""

import hashlib
import socket
import struct
import sys

UP = 3
SHA1, METICULOUS_SHA1 = 4, 5
KEY = b"secret"


def packet(discr, version=1, state=UP, flags=0, mult=3, length=None, mine=0xbad, yours=None,
           auth=b""):
    """RFC 5880 4.1; says of itself what it is told to."""
    yours = discr if yours is None else yours
    return struct.pack("!BBBBIIIII", version << 5, state << 6 | flags | (4 if auth else 0), mult,
                       24 + len(auth) if length is None else length, mine, yours,
                       1000000, 1000000, 0) + auth


def sha1(discr, kind=SHA1, key_id=7, seq=1, **fields):
    """RFC 5880 4.4: the key stands where the digest will be."""
    section = struct.pack("!BBBBI", kind, 28, key_id, 0, seq)
    whole = packet(discr, auth=section + KEY.ljust(20, b"\0"), **fields)
    return whole[:-20] + hashlib.sha1(whole).digest()


def made(reason, discr):
    return {
        "bad_ttl": lambda: packet(discr),
        "too_short": lambda: packet(discr)[:10],
        "bad_version": lambda: packet(discr, version=2),
        "length_too_small": lambda: packet(discr, length=23),
        "length_too_large": lambda: packet(discr, length=25),
        "no_detect_mult": lambda: packet(discr, mult=0),
        "multipoint": lambda: packet(discr, flags=1),
        "no_my_discriminator": lambda: packet(discr, mine=0),
        "no_your_discriminator": lambda: packet(discr, yours=0),
        "auth_length": lambda: packet(discr, auth=struct.pack("!BBBBI", SHA1, 27, 7, 0, 1)
                                      + bytes(20)),
        "auth_weak": lambda: packet(discr, auth=b"\x01\x09\x07secret"),
        "auth_unknown": lambda: packet(discr, auth=b"\x09\x09\x07secret"),
        "no_session": lambda: packet(discr, yours=discr ^ 0x5555),
        "auth_unwanted": lambda: sha1(discr),
        "auth_missing": lambda: packet(discr),
        "auth_type": lambda: sha1(discr, kind=METICULOUS_SHA1),
        "auth_key": lambda: sha1(discr, key_id=8),
        "auth_sequence": lambda: sha1(discr),
        "admin_down": lambda: packet(discr),
    }[reason]()


def main(source, target, discr, count, *reasons):
    family = socket.AF_INET6 if ":" in target else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as udp:
        udp.bind((source, 0))
        for reason in reasons:
            ttl = 254 if reason == "bad_ttl" else 255
            if family == socket.AF_INET:
                udp.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
            else:
                udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, ttl)
            for _ in range(int(count)):
                udp.sendto(made(reason, int(discr)), (target, 3784))


main(*sys.argv[1:])
