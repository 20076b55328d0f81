#!/bin/bash
# by default: 6.1
# timeout: 300
# Answers: who else receives a NIC's packets must not be pushed aside, nor may it
# push us aside. A NIC in a bridge is refused in one clear line, not one an event,
# and is taken when it has been released.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

topology 3
ip link add br0 type bridge
ip link set eth3 master br0
log_mark
mplink_to_b eth1 eth2 eth3
udp_start
expect_log 'mplink: mpl0: eth3: not attached: it is in use by .*bridge'
for _ in 1 2 3; do
	ip link set eth3 down
	ip link set eth3 up
done
equal "refusals" "$(events eth3 | grep -c 'not attached')" 1
equal "eth3 valid" "$(attr nics/eth3/valid)" 0
link_silent eth3
ip link set eth3 nomaster
ip link set eth3 down
ip link set eth3 up
expect_log 'eth3: NETDEV_.*: valid 0 -> 1$'
link_carries eth3

# Ours now: a bridge cannot have it, and the attempt disturbs nothing.
if ip link set eth3 master br0 2>/dev/null; then
	fail "a bridge took eth3 away"
fi
equal "eth3 valid" "$(attr nics/eth3/valid)" 1
link_carries eth3

# After it was ours, a second failure to attach it is logged again.
ip link set eth3 down
ip link set eth3 name other
ip link set other master br0
log_mark
ip link set other name eth3
expect_log 'mplink: mpl0: eth3: not attached: it is in use by .*bridge'
udp_stop
udp_conserved
