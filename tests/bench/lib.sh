#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The two hosts of what tests/bench runs in a VM: A is the initial namespace, B another
# one. IPv6 is off, so that nothing but the measured packets passes.
#
#   two_hosts        makes B, and no cable yet
#   in_b CMD...      runs CMD in B
#   kernel_memory    what the kernel has taken for itself, in KiB

set -Eeuo pipefail
[[ -n ${MPLINK_KERNEL:-} ]] || { echo "${0##*/}: use tests/bench/run" >&2; exit 2; }
trap 'echo "${BASH_SOURCE[0]##*/}:$LINENO: status $? from: $BASH_COMMAND" >&2' ERR

# shellcheck disable=SC2034 # for those that source this
module=$PWD/build/$MPLINK_KERNEL/mplink.ko

in_b() {
	ip netns exec B "$@"
}

two_hosts() {
	ip netns add B
	ip -n B link set lo up
	sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
	in_b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 \
		net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
}

kernel_memory() {
	awk '/^(Slab|Percpu|VmallocUsed):/ { sum += $2 } END { print sum }' /proc/meminfo
}
