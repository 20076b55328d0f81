#!/bin/bash
# by default: uml
# timeout: 300
# Answers: a NIC whose address came last was not used, and one that had lost its
# address still was. The inetaddr chain's UP and DOWN decide, with the line of each.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

topology 3
mplink_to_b eth1 eth2 eth3
log_mark
ip addr del 10.0.2.1/24 dev eth2
expect_events eth2 'inetaddr NETDEV_DOWN (2): valid 1 -> 0 (no-address)'
equal "eth2 reason" "$(attr nics/eth2/reason)" no-address
equal "eth2 address" "$(attr nics/eth2/address | grep -c 10.0 || true)" 0
log_mark
ip addr add 10.0.2.1/24 dev eth2
expect_events eth2 'inetaddr NETDEV_UP (1): valid 0 -> 1'
equal "eth2 address" "$(attr nics/eth2/address)" 10.0.2.1
equal "eth2 reason" "$(attr nics/eth2/reason)" none

# A second address that comes or goes is logged, but changes nothing.
log_mark
ip addr add 10.0.2.8/24 dev eth2
ip addr del 10.0.2.8/24 dev eth2
expect_events eth2 'inetaddr NETDEV_UP (1): valid 1' 'inetaddr NETDEV_DOWN (2): valid 1'
equal "eth2 address" "$(attr nics/eth2/address)" 10.0.2.1
