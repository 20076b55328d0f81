#!/bin/bash
# Guards: the format is the open one. A far end that is stock Linux, `ip fou` and a `gre`
# device with a key, exchanges traffic with mplink both ways over one link, with sequence
# numbers and without; and tshark decodes what both send as GRE in UDP. Messages that it does not
# answer become rare.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"
# shellcheck source=tests/vm/lib-capture.sh
source "$(dirname "$0")/../lib-capture.sh"

KEY=11259375	# 0xabcdef

# stock [SEQ...]: B's end
stock() {
	ip -n B link del gre1 2>/dev/null || true
	ip -n B link add gre1 type gre local 10.0.1.2 remote 10.0.1.1 ttl 64 \
		ikey $((KEY << 8)) okey $((KEY << 8)) "$@" \
		encap fou encap-sport auto encap-dport 4754
	ip -n B addr add 10.99.0.2/24 dev gre1
	ip -n B link set gre1 up mtu 1460
}

# decoded SENDER: the pings that it has sent, as tshark knows them; prints a line for each
decoded() {
	tshark -nr /run/tunnel.pcap -Y "gre && icmp && ip.src == ${1#*,}" -T fields -e gre.key \
		-e gre.sequence_number -e ip.src -e udp.dstport 2>/run/tshark.err ||
		{ cat /run/tshark.err; fail "tshark"; }
}

topology 1 B_WITHOUT_VIRTUAL
modprobe fou
in_b ip fou add port 4754 ipproto 47
as_cables 1
# Questions: GRE in UDP with mplink's protocol type.
capture questions -i eth1 'udp dst port 4754 and udp[10:2] = 0x88b5'
questions() {
	captured questions
}
SECONDS=0
tunnel_near 1 key=$KEY flow_buckets=1 "${PATIENT[@]}"
wait_until 20 links_valid 1
for seq in "" oseq "iseq oseq"; do
	echo "far end with: ${seq:-no sequence numbers}"
	# shellcheck disable=SC2086 # several words
	stock $seq
	wait_until 20 ping -qc1 -W1 10.99.0.2
	check "pings" ping -qc5 -i0.1 -W2 10.99.0.2
	check "pings in fragments" ping -qc3 -i0.1 -W2 -s 5000 10.99.0.2
	check "pings from B" in_b ping -qc5 -i0.1 -W2 10.99.0.1
	tcp_bytes 2
	tcp_bytes 2 B
	# A device that wants numbers counts a question as an error: it has none.
	[[ $(in_b_stat rx_errors gre1) -le $([[ $seq == iseq* ]] && questions || echo 0) ]] ||
		fail "gre1 has $(in_b_stat rx_errors gre1) errors after $(questions) questions"
done
[[ $(reseq A in_order) -gt 1000 ]] || fail "numbered packets are not counted so"
dropped_none A
equal "B's errors in sending" "$(in_b_stat tx_errors gre1)" 0
[[ $(mplink -j show | jq -r '.[0].peers[0].links[0].reason') == none ]] || fail "the link is not used"

# After 0, 1, 3, 7, 15 and 31 s, and then every 30 s; set-up may begin anew a few times.
wait_until 40 more_than 3 questions
most=$((9 + SECONDS / 30))
[[ $(questions) -le $most ]] || fail "$(questions) questions in $SECONDS s, at most $most should be"
captures_end

# Not by number: what gre1 says by itself, as to routers, is heard too.
capture tunnel -i eth1 -w /run/tunnel.pcap 'udp port 4754'
check "pings" ping -qc5 -i0.1 -W2 10.99.0.2
captures_end
for sender in 10.0.1.1,10.99.0.1 10.0.1.2,10.99.0.2; do
	said=$(decoded $sender)
	echo "$said"
	equal "packets of $sender that tshark knows" "$(wc -l <<<"$said")" 5
	while IFS=$'\t' read -r key number source port; do
		equal "key" $((key)) $((KEY << 8))
		equal "sources" "$source" "$sender"
		equal "port" "$port" 4754
		[[ $number =~ ^[0-9]+$ ]] || fail "no sequence number: $number"
	done <<<"$said"
done
