#!/bin/bash
# by default: 6.12
# timeout: 300
# Answers: NETDEV_CHANGE was taken for a toggle. A cable that goes out, comes in,
# and the CHANGEs that tell nothing new, must each end at what the carrier says.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

topology 3
mplink_to_b eth1 eth2 eth3
log_mark
ip -n B link set eth2 down
expect_events eth2 'NETDEV_CHANGE (4): valid 1 -> 0 (no-carrier)'
equal "eth2 reason" "$(attr nics/eth2/reason)" no-carrier
equal "eth2 carrier" "$(attr nics/eth2/carrier)" 0
equal "the link's reason" "$(attr peers/10.99.0.2/links/eth2/reason)" no-carrier

# CHANGE without a change of the carrier, as flags make it.
log_mark
ip link set eth2 multicast off
ip link set eth1 multicast off
expect_log 'mplink: mpl0: eth1: NETDEV_CHANGE \(4\): valid 1$'
expect_log 'mplink: mpl0: eth2: NETDEV_CHANGE \(4\): valid 0 \(no-carrier\)$'
expect_no_log 'mplink: .* valid [01] ->'

log_mark
ip -n B link set eth2 up
expect_log 'mplink: mpl0: eth2: NETDEV_CHANGE \(4\): valid 0 -> 1$' 10
sleep 1.2 # linkwatch may have more to say
equal "times that it became valid" "$(events eth2 | grep -c 'valid 0 -> 1$')" 1
expect_no_log 'mplink: mpl0: eth2: .*valid (1 -> 0|0 \()'
equal "eth2 valid" "$(attr nics/eth2/valid)" 1

# A cable that comes in before there is an address: CHANGE, then inetaddr UP.
ip addr del 10.0.2.1/24 dev eth2
ip -n B link set eth2 down
expect_log 'mplink: mpl0: eth2: NETDEV_CHANGE \(4\): valid 0 \(no-carrier\)$'
log_mark
ip -n B link set eth2 up
expect_log 'mplink: mpl0: eth2: NETDEV_CHANGE \(4\): valid 0 \(no-address\)$' 10
ip addr add 10.0.2.1/24 dev eth2
expect_log_order \
	'eth2: NETDEV_CHANGE \(4\): valid 0 \(no-address\)$' \
	'eth2: inetaddr NETDEV_UP \(1\): valid 0 -> 1$'
