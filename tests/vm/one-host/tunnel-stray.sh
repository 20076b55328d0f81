#!/bin/bash
# Answers: one packet with a number of its own mind stops a flow, or a link that jitters
# or is slow has its packets refused. A bit of the number is flipped: the flow goes on.
# Links jitter by 5 ms and lose one in a thousand: next to nothing is late. A link is
# 300 ms slower: next to nothing is lost; with a bound below that, the log says why.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

UDP_RATE=400

# Sends numbered packets of one flow, every 10 ms, and for each bit once more the last one
# that left by eth2, with that bit flipped. Prints the longest gap at the far end, in ms.
flip() {
	cat >/tmp/echo.py <<-'END'
		import socket
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.bind(("", 7))
		while True:
		    d, who = s.recvfrom(2000)
		    s.sendto(d, who)
	END
	# Not to the caller's pipe: if we fail, its reader would wait for the echo.
	ip netns exec B python3 /tmp/echo.py >/dev/null &
	local echo=$!
	wait_until 60 listens B u 7
	python3 - "$@" <<-'END'
		import socket, struct, sys, time
		raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
		raw.bind(("eth2", 3))
		raw.setblocking(False)
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.connect(("10.99.0.2", 7))
		s.setblocking(False)
		port = s.getsockname()[1]

		def frame():
		    found = None
		    while True:
		        try:
		            d, who = raw.recvfrom(2000)
		        except BlockingIOError:
		            return found
		        if who[2] == 4 and d[36:38] == b"\x12\x92" and len(d) > 78 and \
		                struct.unpack("!H", d[74:76])[0] == port:
		            found = bytearray(d)

		def run(seconds):
		    longest, last = 0, time.monotonic()
		    end = last + seconds
		    while last < end:
		        try:
		            s.send(bytes(20))
		            time.sleep(0.01)
		            while True:
		                s.recv(100)
		                now = time.monotonic()
		                longest, last = max(longest, now - last), now
		        except BlockingIOError:
		            if time.monotonic() > end:
		                break
		    return max(longest, time.monotonic() - last)

		run(1)
		worst = 0
		for bit in map(int, sys.argv[1:]):
		    frame()
		    run(0.3)
		    d = frame()
		    seq, = struct.unpack("!I", d[50:54])
		    d[50:54] = struct.pack("!I", seq ^ 1 << bit)
		    raw.send(d)
		    worst = max(worst, run(1.2))
		print(int(worst * 1000))
	END
	kill "$echo"
	wait "$echo" 2>/dev/null || true
}

stream_for() {
	udp_start
	nap "$1"
	udp_stop
	in_order
}

tunnel 2 policy=balance-rr
gap=$(flip 5 8 14 16 31)
echo "the longest gap is $gap ms"
[[ $gap -lt 700 ]] || fail "one flipped bit, and a flow is silent for $gap ms"
equal "restarts" "$(reseq B restarts)" 0

for i in 1 2; do
	delay A $i delay 10ms 5ms loss 0.1%
done
late=$(reseq B late)
stream_for 5
late=$(($(reseq B late) - late))
echo "jitter: $late late of $UDP_SENT"
[[ $late -le $((UDP_SENT / 50)) ]] || fail "of $UDP_SENT packets by links that jitter $late are refused as late"

delay A 1 delay 1ms
delay A 2 delay 300ms
stream_for 5
echo "slow: $UDP_LOST lost of $UDP_SENT"
[[ $UDP_LOST -le $((UDP_SENT / 20 + UDP_RATE / 2)) ]] ||
	fail "of $UDP_SENT packets $UDP_LOST are lost, for a link is 300 ms slower"
in_b mplink set dev mpl0 outoforder-max-us 50000
stream_for 4
dmesg | grep 'packets from 10.0.2.1 come .* later than by other links' >/dev/null ||
	fail "the log does not say that a link is too slow"
