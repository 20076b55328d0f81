#!/bin/bash
# Guards: BFD switched on where one path is dead from the start, with carriers that are up:
# both ends find it by the link that answers, say so, and use it no longer; and a link
# that lost its carrier and has it back waits for BFD's word.
# by default: 6.1
# timeout: 200
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-liveness.sh
source "$(dirname "$0")/../lib-liveness.sh"

both_ends 2 liveness off
blackhole eth2
log_mark
mplink set dev mpl0 liveness bfd wtr-ms 0
nap 1
near_is eth2 none || fail "turning BFD on cut eth2 off at once"
in_b mplink set dev mpl0 liveness bfd wtr-ms 0
wait_until 15 near_is eth2 liveness
wait_until 15 far_is eth2 liveness
near_is eth1 none || fail "eth1 answers, but is not used"
expect_log 'mplink: mpl0: eth2 to 10.99.0.2: 10.0.2.2 has never answered BFD'
expect_log 'mplink: mpl0: eth2 to 10.99.0.1: 10.0.2.1 has never answered BFD'
mplink show | grep 'eth2 .*liveness .*not heard' >/dev/null || fail "mplink show does not tell of eth2"
udp_start
nap 2
udp_stop
equal "lost once it was found" "$UDP_LOST" 0

# Who alone has BFD on trusts a link that works, until it has failed.
blackhole_end
in_b mplink set dev mpl0 liveness off
mplink set dev mpl0 liveness off
mplink set dev mpl0 liveness bfd
near_is eth1 none || fail "eth1 was cut off by turning BFD on"
in_b ip link set eth1 down
wait_until 5 near_is eth1 no-carrier
in_b ip link set eth1 up
wait_until 5 near_is eth1 liveness
