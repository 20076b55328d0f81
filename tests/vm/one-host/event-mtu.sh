#!/bin/bash
# by default: uml
# timeout: 300
# Answers: packets too long for one of the NICs. The virtual NIC's MTU is the
# smallest of its NICs', whichever comes, goes or changes; a smaller one that the
# user has set stays.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

mtu_is() {
	equal "$1: MTU of mpl0" "$(cat /sys/class/net/mpl0/mtu)" "$2"
}

topology 3
mplink_to_b eth1 eth2 eth3
mtu_is "as loaded" 1500
log_mark
ip link set eth2 mtu 1400
expect_events eth2 'NETDEV_CHANGEMTU (7): valid 1'
mtu_is "eth2 at 1400" 1400
ip link set eth3 mtu 1450
mtu_is "eth3 at 1450" 1400
if ip link set mpl0 mtu 1450 2>/dev/null; then
	fail "mpl0 takes an MTU that eth2 cannot carry"
fi
ip link set eth2 mtu 1500
mtu_is "eth2 back at 1500" 1450
ip link del eth3
mtu_is "without eth3" 1500

ip link set mpl0 mtu 1300
ip link set eth2 mtu 1400
ip link set eth2 mtu 1500
mtu_is "set to 1300 by the user" 1300
ip link set eth2 mtu 1280
mtu_is "eth2 below what the user set" 1280
ip link set eth2 mtu 1500
mtu_is "back to what the user set" 1300
check "packets of that size pass" ping -qc2 -i0.2 -W1 -M "do" -s 1272 10.99.0.2
