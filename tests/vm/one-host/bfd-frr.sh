#!/bin/bash
# Guards: FRR's bfdd holds a session with mplink for a minute, over IPv4 and over IPv6;
# each follows changes of the other's parameters, sees its AdminDown, and detects its
# silence.
# by default: 6.12
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

FRR4="peer 10.0.1.1 interface eth1"
FRR6="peer fd00:0:0:2::1 interface eth2 local-address fd00:0:0:2::2"

# frr_set PEER LINE...: as in its configuration.
frr_set() {
	frr "configure terminal" bfd "$@"
}

frr_is() {
	[[ $(frr_session "$1" "$2") == "$3" ]]
}

topology 2
# Intervals of a daemon that shares one slow CPU with all else.
frr_start "
bfd
 $FRR4
  receive-interval 300
  transmit-interval 300
 !
 $FRR6
  receive-interval 300
  transmit-interval 300
"
mplink_load nics=eth1,eth2 peer=10.99.0.2 remotes=10.0.1.2,fd00:0:0:2::2 liveness=bfd \
	bfd_interval_us=300000
mplink_up
wait_until 20 links_valid 2
wait_until 20 frr_is 10.0.1.1 status up
wait_until 20 frr_is fd00:0:0:2::1 status up

# --- a minute ---
log_mark
nap 60
expect_no_log 'BFD: valid'
equal "FRR's session, IPv4" "$(frr_session 10.0.1.1 status)" up
equal "FRR's session, IPv6" "$(frr_session fd00:0:0:2::1 status)" up

# --- parameters: while Up, by poll sequences, without a transition ---
equal "FRR's interval" "$(mplink_session eth1 rx_us)" 300000
frr_set "$FRR4" "transmit-interval 500" "detect-multiplier 4"
wait_until 20 session_is eth1 rx_us 500000
wait_until 20 session_is eth1 detection_us 2000000
mplink set dev mpl0 bfd-tx-us 400000 bfd-rx-us 250000 bfd-multiplier 5
wait_until 20 frr_is 10.0.1.1 remote-transmit-interval 400
wait_until 20 frr_is 10.0.1.1 remote-receive-interval 250
wait_until 20 frr_is 10.0.1.1 remote-detect-multiplier 5
expect_no_log 'BFD: valid'

# --- AdminDown ---
log_mark
frr_set "$FRR4" shutdown
expect_log 'eth1 to 10.99.0.2: BFD: valid 1 -> 0 \(liveness\)'
equal "FRR's state" "$(mplink_session eth1 remote_state)" admin-down
equal "our state" "$(mplink_session eth1 state)" down
equal "our diagnostic" "$(mplink_session eth1 diag)" neighbour-down
frr_set "$FRR4" "no shutdown"
expect_log 'eth1 to 10.99.0.2: (BFD|wait to restore): valid 0 -> 1' 10
mplink set dev mpl0 liveness off
wait_until 20 frr_is 10.0.1.1 remote-diagnostic "administratively down"
equal "FRR's session" "$(frr_session 10.0.1.1 status)" down
links_valid 2 || fail "without liveness the links are not valid"
mplink set dev mpl0 liveness bfd
wait_until 20 frr_is 10.0.1.1 status up
wait_until 20 frr_is fd00:0:0:2::1 status up

# --- silence: FRR's, then ours ---
log_mark
in_b nft -f - <<-'NFT'
	table netdev mute {
		chain eth1 {
			type filter hook egress device eth1 priority 0;
			udp dport 3784 drop
		}
	}
NFT
expect_log 'eth1 to 10.99.0.2: BFD: valid 1 -> 0 \(liveness\)'
equal "our diagnostic" "$(mplink_session eth1 diag)" detection-time-expired
wait_until 20 frr_is 10.0.1.1 status init # it hears us, and we are Down
in_b nft delete table netdev mute
wait_until 20 frr_is 10.0.1.1 status up
log_mark
in_b nft -f - <<-'NFT'
	table netdev deaf {
		chain eth2 {
			type filter hook ingress device eth2 priority 0;
			udp dport 3784 drop
		}
	}
NFT
expect_log 'eth2 to 10.99.0.2: BFD: valid 1 -> 0 \(liveness\)'
equal "our diagnostic" "$(mplink_session eth2 diag)" neighbour-down
equal "FRR's diagnostic" "$(frr_session fd00:0:0:2::1 diagnostic)" \
	"control detection time expired"
in_b nft delete table netdev deaf
wait_until 20 frr_is fd00:0:0:2::1 status up
wait_until 20 links_valid 2
