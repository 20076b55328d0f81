#!/usr/bin/python3
"""Every operation and notification of the family mplink, by the kernel's own YNL.

usage: ynl-calls.py YNL SPEC      YNL: the folder with tools/net/ynl

For mpl0 with eth1, eth2, and the peer 10.99.0.2 by 10.0.1.2 and 10.0.2.2; eth2 is down
at the end. Prints what is not as it should be, and ends with 1 if anything is.
"""

import copy
import socket
import subprocess
import sys

sys.path.insert(0, sys.argv[1] + "/tools/net/ynl")
sys.dont_write_bytecode = True
from lib import Netlink, NlError, YnlFamily  # noqa: E402

COUNTERS = {"tx-packets", "tx-bytes", "rx-packets", "rx-bytes"}
BFD = {"min-tx-us": 50000, "min-rx-us": 50000, "detect-mult": 3, "multihop": 0, "auth": "none",
       "key-id": 0}
TUNNEL = {"flow-buckets": 256, "outoforder-min-us": 1000, "outoforder-max-us": 2000000,
          "max-perflow-buffer": 1024, "max-peer-buffer": 8192, "checksum": 0, "ttl": 64,
          "equalize": "auto", "replay": 1, "max-peer-replay": 4096, "max-peer-replay-kib": 16384,
          "duplicate": "off", "duplicate-dscp": 40}
RESEQUENCER = ["in-order", "reordered", "duplicates", "late", "lost-rule", "lost-timer",
               "lost-overflow", "restarts", "held", "held-max", "wait-us", "wait-max-us",
               "timer-us", "too-slow", "equalized", "replay-sent", "replay-forgotten",
               "replay-kept", "suspicions", "suspicions-wrong", "replayed",
               "repair-sent", "repair-refused", "repair-asked", "repaired", "repair-us"]
REASONS = ["no-peer", "no-link", "malformed", "too-big", "no-memory", "no-neighbour",
           "loop", "policy", "no-peer-multicast", "redirect"]
wrong = 0


def same(what, got, wanted):
    global wrong
    if got != wanted:
        wrong += 1
        print(f"{what}: is {got}, should be {wanted}")


def refused(family, operation, values, error, **extack):
    """What the answer says must be so; it may say more."""
    try:
        answer = family.do(operation, values)
        same(f"{operation} {values}", answer, "refused")
    except NlError as why:
        said = why.nl_msg.extack
        print(f"{operation} {values}: {-why.nl_msg.error} {said}")
        same(f"{operation} {values}: error", -why.nl_msg.error, error)
        for key, value in extack.items():
            same(f"{operation} {values}: {key}", said.get(key.replace("_", "-")), value)


def address(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def links(peer):
    for link in peer["link"]:
        same(f"{link['nic']}: counters", set(link["counters"]), COUNTERS)
    return [(link["nic"], link["remote"], link["weight"], link["reason"])
            for link in peer["link"]]


def reads(family):
    """What there is; returns the device's ifindex."""
    (device,) = family.dump("device-get", {})
    same("device", {key: device[key] for key in ("name", "policy", "encap", "nics", "peers")},
         {"name": "mpl0", "policy": "balance-rr", "encap": "none", "nics": 2, "peers": 1})
    same("reasons of drops", [drop["reason"] for drop in device["drop"]], REASONS)
    same("liveness", {key: device[key] for key in ("liveness", "wtr-ms", "holdoff-ms", "bfd",
                                                   "bfd-received")},
         {"liveness": "off", "wtr-ms": 500, "holdoff-ms": 0, "bfd": BFD, "bfd-received": 0})
    same("reasons of BFD's drops", [drop["reason"] for drop in device["bfd-drop"]][::19],
         ["too-short", "auth-digest"])
    same("tunnel", device["tunnel"], TUNNEL)
    same("gre-udp packets", device["gre-received"], 0)
    same("reasons of GRE's drops", [drop["reason"] for drop in device["gre-drop"]][::14],
         ["truncated", "no-memory"])
    same("device by name", family.do("device-get", {"name": "mpl0"})["ifindex"],
         device["ifindex"])
    mpl0 = {"device": device["ifindex"]}
    nics = family.dump("nic-get", mpl0)
    same("NICs", [(nic["name"], nic["reason"], nic["carrier"], nic["address"]) for nic in nics],
         [("eth1", "none", 1, "10.0.1.1"), ("eth2", "none", 1, "10.0.2.1")])
    same("counters", set(nics[0]["counters"]), COUNTERS)
    same("stages of a NIC", list(nics[0]["stages"]), ["registered", "up", "carrier", "address"])
    same("NIC", family.do("nic-get", mpl0 | {"name": "eth2"})["ifindex"], nics[1]["ifindex"])
    (peer,) = family.dump("peer-get", {})
    same("peer", peer["address"], "10.99.0.2")
    same("its links", links(peer),
         [("eth1", "10.0.1.2", 1, "none"), ("eth2", "10.0.2.2", 1, "none")])
    same("their liveness", [peer["liveness"]] + [link["liveness"] for link in peer["link"]],
         ["inherit"] * 3)
    same("key", peer["key"], 0)
    same("resequencer without a tunnel", "resequencer" in peer, False)
    same("stages of a link", list(peer["link"][0]["stages"]), ["route", "valid"])
    same("session", "session" in peer["link"][0], False)
    return mpl0


def liveness(family, mpl0):
    """Sets it, of the device, of a peer and of a link; nobody answers."""
    name = {"name": "mpl0"}
    wanted = {"min-tx-us": 3300, "min-rx-us": 60000000, "detect-mult": 255, "multihop": 1,
              "auth": "sha1", "key-id": 9}
    family.do("device-set", name | {"liveness": "bfd", "wtr-ms": 0, "holdoff-ms": 3600000,
                                    "bfd": wanted | {"key": b"secret"}})
    device = family.do("device-get", name)
    same("liveness that was set", {key: device[key] for key in ("liveness", "wtr-ms",
                                                               "holdoff-ms", "bfd")},
         {"liveness": "bfd", "wtr-ms": 0, "holdoff-ms": 3600000, "bfd": wanted})
    # What is not given stays as it is, the key, too.
    family.do("device-set", name | {"bfd": {"auth": "meticulous-sha1"}})
    same("BFD that was set", family.do("device-get", name)["bfd"],
         wanted | {"auth": "meticulous-sha1"})
    peer = mpl0 | {"address": address("10.99.0.2")}
    session = family.do("peer-get", peer)["link"][0]["session"]
    same("session", [session[key] for key in ("state", "diag", "remote-state", "remote-diag",
                                              "remote-discr", "rx-us", "detection-us")],
         ["down", "none", "down", "none", 0, 0, 0])
    same("discriminator", session["discr"] != 0, True)
    family.do("peer-set", peer | {"liveness": "off", "link": [{"nic": "eth1",
                                                               "liveness": "bfd"}]})
    got = family.do("peer-get", peer)
    same("liveness of the peer", [got["liveness"]] + [link["liveness"] for link in got["link"]],
         ["off", "bfd", "inherit"])
    same("sessions", ["session" in link for link in got["link"]], [True, False])
    family.do("peer-set", peer | {"liveness": "inherit", "link": [{"nic": "eth1",
                                                                   "liveness": "inherit"}]})
    # Forgets the key.
    family.do("device-set", name | {"liveness": "off", "wtr-ms": 500, "holdoff-ms": 0,
                                    "bfd": {key: BFD[key] for key in BFD if key != "key-id"}})
    same("BFD that was set back", family.do("device-get", name)["bfd"], BFD)
    refused(family, "device-set", name | {"bfd": {"auth": "sha1"}}, 22, bad_attr=".bfd.auth",
            msg="needs a key, and there is none yet: give one, too")


def tunnel(family, mpl0):
    """Sets it; encap, where it can be set, and a peer's key."""
    name = {"name": "mpl0"}
    wanted = {"flow-buckets": 1, "outoforder-min-us": 10000000, "outoforder-max-us": 10000000,
              "max-perflow-buffer": 65535, "max-peer-buffer": 1048576, "checksum": 1,
              "ttl": 255, "equalize": "on", "replay": 0, "max-peer-replay": 65536,
              "max-peer-replay-kib": 64, "duplicate": "all", "duplicate-dscp": 64}
    family.do("device-set", name | {"tunnel": wanted})
    same("tunnel that was set", family.do("device-get", name)["tunnel"], wanted)
    # What is not given stays as it is.
    family.do("device-set", name | {"tunnel": {"flow-buckets": 2, "outoforder-min-us": 1}})
    same("tunnel that was changed", family.do("device-get", name)["tunnel"],
         wanted | {"flow-buckets": 2, "outoforder-min-us": 1})
    family.do("device-set", name | {"tunnel": TUNNEL})
    same("tunnel that was set back", family.do("device-get", name)["tunnel"], TUNNEL)
    # Its peer holds mpl0 to its encap; what else the request wants is not done, either.
    refused(family, "device-set", name | {"encap": "gre-udp", "policy": "broadcast",
                                          "tunnel": {"flow-buckets": 1}}, 16,
            bad_attr=".encap", msg="encap cannot change while there are peers; remove them first")
    device = family.do("device-get", name)
    same("after a refused encap", [device[key] for key in ("encap", "policy", "tunnel")],
         ["none", "balance-rr", TUNNEL])
    refused(family, "peer-set", mpl0 | {"address": address("10.99.0.2"), "key": 7}, 22,
            bad_attr=".key", msg="has no effect without encap gre-udp")
    subprocess.run(["ip", "link", "add", "mpl1", "type", "mplink"], check=True)
    other = {"name": "mpl1"}
    # What was set of a tunnel is set back, too, where BFD is refused; so is the policy, which
    # would have changed back with the encap.
    family.do("device-set", other | {"policy": "adaptive"})
    refused(family, "device-set", other | {"encap": "gre-udp", "tunnel": {"flow-buckets": 1},
                                           "bfd": {"auth": "sha1"}}, 22, bad_attr=".bfd.auth")
    device = family.do("device-get", other)
    same("after a refused key", [device[key] for key in ("encap", "policy", "tunnel")],
         ["none", "adaptive", TUNNEL])
    family.do("device-set", other | {"encap": "gre-udp", "tunnel": {"flow-buckets": 1}})
    device = family.do("device-get", other)
    same("encap that was set", [device[key] for key in ("encap", "tunnel")],
         ["gre-udp", TUNNEL | {"flow-buckets": 1}])
    peer = {"device": device["ifindex"], "address": address("fd99::8")}
    family.do("peer-add", peer | {"key": 16777215})
    got = family.do("peer-get", peer)
    same("key of the peer", got["key"], 16777215)
    same("its resequencer", list(got["resequencer"]), RESEQUENCER)
    same("packets of nobody", got["resequencer"]["in-order"], 0)
    same("its equaliser", got["equalize"], "inherit")
    family.do("peer-set", peer | {"key": 0, "equalize": "on", "duplicate": "sparse"})
    got = family.do("peer-get", peer)
    same("what was set", [got[key] for key in ("key", "equalize", "duplicate")],
         [0, "on", "sparse"])
    refused(family, "peer-set", peer | {"equalize": 4}, 34, bad_attr=".equalize")
    refused(family, "peer-set", peer | {"duplicate": 4}, 34, bad_attr=".duplicate")
    refused(family, "device-set", other | {"encap": "none"}, 16, bad_attr=".encap")
    family.do("peer-del", peer)
    family.do("device-set", other | {"encap": "none"})
    same("policy that follows the encap", family.do("device-get", other)["policy"], "balance-rr")
    subprocess.run(["ip", "link", "del", "mpl1"], check=True)


def changes(family, mpl0):
    """Each kind; the notifications come meanwhile."""
    family.do("device-set", {"name": "mpl0", "policy": "broadcast"})
    same("policy", family.do("device-get", {"name": "mpl0"})["policy"], "broadcast")
    family.do("nic-add", mpl0 | {"name": "n7"})
    peer = mpl0 | {"address": address("fd99::7")}
    family.do("peer-add", peer | {"link": [
        {"nic": "n7", "remote": address("fd00::7"), "weight": 65535},
        {"nic": "eth1", "remote": address("10.0.1.7")}]})
    same("the new peer", links(family.do("peer-get", peer)),
         [("eth1", "10.0.1.7", 1, "none"), ("n7", "fd00::7", 65535, "unregistered")])
    # The one by hand, as cli.py takes it.
    family.do("peer-set", mpl0 | {"address": peer["address"].hex(), "link": [
        {"nic": "n7", "remove": True}, {"nic": "eth1", "weight": 3}]})
    same("the changed peer", links(family.do("peer-get", peer)),
         [("eth1", "10.0.1.7", 3, "none")])
    family.do("peer-set", peer | {"link": [
        {"nic": "eth1", "rate-min": 1000, "rate-max": 2000, "preference": 7}]})
    same("what adaptive is told", [family.do("peer-get", peer)["link"][0][name] for name in
                                   ("rate-min", "rate-max", "preference")], [1000, 2000, 7])
    refused(family, "peer-set", peer | {"link": [{"nic": "eth1", "rate-max": 999}]}, 22,
            msg="is less than the link's rate_min", bad_attr=".link.rate-max")
    refused(family, "peer-set", peer | {"link": [{"nic": "eth1", "preference": 8}]}, 34,
            bad_attr=".link.preference")
    family.do("peer-set", peer | {"link": [
        {"nic": "eth1", "remote": address("10.0.1.8"), "local": address("10.0.1.1"),
         "add": True}]})
    same("two links over one NIC", links(family.do("peer-get", peer)),
         [("eth1", "10.0.1.7", 3, "none"), ("eth1", "10.0.1.8", 1, "none")])
    same("local addresses", [link.get("local") for link in family.do("peer-get", peer)["link"]],
         [None, "10.0.1.1"])
    refused(family, "peer-set", peer | {"link": [{"nic": "eth1", "weight": 2}]}, 22,
            msg="has several links to this peer; name the remote of the one that is meant",
            bad_attr=".link.nic")
    family.do("peer-set", peer | {"link": [
        {"nic": "eth1", "remote": address("10.0.1.7"), "remove": True}]})
    same("the one that is left", links(family.do("peer-get", peer)),
         [("eth1", "10.0.1.8", 1, "none")])
    family.do("peer-del", peer)
    family.do("nic-del", mpl0 | {"name": "n7"})
    subprocess.run(["ip", "link", "set", "eth2", "down"], check=True)


def errors(family, mpl0):
    peer = mpl0 | {"address": address("10.99.0.2")}
    refused(family, "nic-add", mpl0 | {"name": "lo"}, 16, msg="is a loopback",
            bad_attr=".name")
    refused(family, "nic-add", {"name": "n8"}, 22, miss_type="device")
    refused(family, "peer-get", mpl0, 22, miss_type="address")
    refused(family, "peer-set", peer | {"link": [{"nic": "eth1", "weight": 2},
                                                 {"nic": "n9", "remove": True}]},
            2, msg="there is no such NIC; add it first", bad_attr=".link.nic")
    refused(family, "peer-set", peer | {"link": [{"nic": "eth1", "weight": 0}]}, 34,
            bad_attr=".link.weight")
    refused(family, "device-set", {"name": "mpl0", "policy": 99}, 34, bad_attr=".policy")
    refused(family, "device-set", {"name": "mpl0"}, 22, msg="there is nothing to set")
    refused(family, "device-set", {"name": "mpl0", "liveness": "inherit"}, 34,
            bad_attr=".liveness")
    refused(family, "device-set", {"name": "mpl0", "wtr-ms": 3600001}, 34, bad_attr=".wtr-ms")
    for values, error, bad in (({"min-tx-us": 3299}, 34, "min-tx-us"),
                               ({"min-rx-us": 60000001}, 34, "min-rx-us"),
                               ({"detect-mult": 0}, 34, "detect-mult"),
                               ({"multihop": 2}, 34, "multihop"),
                               ({"auth": "md5"}, 22, "auth"), ({"auth": 6}, 22, "auth"),
                               ({"key": b"secret"}, 22, "key"), ({"key-id": 1}, 22, "key-id"),
                               ({"auth": "sha1", "key": b""}, 34, "key"),
                               ({"auth": "sha1", "key": bytes(21)}, 34, "key"),
                               ({"auth": "sha1", "key": bytes(20)}, 22, "key")):
        # All or nothing: the policy stays as it is.
        refused(family, "device-set", {"name": "mpl0", "policy": "broadcast", "bfd": values},
                error, bad_attr=".bfd." + bad)
    for values, error, bad in (({"flow-buckets": 0}, 22, "flow-buckets"),
                               ({"flow-buckets": 96}, 22, "flow-buckets"),
                               ({"flow-buckets": 512}, 22, "flow-buckets"),
                               ({"outoforder-min-us": 0}, 34, "outoforder-min-us"),
                               ({"outoforder-max-us": 10000001}, 34, "outoforder-max-us"),
                               ({"outoforder-min-us": 2000001}, 22, "outoforder-min-us"),
                               ({"outoforder-max-us": 999}, 22, "outoforder-max-us"),
                               ({"max-perflow-buffer": 65536}, 34, "max-perflow-buffer"),
                               ({"max-peer-buffer": 0}, 34, "max-peer-buffer"),
                               ({"ttl": 0}, 34, "ttl"), ({"ttl": 256}, 34, "ttl"),
                               ({"equalize": 3}, 34, "equalize"),
                               ({"replay": 2}, 34, "replay"),
                               ({"max-peer-replay": 65537}, 34, "max-peer-replay"),
                               ({"max-peer-replay-kib": 63}, 34, "max-peer-replay-kib"),
                               ({"duplicate": 3}, 34, "duplicate"),
                               ({"duplicate-dscp": 65}, 34, "duplicate-dscp")):
        refused(family, "device-set", {"name": "mpl0", "policy": "broadcast", "tunnel": values},
                error, bad_attr=".tunnel." + bad)
    refused(family, "device-set", {"name": "mpl0", "encap": 2}, 34, bad_attr=".encap")
    refused(family, "peer-set", peer | {"key": 16777216}, 34, bad_attr=".key")
    same("policy after errors", family.do("device-get", {"name": "mpl0"})["policy"],
         "balance-rr")
    refused(family, "peer-set", peer, 22,
            msg="there is nothing to set: no link, liveness, key, equalize or duplicate")
    refused(family, "peer-set", peer | {"liveness": 3}, 34, bad_attr=".liveness")
    refused(family, "peer-set", peer | {"duplicate": "all"}, 22, bad_attr=".duplicate",
            msg="has no effect without encap gre-udp")
    refused(family, "peer-set", peer | {"equalize": "on"}, 22, bad_attr=".equalize",
            msg="has no effect without encap gre-udp")
    refused(family, "peer-set", peer | {"link": [{"nic": "eth1", "liveness": 3}]}, 34,
            bad_attr=".link.liveness")
    refused(family, "peer-set", peer | {"link": [{"nic": "eth1", "remove": True,
                                                  "liveness": "off"}]}, 22,
            bad_attr=".link.remove")


def notified(family):
    """What they tell, without what they tell of."""
    family.check_ntf()
    seen = {}
    for message in family.async_msg_queue:
        seen.setdefault(message["name"], []).append(message["msg"])
    same("kinds of notifications", set(seen),
         {"device-ntf", "nic-ntf", "nic-del-ntf", "peer-ntf", "peer-del-ntf", "link-ntf"})
    same("policy", seen["device-ntf"][-1]["policy"], "broadcast")
    same("liveness", seen["device-ntf"][0]["liveness"], "bfd")
    same("encaps", [device["encap"] for device in seen["device-ntf"]
                    if device["name"] == "mpl1"][-2:], ["gre-udp", "none"])
    same("NIC added", [(nic["name"], nic["reason"]) for nic in seen["nic-ntf"]
                       if "event" not in nic], [("n7", "unregistered")])
    going_down = family.consts["event"].entries["going-down"].value
    same("eth2 goes down", [(nic["name"], nic["was"], nic["reason"]) for nic in seen["nic-ntf"]
                            if nic.get("event") == going_down], [("eth2", "none", "admin-down")])
    down = [message for message in seen["link-ntf"] if message["link"][0]["nic"] == "eth2"]
    same("its link", [(peer["address"], peer["link"][0]["was"], peer["link"][0]["reason"])
                      for peer in down], [("10.99.0.2", "none", "admin-down")])
    same("NIC removed", seen["nic-del-ntf"][-1]["name"], "n7")
    same("peer", [(peer["address"], peer["liveness"]) for peer in seen["peer-ntf"]],
         [("10.99.0.2", "off"), ("10.99.0.2", "inherit"), ("fd99::8", "inherit"),
          ("fd99::8", "inherit"), ("fd99::7", "inherit"), ("fd99::7", "inherit"),
          ("fd99::7", "inherit"), ("fd99::7", "inherit"), ("fd99::7", "inherit")])
    # Listeners are not asked who they are.
    same("keys told to all", [peer["key"] for peer in seen["peer-ntf"] if "key" in peer], [])
    same("peer removed", [peer["address"] for peer in seen["peer-del-ntf"]],
         ["fd99::8", "fd99::7"])


def main():
    family = YnlFamily(sys.argv[2], schema="")
    # YNL of Linux 6.12 trips over a notification before an answer, and takes a second to
    # read the specification again.
    listener = copy.copy(family)
    listener.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, Netlink.NETLINK_GENERIC)
    listener.async_msg_queue = []
    listener.ntf_subscribe("events")
    mpl0 = reads(family)
    errors(family, mpl0)
    liveness(family, mpl0)
    tunnel(family, mpl0)
    changes(family, mpl0)
    notified(listener)
    return 1 if wrong else 0


sys.exit(main())
