#!/bin/bash
# by default: 6.1
# timeout: 300
# Answers: a NIC that came back went 0 -> 1 -> 0 -> 1. It becomes valid once, with
# UP or with the CHANGE that follows, stays so, and carries packets at once.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

topology 3
mplink_to_b eth1 eth2 eth3
ip link set eth2 down
before=$(attr nics/eth2/transitions)
log_mark
ip link set eth2 up
expect_log_order \
	'mplink: mpl0: eth2: NETDEV_PRE_UP \(13\): valid 0 \(admin-down\)$' \
	'mplink: mpl0: eth2: NETDEV_UP \(1\): valid (0 -> 1|0 \(no-carrier\))$' \
	'mplink: mpl0: eth2: NETDEV_CHANGE \(4\): valid (0 -> )?1$'
equal "eth2 valid" "$(attr nics/eth2/valid)" 1
equal "eth2 reason" "$(attr nics/eth2/reason)" none
equal "times that it became valid" "$(events eth2 | grep -c 'valid 0 -> 1$')" 1
equal "transitions" $(($(attr nics/eth2/transitions) - before)) 1
udp_start
link_carries eth2
udp_stop
equal "packets lost" "$UDP_LOST" 0
