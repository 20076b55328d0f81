#!/bin/bash
# Guards: balance-xor keeps a flow on its link, fragments and both families
# included; many flows use all links by weight; when a link fails only its flows
# move, and they come back with it.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

# flows PORT...: sends 20 packets of each flow (source port) to the peer, and for
# each prints "PORT NIC...": which have carried it. SIZE: of their payload.
flows() {
	python3 - "${SIZE:-100}" "$@" <<-'END'
		import socket, sys
		LINKS = "/sys/class/net/mpl0/mplink/peers/10.99.0.2/links/"
		def counts():
		    return {nic: open(LINKS + nic + "/tx_packets").read() for nic in ("eth1", "eth2", "eth3")}
		for port in sys.argv[2:]:
		    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
		        sock.bind(("0.0.0.0", int(port)))
		        before = counts()
		        for i in range(20):
		            sock.sendto(bytes(int(sys.argv[1]) + i), ("10.99.0.2", 9))
		        after = counts()
		    print(port, *(nic for nic in after if after[nic] != before[nic]))
	END
}

# on_one WHEN LINES: each flow has taken exactly one link
on_one() {
	if grep -vE '^[0-9]+ eth[123]$' <<<"$2"; then
		fail "$1 a flow was not on one link: $2"
	fi
}

# One packet of each of 600 flows.
many_flows() {
	python3 - <<-'END'
		import socket
		for port in range(20000, 20600):
		    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
		        sock.bind(("0.0.0.0", port))
		        sock.sendto(b"x", ("10.99.0.2", 9))
	END
}

three_links policy=balance-xor weights=1,1,2
# Nobody else may talk.
sysctl -qw net.ipv6.conf.mpl0.disable_ipv6=1

mapfile -t ports < <(seq 10001 10008)
first=$(flows "${ports[@]}")
echo "$first"
on_one "at first" "$first"
equal "the flows, again" "$(flows "${ports[@]}")" "$first"
[[ $(cut -d' ' -f2 <<<"$first" | sort -u | wc -l) -gt 1 ]] || fail "all flows on one link"
# A datagram in fragments: one link, the first (with ports) like the rest.
on_one "in fragments" "$(SIZE=8000 flows 10020)"

before=()
for nic in 1 2 3; do
	before+=("$(link_count eth$nic tx_packets)")
done
many_flows
for nic in 1 2 3; do
	n=$(($(link_count eth$nic tx_packets) - before[nic - 1]))
	share=$((nic == 3 ? 300 : 150))
	echo "eth$nic: $n of 600 flows, by weight $share"
	[[ $n -gt $((share * 7 / 10)) && $n -lt $((share * 13 / 10)) ]] ||
		fail "eth$nic carries $n of 600 flows instead of about $share"
done

# Without eth1 its flows go elsewhere, each to one link; the others stay.
ip link set eth1 down
now=$(flows "${ports[@]}")
on_one "without eth1" "$now"
grep eth1 <<<"$now" && fail "eth1 is closed"
equal "the flows that were not on eth1" "$(grep -Fx "$(grep -v eth1 <<<"$first")" <<<"$now")" \
	"$(grep -v eth1 <<<"$first")"
ip link set eth1 up
wait_until 10 links_valid 3
equal "the flows with eth1 back" "$(flows "${ports[@]}")" "$first"
