#!/bin/bash
# Guards: routes over the virtual NIC that are light-weight tunnels, encap none. What SEG6
# wraps is carried, with its segments; what a BPF program drops does not leave; what MPLS
# labels is dropped for a reason. A link does not leave out the label on the route to its
# remote: it is not valid.
# by default: 6.1
# timeout: 120
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

# pin FILE TYPE VERDICT: a BPF program that gives each packet this verdict; status 4: this
# kernel has no BPF
pin() {
	python3 - "$@" <<-'END'
		import ctypes, platform, struct, sys
		if platform.machine() != "x86_64":
		    sys.exit(4)
		libc = ctypes.CDLL(None, use_errno=True)
		def bpf(command, data):
		    buf = ctypes.create_string_buffer(data, 128)
		    fd = libc.syscall(321, command, buf, len(data))
		    if fd < 0:
		        sys.exit(4 if ctypes.get_errno() == 38 else "bpf: error %d" % ctypes.get_errno())
		    return fd
		name, kind, verdict = sys.argv[1].encode() + b"\0", int(sys.argv[2]), int(sys.argv[3])
		program = ctypes.create_string_buffer(struct.pack("<BBhiBBhi", 0xb7, 0, 0, verdict, 0x95, 0, 0, 0))
		licence, path = ctypes.create_string_buffer(b"GPL\0"), ctypes.create_string_buffer(name)
		fd = bpf(5, struct.pack("<IIQQIIQII", kind, 2, ctypes.addressof(program),
		                        ctypes.addressof(licence), 0, 0, 0, 0, 0))
		bpf(6, struct.pack("<QII", ctypes.addressof(path), fd, 0))
	END
}

three_links
modprobe mpls_iptunnel
mplink peer add fd99::2 link eth1 fd00:0:0:1::2 link eth2 fd00:0:0:2::2 link eth3 fd00:0:0:3::2
wait_until 10 links_valid 6
count_on_cables clear segments <<-END
	icmp type echo-request counter name n_clear
	rt type 4 counter name n_segments return
	icmpv6 type echo-request counter name n_clear
END
# shellcheck disable=SC2016 # for the shell in B
in_b bash -c 'for f in /proc/sys/net/ipv6/conf/*/seg6_enabled; do echo 1 >$f; done'
in_b ip addr add fd08::1/64 dev lo nodad
in_b ip addr add 192.168.9.1/24 dev lo
in_b sysctl -qw net.ipv6.conf.all.forwarding=1

for mode in encap inline; do
	ip -6 route replace fd08::/64 encap seg6 mode $mode segs fd99::2 dev mpl0
	zero
	check "SEG6, $mode" ping -qc4 -i0.1 -W2 -I fd99::1 fd08::1
	equal "SEG6, $mode: packets with segments" "$(counted segments)" 4
	equal "SEG6, $mode: packets without" "$(counted clear)" 0
done
ip -6 route del fd08::/64

while read -r net to family hop; do
	before=$(drops malformed)
	ip route add "$net" encap mpls 262147 via "$family" "$hop" dev mpl0
	zero
	ping -qc3 -i0.1 -W1 "$to" >/dev/null && fail "MPLS, $to: somebody has answered"
	equal "MPLS, $to: packets without their label" "$(counted clear)" 0
	equal "MPLS, $to: dropped as malformed" "$(drops malformed)" $((before + 3))
	ip route del "$net"
done <<-'END'
	192.168.9.0/24 192.168.9.1 inet 10.99.0.2
	fd08::/64 fd08::1 inet6 fd99::2
END

# BPF_PROG_TYPE_LWT_OUT and _XMIT; BPF_OK and BPF_DROP.
mount -t bpf bpf /sys/fs/bpf 2>/dev/null || true
for kind in out:11 xmit:12; do
	for verdict in 0 2; do
		status=0
		pin "/sys/fs/bpf/${kind%:*}$verdict" "${kind#*:}" $verdict || status=$?
		[[ $status -ne 4 ]] || break 2
		equal "status of bpf()" $status 0
		ip route replace 192.168.9.0/24 encap bpf "${kind%:*}" \
			pinned "/sys/fs/bpf/${kind%:*}$verdict" via 10.99.0.2 dev mpl0
		zero
		if [[ $verdict == 0 ]]; then
			check "past a program" ping -qc3 -i0.1 -W2 192.168.9.1
		else
			ping -qc3 -i0.1 -W1 192.168.9.1 >/dev/null && fail "BPF: it is not asked"
			equal "BPF: packets that it dropped, on the cables" "$(counted clear)" 0
		fi
		rm "/sys/fs/bpf/${kind%:*}$verdict"
	done
done

# The way to the remote has a label.
in_b ip addr add 10.5.0.2/32 dev lo
in_b ip addr add fd05::2/128 dev lo nodad
while read -r remote family hop; do
	ip route add "$remote" encap mpls 262147 via "$family" "$hop" dev eth1
	mplink peer add 10.99.0.5 link eth1 "$remote"
	wait_until 5 grep -qx no-route /sys/class/net/mpl0/mplink/peers/10.99.0.5/links/eth1/reason
	zero
	ping -qc2 -i0.1 -W1 10.99.0.5 >/dev/null && fail "$remote: it cannot be reached"
	equal "$remote: packets without their label" "$(counted clear)" 0
	ip route replace "$remote" via "$hop" dev eth1
	wait_until 5 grep -qx 1 /sys/class/net/mpl0/mplink/peers/10.99.0.5/links/eth1/valid
	mplink peer del 10.99.0.5
done <<-'END'
	10.5.0.2 inet 10.0.1.2
	fd05::2 inet6 fd00:0:0:1::2
END
