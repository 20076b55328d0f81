#!/bin/bash
# Guards: what is saved to be loaded at boot is the same after it; files that people change are
# loaded under traffic without the loss of a packet; a folder with a fault changes nothing.
# by default: uml
# timeout: 120
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

FILE=/run/etc/mplink/mpl0.json

# The host's /etc is shown read-only.
booted() {
	# shellcheck disable=SC2016 # for the shell in the namespace
	unshare --mount bash -c 'mount --bind /run/etc /etc && exec mplink "$@"' - "$@"
}

# refused STATUS WORDS ARGS...: the command fails so, and says that.
refused() {
	local wanted=$1 words=$2 status=0 said
	shift 2
	said=$(booted "$@" 2>&1) || status=$?
	equal "status of mplink $*" "$status" "$wanted"
	[[ $said == *"$words"* ]] || fail "mplink $*: $said"
}

mkdir /run/etc
topology 3
mplink_load
ip link add mpl0 type mplink
mplink nic add eth1 eth2 eth3
mplink peer add 10.99.0.2 link eth1 10.0.1.2 link eth2 10.0.2.2 weight 3 link eth3 10.0.3.2
equal "what is said" "$(booted save --to-boot)" "/etc/mplink/mpl0.json: written"
equal "modes" "$(command stat -c '%a %F' /run/etc/mplink "$FILE" | paste -sd' ')" "755 directory 600 regular file"
equal "what is written" "$(<"$FILE")" "$(mplink save)"

ip link del mpl0
check "load at boot" booted load /etc/mplink
equal "what was loaded" "$(mplink save)" "$(<"$FILE")"
equal "what is said then" "$(booted save --to-boot)" "/etc/mplink/mpl0.json: is up to date"

mplink_up
wait_until 10 ping -qc1 -W1 10.99.0.2
udp_start
link_carries eth3
jq '.devices[0] |= (.nics -= ["eth3"] | .peers[0].links |= (map(select(.nic != "eth3")) | .[0].weight = 5))' \
	"$FILE" >/run/without
{ echo "// eth3 is being repaired" && cat /run/without; } | tee "$FILE" >/run/commented
check "load what was changed" booted load /etc/mplink
equal "what was loaded then" "$(mplink save | jq -S .)" "$(jq -S . /run/without)"
check "load it again" booted load /etc/mplink
link_carries eth1
check "load what was there" mplink load <(jq '.devices[0].nics += ["eth3"]' /run/without)
udp_stop
equal "packets lost to loads" "$UDP_LOST" 0

refused 1 "has comments, which would be lost" save --to-boot
equal "the file" "$(<"$FILE")" "$(</run/commented)"
BEFORE=$(mplink save)
echo '{"devices": [{"name": "mpl1", "nics": ["eth2"]}]}' >/run/etc/mplink/mpl1.json
# shellcheck disable=SC2016 # JSON paths
refused 2 'mpl1.json: $.devices[0].nics[0]: "eth2" is /etc/mplink/mpl0.json: $.devices[0].nics[1] already' \
	load /etc/mplink
equal "what there is after a fault" "$(mplink save)" "$BEFORE"
sed -i s/eth2/eth9/ /run/etc/mplink/mpl1.json
check "save in spite of comments" booted save --to-boot --force
equal "what is written then" "$(<"$FILE")" "$BEFORE"
[[ $(booted save --to-boot) == *"mpl1.json: "*"mpl1 does not exist now"* ]] || fail "nothing is said of mpl1"
check "a device more" booted load /etc/mplink
[[ -e /sys/class/net/mpl1/mplink ]] || fail "there is no mpl1"
