#!/bin/bash
# Guards: memory runs out in the middle of NIC events and policy changes, at each
# allocation in turn: the state stays true, and the links are all back soon after.
# kernels: debug
# by default: none
# Not on uml: the reference tracker of 6.12 says that its own memory has failed, as of a leak.
# timeout: 400
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-memory.sh
source "$(dirname "$0")/../lib-memory.sh"

# Left alone, or given one more event, everything works.
recovers() {
	ip link set eth1 up
	ip addr replace 10.0.1.1/24 dev eth1
	wait_until 10 links_valid 3
	check "pings after $1" ping -qc6 -i0.2 -W2 10.99.0.2
}

three_links
fail_slab
ping -q -i0.02 10.99.0.2 >/dev/null 2>&1 &
for policy in balance-xor balance-rr; do
	fail_each write /sys/class/net/mpl0/mplink/policy $policy
	wait_until 10 links_valid 3
done
recovers "policy changes"
ip link set eth1 down
fail_each up eth1 / down eth1
recovers "opening a NIC"
fail_each down eth1 / up eth1
recovers "closing a NIC"
mplink_unload

# A NIC that appears while memory is short.
mplink_load nics=eth1,tap0
ALLOWED='ENOMEM|ENOBUFS|EINVAL' fail_each tap tap0
equal "reason of the tap that went" "$(attr nics/tap0/reason)" unregistered
ip tuntap add tap0 mode tap
[[ $(attr nics/tap0/ifindex) -gt 0 ]] || fail "tap0 is not seen, though there is memory again"
ip link del tap0
