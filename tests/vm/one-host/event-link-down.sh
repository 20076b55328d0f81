#!/bin/bash
# by default: uml
# timeout: 300
# Answers: a NIC taken down was still chosen, and the kernel panicked. The driver
# must hear of it first at GOING_DOWN, before the device closes, and once only.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

topology 3
mplink_to_b eth1 eth2 eth3
log_mark
ip link set eth2 down
expect_events eth2 \
	'NETDEV_GOING_DOWN (9): valid 1 -> 0 (admin-down)' \
	'NETDEV_DOWN (2): valid 0 (admin-down)'
equal "eth2 valid" "$(attr nics/eth2/valid)" 0
equal "eth2 reason" "$(attr nics/eth2/reason)" admin-down
equal "the link's reason" "$(attr peers/10.99.0.2/links/eth2/reason)" admin-down
equal "events of its neighbours" "$(events eth1)$(events eth3)" ''
check "B answers over the rest" ping -qc3 -i0.2 -W1 10.99.0.2
