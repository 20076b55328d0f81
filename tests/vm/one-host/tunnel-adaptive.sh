#!/bin/bash
# Guards: with policy adaptive, which is the default, and nothing configured, one flow gets more than the best link
# alone, over links of 8, 4 and 2 Mbit/s with 5, 20 and 50 ms; balance-rr gets less. A sparse
# flow stays on the fastest link. The far end may begin anew, and may be one that knows no
# messages: then nothing but data follows the first question. Forged messages are refused, and
# counted.
# by default: 6.1
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

# A queue of 100 ms, as in a router.
wires() {
	local host
	for host in A B; do
		on $host tc qdisc replace dev eth1 root netem rate 8mbit delay 5ms limit 70
		on $host tc qdisc replace dev eth2 root netem rate 4mbit delay 20ms limit 40
		on $host tc qdisc replace dev eth3 root netem rate 2mbit delay 50ms limit 30
	done
}

# Kbit/s of one flow from A to B, after it has had time to find its rate.
goodput() {
	local bits
	bits=$(iperf3 -c "$PEER" -t 10 -O 5 -J | jq '.end.sum_received.bits_per_second')
	echo $((${bits%.*} / 1000))
}

# reaches LEAST: one flow gets more than that; adaptive is how much. A machine that is busy
# otherwise may need several attempts.
reaches() {
	local _
	for _ in 1 2 3; do
		adaptive=$(goodput)
		echo "adaptive: $adaptive kbit/s"
		[[ $adaptive -le $1 ]] || return 0
	done
	fail "adaptive gets $adaptive kbit/s of 14000, the best link alone 8000"
}

messages() { # messages HOST: refused ones
	echo $(($(gre_drops "$1" message) + $(gre_drops "$1" report)))
}

# The payload of a GRE header with key 0 and protocol 0x88b5, and these bytes, from B by eth1.
forge() {
	in_b python3 - "$@" <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.bind(("10.0.1.2", 50000))
		for text in sys.argv[1:]:
		    s.sendto(bytes.fromhex("200088b500000000" + text), ("10.0.1.1", 4754))
	END
}

tunnel 3
wires
in_b iperf3 -s -D
wait_until 30 listens B t 5201
equal "policies" "$(attr policy) $(on B cat /sys/class/net/mpl0/mplink/policy)" "adaptive adaptive"
mplink set mpl0 policy balance-rr
plain=$(goodput)
echo "balance-rr: $plain kbit/s"
mplink set mpl0 policy adaptive
reaches 9000
equal "refused messages" "$(messages A) $(messages B)" "0 0"
[[ $adaptive -gt $((plain * 3 / 2)) ]] || fail "adaptive gets $adaptive kbit/s, balance-rr $plain"

held=$(reseq B equalized)
[[ $held -gt 0 ]] || fail "B has held back no packet of the flow"
# Of this peer's only; a bucket that was held back is so for up to a second.
in_b mplink peer set "$PEER_A" equalize off
nap 2
held=$(reseq B equalized)
tcp_bytes 1
equal "packets held back with equalize off" "$(reseq B equalized)" "$held"
in_b mplink peer set "$PEER_A" equalize inherit
tcp_bytes 1
[[ $(reseq B equalized) -gt $held ]] || fail "B has held back no packet with equalize inherit"

# What is measured is shown: the capacity of links that were full, and delays of all. A machine that
# stands still now and then delivers less than the links could, so it gets several attempts, too.
estimate() { # estimate NIC NAME LEAST MOST: whether it is within
	local found
	found=$(mplink -j show | jq "[.. | objects | select(.nic? == \"$1\" and .estimate?)][0]
		.estimate.$2")
	echo "$1: $2 is $found, should be $3 to $4"
	[[ $found -ge $3 && $found -le $4 ]]
}
estimates() {
	estimate eth1 capacity 750000 1250000 && estimate eth2 capacity 375000 625000 &&
		estimate eth1 delay_us 0 3000 && estimate eth2 delay_us 10000 25000 &&
		estimate eth3 delay_us 35000 60000
}
for try in 1 2 3; do
	mplink show
	! estimates || break
	[[ $try -lt 3 ]] || fail "an estimate is wrong"
	echo "another flow: $(goodput) kbit/s"
done
mplink show --prometheus | grep '^mplink_link_rtt_seconds{.*nic="eth3"' || fail "Prometheus has no round trip"

# Sparse: all by the fastest link.
before=$(($(link_count eth2 tx_packets) + $(link_count eth3 tx_packets)))
ping -qc50 -i0.05 -W2 "$PEER" | tail -1
other=$(($(link_count eth2 tx_packets) + $(link_count eth3 tx_packets) - before))
[[ $other -le 5 ]] || fail "$other of 50 pings did not take the fastest link"

# A far end that begins anew.
in_b ip link del mpl0
cat >/run/far <<-END
	{"devices": [{"name": "mpl0", "encap": "gre-udp", "nics": ["eth1", "eth2", "eth3"],
	 "peers": [{"address": "$PEER_A", "links": [{"nic": "eth1", "remote": "10.0.1.1"},
	 {"nic": "eth2", "remote": "10.0.2.1"}, {"nic": "eth3", "remote": "10.0.3.1"}]}]}]}
END
in_b mplink load /run/far
in_b ip addr add 10.99.0.2/24 dev mpl0
in_b ip link set mpl0 up
wait_until 20 ping -qc1 -W1 "$PEER"
echo "after a restart"
reaches 7800

# Cut short, of length 0, longer than the datagram, a report of a mark that was not sent.
refused=$(messages A)
forge 01 01010000 01010018 \
	"0301004800000000ffffff00$(printf '0%.0s' {1..120})"
wait_until 10 more_than $((refused + 3)) messages A
# Of another version, and of another type: skipped.
refused=$(messages A)
forge 01090004 63010008deadbeef
nap 1
equal "refused messages that are only new" "$(messages A)" "$refused"
check "pings" ping -qc5 -i0.1 -W2 "$PEER"
