#!/bin/bash
# Answers: TCP takes a packet that comes after later ones for a loss. A TCP flow runs over links of
# which each loses 1 %: what is lost is repaired, and TCP gets everything in order. (A repair once came
# behind up to 64 later packets: GRO took it for another flow's, because its hash was another one.)
# by default: 6.1 uml
# timeout: 120
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

BYTES=2000000

listener() {
	ip netns exec B python3 -c '
import socket
connection = socket.create_server(("", 5300)).accept()[0]
while connection.recv(65536):
    pass' &
	LISTENER=$!
	wait_until 30 listens B t 5300
}

# So many bytes by TCP.
flow() {
	listener
	timeout 60 python3 -c '
import socket, sys
connection = socket.create_connection((sys.argv[1], 5300))
connection.sendall(bytes(int(sys.argv[2])))
connection.shutdown(socket.SHUT_WR)
connection.recv(1)' "$PEER" "$BYTES" || fail "the flow did not end in 60 s"
	wait "$LISTENER"
}

tunnel 3
for i in 1 2 3; do
	delay A "$i" delay "$((5 * i))ms" loss 1%
	delay B "$i" delay "$((5 * i))ms" loss 1%
done
# A NACK and what it asks for may both be lost, twice.
for try in 1 2 3; do
	lost=$(far_lost)
	repaired=$(far_stat repaired)
	late=$(ofo_queued)
	flow
	lost=$(($(far_lost) - lost))
	repaired=$(($(far_stat repaired) - repaired))
	late=$(($(ofo_queued) - late))
	echo "repaired $repaired, lost $lost, out of order $late"
	[[ $lost -gt 0 && $try -lt 3 ]] || break
done
[[ $lost == 0 ]] || fail "packets were lost for good in three flows"
[[ $repaired -ge 5 ]] || fail "too few packets were repaired to tell"
[[ $late == 0 ]] || fail "TCP got $late packets before earlier ones"
