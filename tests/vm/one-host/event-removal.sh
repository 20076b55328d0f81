#!/bin/bash
# by default: uml
# timeout: 300
# Answers: a reference kept past UNREGISTER hung the machine's network
# configuration. One UNREGISTER is all there is, whether the NIC was up or down:
# the kernel repeats it only while somebody holds the device.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

topology 3
mplink_to_b eth1 eth2 eth3
log_mark
ip link del eth2
sleep 1.3 # a repeat would come after a second
expect_log_order \
	'eth2: NETDEV_GOING_DOWN \(9\): valid 1 -> 0 \(admin-down\)$' \
	'eth2: NETDEV_DOWN \(2\): valid 0 \(admin-down\)$' \
	'eth2: NETDEV_UNREGISTER \(6\): valid 0 \(unregistered\)$'
equal "UNREGISTER of eth2" "$(events eth2 | grep -c UNREGISTER)" 1

ip link set eth3 down
log_mark
ip link del eth3
sleep 1.3
expect_log 'eth3: NETDEV_UNREGISTER \(6\): valid 0 \(unregistered\)$'
expect_no_log 'mplink: mpl0: eth3: NETDEV_(GOING_)?DOWN'
equal "UNREGISTER of eth3" "$(events eth3 | grep -c UNREGISTER)" 1

for nic in eth2 eth3; do
	equal "$nic reason" "$(attr "nics/$nic/reason")" unregistered
	equal "$nic ifindex" "$(attr "nics/$nic/ifindex")" 0
	equal "$nic address" "$(attr "nics/$nic/address")" ''
	[[ ! -e /sys/class/net/mpl0/lower_$nic ]] || fail "lower_$nic is still there"
done
check "B answers over what is left" ping -qc3 -i0.2 -W1 10.99.0.2
