#!/bin/bash
# by default: 6.12
# timeout: 300
# Answers: a pulled cable was noticed when linkwatch got to it, up to a second
# later; until then a third of all packets went into it. The carrier bit itself is
# read: only what had left may be lost, before CHANGE as well as after.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

carrier() {
	echo "$1" >"/sys/class/net/${2:-eth3}/carrier"
}

# Linkwatch runs once a second for carriers lost, of devices like these. (A veth is
# urgent.) When it has just seen one, it leaves the next for a second later.
linkwatch_ran() {
	local state=down
	carrier 1 metronome
	while [[ $state == down ]]; do
		read -r state </sys/class/net/metronome/operstate
		nap 0.01
	done
	carrier 0 metronome
	while [[ $state != down ]]; do
		read -r state </sys/class/net/metronome/operstate
		nap 0.01
	done
	# The metronome flushed the routing cache. So the watch over routes reads all NICs again
	# within 50 ms.  It must not see eth3's carrier before linkwatch does.
	nap 0.2
}

topology 2
modprobe -q dummy numdummies=0 || true
ip link add eth3 type dummy
ip addr add 10.0.3.1/24 dev eth3
ip link set eth3 up
ip link add metronome type dummy
ip link set metronome up
ip neigh add 10.0.3.2 lladdr 02:00:00:00:00:03 dev eth3 nud permanent
mplink_to_b eth1 eth2 eth3
udp_start
link_carries eth3

# Until linkwatch runs, a second later, the NIC counts as valid. Whether it still does is
# asked without starting a process: on a busy machine that takes as long. The debug
# kernel may be too slow to see it.
for attempt in 1 2 3 4 5; do
	rescheduled=$(ethtool_stat tx_rescheduled)
	log_mark
	linkwatch_ran
	carrier 0
	before=$(link_count eth3 tx_packets)
	wait_until 10 more_than $(($(links_sum tx_packets) + 60)) links_sum tx_packets
	read -r late </sys/class/net/mpl0/mplink/nics/eth3/valid
	expect_log 'eth3: NETDEV_CHANGE \(4\): valid 1 -> 0 \(no-carrier\)$'
	equal "packets that left by eth3 without carrier" $(($(link_count eth3 tx_packets) - before)) 0
	[[ $late -eq 0 ]] || break
	echo "attempt $attempt: linkwatch was quick"
	carrier 1
	expect_log 'eth3: NETDEV_CHANGE \(4\): valid 0 -> 1$'
	# The NIC is valid at once; the link after the wait to restore, which each attempt
	# doubles. Before, no packet would choose it.
	link_carries eth3
done
if [[ $late -eq 1 ]]; then
	# All of them were sent while the NIC still counted as valid.
	check "some were rescheduled" more_than "$rescheduled" ethtool_stat tx_rescheduled
elif [[ $KERNEL != debug ]]; then
	fail "linkwatch was quick each time: there was nothing to see"
fi

# With a cable that ends in B: the same, as the application sees it.
carrier 0
udp_stop
udp_conserved
udp_start
TCP_RATE=5M tcp_start
ip -n B link set eth2 down
link_silent eth2
tcp_moves
ip -n B link set eth2 up
expect_log 'eth2: NETDEV_CHANGE \(4\): valid 0 -> 1$'
link_carries eth2
tcp_moves
tcp_stop
udp_stop
counted_alike
