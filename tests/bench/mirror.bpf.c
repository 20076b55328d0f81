// SPDX-License-Identifier: GPL-2.0
/*
 * The far ends of all BFD sessions on a NIC: what leaves by it comes back, from the
 * address that it was sent to.  A session that hears itself goes through the states,
 * polls and intervals as with a peer of its own speed.
 *
 * To swap two addresses leaves all checksums right.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <stddef.h>

#define ADDRESSES (ETH_HLEN + offsetof(struct iphdr, saddr))

static long (*const load)(const void *, __u32, void *, __u32) = (void *)BPF_FUNC_skb_load_bytes;
static long (*const store)(void *, __u32, const void *, __u32, __u64) =
	(void *)BPF_FUNC_skb_store_bytes;
static long (*const redirect)(__u32, __u64) = (void *)BPF_FUNC_redirect;

__attribute__((section("classifier"), used)) int mirror(struct __sk_buff *skb)
{
	__u32 pair[2], swapped[2];

	if (load(skb, ADDRESSES, pair, sizeof(pair)))
		return 2; /* TC_ACT_SHOT */
	swapped[0] = pair[1];
	swapped[1] = pair[0];
	store(skb, ADDRESSES, swapped, sizeof(swapped), 0);
	return redirect(skb->ifindex, BPF_F_INGRESS);
}

char _license[] __attribute__((section("license"), used)) = "GPL";
