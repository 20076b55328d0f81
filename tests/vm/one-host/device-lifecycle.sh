#!/bin/bash
# Guards: `ip link add type mplink` in any namespace, several at once, renamed, and
# deleted by hand, with their namespace, or with the module; each promptly.
# by default: 6.1
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

gone() {
	! ip -n "$1" link show "$2"
}

three_links
for i in 1 2 3 4 5; do
	ip link add "x$i" type mplink
	ip link set "x$i" up
	ip netns add "N$i"
	ip -n "N$i" link add mpl0 type mplink
	ip -n "N$i" link add other type mplink
	ip -n "N$i" link set mpl0 up
done
ip -d link show x1 | grep mplink >/dev/null || fail "ip -d link does not show the kind"
equal "policy of x1" "$(attr policy x1)" balance-rr
echo broadcast >/sys/class/net/x1/mplink/policy
equal "policy of x1, changed" "$(attr policy x1)" broadcast
equal "policy of mpl0 after that of x1 changed" "$(attr policy)" balance-rr
ip link add x1 type mplink && fail "two devices of one name"
ip link add abcdefghijklmnop type mplink && fail "a name too long was taken"
ip link set x1 netns N1 && fail "a virtual NIC moved to another namespace, away from its NICs"

# Rename, up and down: traffic goes on, directories follow the name.
ip link set mpl0 name tunnel0 2>/dev/null || {
	ip link set mpl0 down
	ip link set mpl0 name tunnel0
	ip link set tunnel0 up
}
equal "policy after the rename" "$(attr policy tunnel0)" balance-rr
ip addr replace 10.99.0.1/24 dev tunnel0
check "pings over the renamed virtual NIC" ping -qc6 -i0.2 -W2 10.99.0.2
log_mark
ip link set eth1 down
expect_log 'mplink: tunnel0: eth1: NETDEV_DOWN'
ip link set eth1 up

promptly 2 "ip link del" ip link del x1
# The namespace dies in the background: what was in it must go, and soon.
ip netns del N1
ip netns del N2
promptly 2 "ip link add while namespaces die" ip link add x1 type mplink
promptly 2 "ip link del in another namespace" ip -n N3 link del mpl0
check "pings after all that" ping -qc6 -i0.2 -W2 10.99.0.2
log_mark
# Two are closed with their namespaces by now, or it waits for them.
promptly 3 "rmmod with devices in five namespaces" rmmod mplink
# 1 + 5 + 10 + 1 virtual NICs
expect_log 'mplink: unload: devices 17/17 '
wait_until 1 gone N4 other
wait_until 1 gone N5 mpl0

# A namespace with a device, deleted last, after the module came again.
mplink_load
for i in 3 4 5; do
	ip -n "N$i" link add mpl0 type mplink
	ip -n "N$i" link set mpl0 up
	ip netns del "N$i"
done
log_mark
rmmod mplink
expect_log 'mplink: unload: devices 3/3 '
