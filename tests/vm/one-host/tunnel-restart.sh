#!/bin/bash
# Answers: a far end that begins anew, with numbers that were there before, is not heard
# for as long as it has sent before. When one end's device is deleted and made again,
# forty flows, long or short ones, over links of different delay, go on at once, and
# restarts are counted.
# by default: 6.1
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

FLOWS=40

# flows COUNT: packets of each flow, in turn
flows() {
	python3 - $FLOWS "$1" <<-'END'
		import socket, sys, time
		flows, count = int(sys.argv[1]), int(sys.argv[2])
		socks = []
		for i in range(flows):
		    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		    sock.bind(("", 20000 + i))
		    socks.append(sock)
		for _ in range(count):
		    for i, sock in enumerate(socks):
		        sock.sendto(bytes(100), ("10.99.0.2", 9100 + i))
		    time.sleep(0.01)
	END
}

arrived() {
	in_b nft -j list chain inet count in | jq '[.nftables[].rule.expr[]?.counter.packets // empty] | add'
}

delivered() {
	echo $(($(reseq B in_order) + $(reseq B reordered)))
}

# sends COUNT MISSING: all flows, of each flow up to MISSING packets may be refused
sends() {
	local before wanted
	before=$(arrived)
	flows "$1"
	wanted=$((before + FLOWS * ($1 - $2)))
	# Not longer than a second: waiting for a timer would take two.
	nap 1
	[[ $(arrived) -ge $wanted ]] ||
		fail "of $((FLOWS * $1)) packets $(($(arrived) - before)) have come, a second after the last one"
	echo "$(($(arrived) - before)) of $((FLOWS * $1)); restarts $(reseq B restarts)," \
		"late $(reseq B late), duplicates $(reseq B duplicates)"
}

again() {
	ip link del mpl0
	tunnel_again 3 policy=balance-rr "${PATIENT[@]}"
	wait_until 20 links_valid 3
}

topology 3 B_WITHOUT_VIRTUAL
tunnel_ends 3 policy=balance-rr "${PATIENT[@]}"
in_b nft 'table inet count { chain in { type filter hook prerouting priority -300;
	iifname "mpl0" udp dport 9100-9200 counter; }; }'
for i in 1 2 3; do
	delay A $i delay $((i * 4))ms
done
sends 200 0
equal "restarts before there was one" "$(reseq B restarts)" 0
again
# By numbers far behind: the first packet tells.
sends 30 1
buckets=$(reseq B restarts)
[[ $buckets -ge 20 ]] || fail "$buckets restarts of $FLOWS flows in 256 buckets"
again
# By numbers that a link has had, twice.
sends 60 12
[[ $(reseq B restarts) -gt $((buckets + 20)) ]] || fail "$(reseq B restarts) restarts, $buckets before"
again
sends 200 12
dropped_none B duplicate late
# And with as much traffic as goes.
steady 10.99.0.2
for _ in 1 2; do
	again
	wait_until 20 flowing "$(stat tx_packets)"
	wait_until 3 more_than $(($(delivered) + 100)) delivered
done
steady_stop
