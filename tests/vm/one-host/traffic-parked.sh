#!/bin/bash
# Guards: packets that rest in NFQUEUE, on their way out or in, IPv4 and IPv6, both encaps,
# do not hold the module; let go afterwards, they harm nobody. nic-parked says that packets
# do not hold a NIC: NFQUEUE cannot show it, because it drops what would leave by a NIC that goes.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

# Takes packets from queue 7, and gives them no verdict until SIGTERM: then all are accepted.
cat >/run/park.py <<-'END'
	import os, signal, socket, struct, sys

	def attribute(kind, data):
	    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)

	def send(kind, queue, payload):
	    body = struct.pack("!BBH", 0, 0, queue) + payload
	    sock.send(struct.pack("=IHHII", 16 + len(body), 3 << 8 | kind, 1, 0, 0) + body)

	def accept(*_):
	    for packet in packets:
	        send(1, 7, attribute(2, struct.pack("!II", 1, packet)))
	    os._exit(0)

	packets = []
	sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
	sock.bind((0, 0))
	signal.signal(signal.SIGTERM, accept)
	send(2, 7, attribute(1, struct.pack("!BBH", 1, 0, 0)))
	send(2, 7, attribute(2, struct.pack("!IB", 0, 1)))
	print("ready", file=open(sys.argv[1], "w"))
	while True:
	    data = sock.recv(65536)
	    while len(data) >= 16:
	        length, kind = struct.unpack_from("=IH", data)
	        if kind == 3 << 8 and data[22:24] == struct.pack("=H", 1):
	            packets.append(struct.unpack_from("!I", data, 24)[0])
	            print(len(packets), file=open(sys.argv[1], "w"))
	        data = data[length + 3 & ~3:]
END

parked() {
	[[ $(</run/parked) =~ ^[0-9]+$ && $(</run/parked) -ge $1 ]]
}

# The program that parks them may be later than ping, which gives up soon.
all_parked() {
	local _
	for _ in {1..50}; do
		! parked "$1" || return 0
		nap 0.1
	done
	return 1
}

# park HOOK RULE: what matches rests from now on
park() {
	rm -f /run/parked
	python3 /run/park.py /run/parked &
	PARK=$!
	wait_until 10 grep -q ready /run/parked
	nft "table inet park { chain park { type filter hook ${1%%:*} priority ${1#*:}; $2 queue num 7; } ; }"
}

# Everything is let go, and the rule with it.
let_go() {
	kill -TERM $PARK
	wait $PARK
	nft delete table inet park
	nap 0.2
}

# Behind ours: the packet has its NIC then, and the netfilter core holds the virtual one only.
LAST=2147483647

modprobe -a nfnetlink_queue nft_queue
topology 2
for family in 4 6; do
	peer=10.99.0.2 remote=10.0.2.2
	[[ $family == 4 ]] || peer=fd99::2 remote=fd00:0:0:2::2
	for hook in postrouting:$LAST prerouting:-300; do
		mplink_load nics=eth1,eth2 "peer=$peer" "remotes=$([[ $family == 4 ]] && echo 10.0.1.2 || echo fd00:0:0:1::2),$remote"
		mplink_up
		wait_until 10 links_valid 2
		# The first packets of a CPU take the slower way, which would not reach the queue.
		check "IPv$family: warm" ping -qc4 -i0.1 -W1 "$peer"
		what="meta l4proto { icmp, icmpv6 } meta oifname mpl0"
		[[ $hook == post* ]] || what="meta l4proto { icmp, icmpv6 } meta iifname mpl0"
		park "$hook" "$what"
		ping -c6 -i0.1 -W0.3 "$peer" >/dev/null && fail "IPv$family, $hook: nothing rests there"
		all_parked 4 || fail "IPv$family, $hook: $(</run/parked) packets rest there"
		log_mark
		check "IPv$family, $hook: the module goes" timeout 8 rmmod mplink
		let_go
		expect_no_log "waiting for"
	done
done
ip link del eth1
ip link del eth2
ip netns del B

topology 2 B_WITHOUT_VIRTUAL
for OUTER in 4 6; do
	for hook in output:0 postrouting:0 prerouting:-300 input:0 ; do
		tunnel_ends 2
		park $hook "udp dport 4754"
		ping -c4 -i0.1 -W0.3 "$PEER" >/dev/null && fail "gre-udp, IPv$OUTER, $hook: nothing rests there"
		all_parked 3 || fail "gre-udp, IPv$OUTER, $hook: $(</run/parked) packets rest there"
		log_mark
		ip link set mpl0 down
		ip link del mpl0
		ip -n B link del mpl0
		check "gre-udp, IPv$OUTER, $hook: the module goes" timeout 8 rmmod mplink
		let_go
		expect_no_log "waiting for"
	done
done
