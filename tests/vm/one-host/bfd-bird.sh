#!/bin/bash
# Guards: BIRD holds a session with mplink for a minute, over IPv4 and, authenticated,
# over IPv6; each follows changes of the other's parameters, and detects its silence; a
# wrong key is refused and counted; mplink sees what BIRD ends, and BIRD AdminDown.
# by default: 6.1
# needs: daemons
# timeout: 600
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-liveness.sh
source "$(dirname "$0")/../lib-liveness.sh"
# shellcheck source=tests/vm/lib-daemons.sh
source "$(dirname "$0")/../lib-daemons.sh"

# config INTERVAL MULTIPLIER [AUTHENTICATION]
config() {
	echo "
router id 10.0.1.2;
protocol device { }
protocol bfd {
	accept direct;
	interface \"eth*\" {
		interval $1 ms;
		multiplier $2;
		${3:-}
	};
	neighbor 10.0.1.1 dev \"eth1\" local 10.0.1.2;
	neighbor fd00:0:0:2::1 dev \"eth2\" local fd00:0:0:2::2;
}
"
}

bird_state_is() {
	[[ $(bird_session "$1" | awk '{ print $3 }') == "$2" ]]
}

topology 2
bird_start "$(config 300 3)"
# Each failure below doubles the wait to restore: 20 ms become 640.
mplink_load nics=eth1,eth2 peer=10.99.0.2 remotes=10.0.1.2,fd00:0:0:2::2 liveness=bfd \
	bfd_interval_us=300000 wtr_ms=20
mplink_up
wait_until 20 links_valid 2
wait_until 20 bird_state_is 10.0.1.1 Up
wait_until 20 bird_state_is fd00:0:0:2::1 Up

# --- a minute ---
log_mark
nap 60
expect_no_log 'BFD: valid'
bird_state_is 10.0.1.1 Up || fail "BIRD: $(bird_session 10.0.1.1)"
bird_state_is fd00:0:0:2::1 Up || fail "BIRD: $(bird_session fd00:0:0:2::1)"

# --- parameters: while Up, without a transition ---
bird_configure "$(config 500 4)"
wait_until 20 session_is eth1 rx_us 500000
wait_until 20 session_is eth1 detection_us 2000000
mplink set dev mpl0 bfd-interval-us 800000 bfd-multiplier 5
# Its columns: the interval of its packets, and 5 times that of ours, in seconds.
bird_paced() {
	[[ $(bird_session 10.0.1.1) == *" 0.800 "*" 4.000" ]]
}
wait_until 20 bird_paced
expect_no_log 'BFD: valid'

# --- silence: BIRD's, then ours ---
log_mark
in_b nft -f - <<-'NFT'
	table netdev mute {
		chain eth1 {
			type filter hook ingress device eth1 priority 0;
			udp dport 3784 drop
		}
	}
NFT
expect_log 'eth1 to 10.99.0.2: BFD: valid 1 -> 0 \(liveness\)' 20
equal "our diagnostic" "$(mplink_session eth1 diag)" neighbour-down
in_b nft delete table netdev mute
wait_until 20 bird_state_is 10.0.1.1 Up
wait_until 20 links_valid 2
log_mark
kill -STOP "$(<"$DAEMON_RUN/bird.pid")"
expect_log 'eth1 to 10.99.0.2: BFD: valid 1 -> 0 \(liveness\)' 20
expect_log 'eth2 to 10.99.0.2: BFD: valid 1 -> 0 \(liveness\)' 20
equal "our diagnostic" "$(mplink_session eth2 diag)" detection-time-expired
kill -CONT "$(<"$DAEMON_RUN/bird.pid")"
wait_until 20 links_valid 2

# --- keyed SHA1, both kinds; a wrong key ---
for kind in "sha1" "meticulous-sha1"; do
	words=${kind/-/ }
	log_mark
	bird_configure "$(config 300 3 "authentication ${words/sha1/keyed sha1}; password \"secret\" { id 7; };")"
	expect_log 'eth1 to 10.99.0.2: BFD: valid 1 -> 0' 20
	mplink set dev mpl0 bfd-auth "$kind" bfd-key-id 7 bfd-key secret
	wait_until 20 bird_state_is 10.0.1.1 Up
	wait_until 20 bird_state_is fd00:0:0:2::1 Up
	wait_until 20 links_valid 2
	log_mark
	mplink set dev mpl0 bfd-auth "$kind" bfd-key-id 7 bfd-key other
	expect_log 'eth1 to 10.99.0.2: BFD: valid 1 -> 0 \(liveness\)' 20
	mplink set dev mpl0 bfd-auth "$kind" bfd-key-id 7 bfd-key secret
	wait_until 20 links_valid 2
done

# --- the end of the sessions, by mplink and by BIRD ---
mplink set dev mpl0 liveness off
wait_until 20 bird_state_is 10.0.1.1 Down
mplink set dev mpl0 liveness bfd
wait_until 20 bird_state_is 10.0.1.1 Up
log_mark
_bird down
expect_log 'eth1 to 10.99.0.2: BFD: valid 1 -> 0 \(liveness\)' 20
