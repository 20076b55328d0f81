#!/bin/bash
# Answers: a TCP connection waits for its retransmission timeout when a link silently dies. One runs
# over the fastest of three links: it has no timeout, and no pause that is longer than two round trips
# and 25 ms. Without replay it does have timeouts.
# by default: 6.1 uml
# timeout: 200
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

LIMIT=65 # ms: two round trips by the links that remain, and 25 ms

# Says its longest pause, in ms, since it last did: when it is asked to, and at the end.
listener() {
	ip netns exec B python3 -c '
import signal, socket, time
longest, last = 0, 0
def say(*_):
    global longest
    print(round(longest * 1000), flush=True)
    longest = 0
signal.signal(signal.SIGUSR1, say)
connection = socket.create_server(("", 5300)).accept()[0]
while connection.recv(65536):
    now = time.monotonic()
    longest = max(longest, now - last) if last else 0
    last = now
say()' >"$SAID" &
	LISTENER=$!
	wait_until 30 listens B t 5300
}

# UDP_RATE packets a second: as much as the emulated machine keeps up with.
talker() {
	python3 -c '
import socket, sys, time
connection = socket.create_connection((sys.argv[1], 5300))
connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
due = time.monotonic()
while True:
    connection.sendall(bytes(1000))
    due += 1 / int(sys.argv[2])
    time.sleep(max(0, due - time.monotonic()))' "$PEER" "$UDP_RATE" &
	TALKER=$!
}

timeouts() {
	nstat -asz TcpExtTCPTimeouts | awk '$1 == "TcpExtTCPTimeouts" { print $2 }'
}

said() { [[ $(wc -l <"$SAID") -ge $1 ]]; }

ask() {
	kill -USR1 $LISTENER
	wait_until 10 said "$1"
}

sent_again() { echo $(($(ethtool_stat reseq_replay_sent) + $(ethtool_stat reseq_repair_sent))); }

# so_many PACKETS: waits until A has sent them
so_many() {
	wait_until 30 more_than $(($(links_sum tx_packets) + $1)) links_sum tx_packets
}

connect() {
	SAID=$(mktemp /tmp/said.XXXXXX)
	listener
	talker
	wait_until 30 measured 3
	link_carries eth2
}

# Over all links: the end of the connection has to come.
disconnect() {
	unequal 2
	kill $TALKER
	wait $TALKER 2>/dev/null || true
	wait $LISTENER
}

# Sets CALM and PAUSE, the longest pauses before and since the death, and TIMEOUTS.
dies() {
	local before
	connect
	before=$(timeouts)
	ask 1
	so_many 400
	ask 2
	silence 2
	so_many 400
	ask 3
	TIMEOUTS=$(($(timeouts) - before))
	ss -Htin "dst $PEER" | tail -n1
	disconnect
	CALM=$(sed -n 2p "$SAID") PAUSE=$(sed -n 3p "$SAID")
	echo "pause $PAUSE ms, $CALM ms before the death; timeouts $TIMEOUTS"
}

tunnel 3
unequal 1 2 3
# The emulated machine stands still for its host now and then, but not three times; and then the
# link may have nothing under way when it dies.
for _ in 1 2 3; do
	dies
	[[ $TIMEOUTS -gt 0 || $PAUSE -gt $((LIMIT + CALM)) ]] || ! more_than 0 sent_again || break
done
equal "retransmission timeouts" "$TIMEOUTS" 0
[[ $PAUSE -le $((LIMIT + CALM)) ]] || fail "the connection paused for $PAUSE ms"
# The far end may ask for a part of it before the link is suspect.
echo "sent once more: $(ethtool_stat reseq_replay_sent) replays, $(ethtool_stat reseq_repair_sent) repairs"
more_than 0 sent_again || fail "nothing was sent once more"

# The test can fail.
mplink set dev mpl0 replay off
wait_until 10 equal_to 0 ethtool_stat reseq_replay_kept
connect
before=$(timeouts)
silence 2
wait_until 30 more_than "$before" timeouts
disconnect
