#!/bin/bash
# by default: uml
# timeout: 300
# Answers: a NIC that was not there when the module was loaded was never used.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

topology 2
mplink_to_b eth1 eth2 eth3
equal "eth3 reason" "$(attr nics/eth3/reason)" unregistered
equal "eth3 ifindex" "$(attr nics/eth3/ifindex)" 0
udp_start
link_silent eth3
log_mark
cable 3
expect_log_order \
	'eth3: NETDEV_REGISTER \(5\): valid 0 \(admin-down\)$' \
	'eth3: inetaddr NETDEV_UP \(1\): valid 0 \(admin-down\)$' \
	'eth3: NETDEV_PRE_UP \(13\): valid 0 \(admin-down\)$' \
	'eth3: NETDEV_.*: valid 0 -> 1$'
link_carries eth3
equal "eth3 ifindex" "$(attr nics/eth3/ifindex)" "$(cat /sys/class/net/eth3/ifindex)"
[[ -e /sys/class/net/mpl0/lower_eth3 ]] || fail "there is no lower_eth3"
udp_stop
udp_conserved
equal "packets lost" "$UDP_LOST" 0
