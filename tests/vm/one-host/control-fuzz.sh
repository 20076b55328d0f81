#!/bin/bash
# Guards: netlink messages that are nearly right, under traffic: whatever is asked, the
# kernel answers, and a dump still works afterwards.
#
#   MPLINK_SEED=N        the messages of an earlier run, which has printed its seed
#   MPLINK_MESSAGES=N    how many; by default 100,000
# by default: uml
# timeout: 400
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

SEED=${MPLINK_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
MESSAGES=${MPLINK_MESSAGES:-100000}
echo "MPLINK_SEED=$SEED MPLINK_MESSAGES=$MESSAGES"

topology 3
mplink_load nics=eth1,eth2,eth3 peer=10.99.0.2 remotes=$REMOTES4
mplink_up
mplink save >/run/saved
# Events of NICs would be one log line each.
dmesg -n 1
ping -qi0.05 10.99.0.2 >/dev/null 2>&1 &
PING=$!
"$PWD/build/tools/fuzz-netlink" "$SEED" "$MESSAGES" mpl0 >/run/answers
kill $PING
sort -t: -k2 -rn /run/answers
grep -q '^taken: ' /run/answers || fail "no message was taken"
[[ $(wc -l </run/answers) -ge 4 ]] || fail "messages were refused for too few reasons"
check "a dump" mplink -j show
check "a dump" mplink show
# All that was made of it goes, and it can be set up again.
ip link del mpl0
check "load" mplink load /run/saved
mplink_up
wait_until 10 ping -qc1 -W1 10.99.0.2
wait_until 10 links_valid 3
