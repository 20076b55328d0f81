// SPDX-License-Identifier: GPL-2.0
/*
 * From the resequencer to the stack.
 *
 * gro_cells would queue a packet on the CPU that has it, and NICs interrupt different
 * CPUs: what has just been put in order would come out of several queues.  Here all
 * packets of a flow bucket go through one queue, whichever CPU they come from, and a
 * NAPI instance is polled by one CPU at a time.
 *
 * A packet that nothing waits before, and that GRO would merge with none, does not take
 * the way through the NAPI instance, which costs it a third of all that the tunnel does.
 * Its CPU is the queue's only one for as long as the stack has the packet.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/slab.h>

#include "device/vnic.h"
#include "mplink/tunnel.h"
#include "tunnel/deliver.h"
#include "tunnel/sockets.h"

/* Longer than all that one peer's resequencer lets go at once, by default. */
#define MPLINK_DELIVERY_MAX 10000

struct mplink_delivery_queue {
	struct napi_struct napi;
	struct sk_buff_head incoming;
	struct sk_buff_head polled;	/* the poll's own */
	bool busy;			/* with a packet that did not wait: incoming.lock */
} ____cacheline_aligned_in_smp;

/*
 * Whether this CPU has a claimed packet in the stack.  What the stack finds in that packet
 * may be another one of gre-udp's, and another in that: a second claim would nest on the
 * stack as deep as the sender likes.  It goes through the queue instead.
 */
static DEFINE_PER_CPU(bool, mplink_delivery_claims);

struct mplink_delivery {
	u32 mask;			/* of a bucket, to its queue */
	struct mplink_delivery_queue queue[];
};

/*
 * GRO takes packets to pieces.  The pieces of one that is cloned are also those of who
 * else has it: TCP, until they are acknowledged, if it sends from this host.
 */
static bool mplink_delivery_own(struct sk_buff *skb)
{
	struct mplink_vnic *vnic = netdev_priv(skb->dev);

	if (likely(!skb_cloned(skb)) || !(skb->dev->features & NETIF_F_GRO) ||
	    !skb_unclone(skb, GFP_ATOMIC))
		return true;
	mplink_tunnel_count(vnic->socket, MPLINK_GRE_DROP_NO_MEMORY);
	kfree_skb_reason(skb, SKB_DROP_REASON_NOMEM);
	return false;
}

static int mplink_delivery_poll(struct napi_struct *napi, int budget)
{
	struct mplink_delivery_queue *queue =
		container_of(napi, struct mplink_delivery_queue, napi);
	struct sk_buff *skb;
	int done = 0;

	spin_lock(&queue->incoming.lock);
	/* Who is before them schedules once more; he may have begun since this was. */
	if (!queue->busy)
		skb_queue_splice_tail_init(&queue->incoming, &queue->polled);
	spin_unlock(&queue->incoming.lock);
	while (done < budget && (skb = __skb_dequeue(&queue->polled))) {
		if (mplink_delivery_own(skb))
			napi_gro_receive(napi, skb);
		done++;
	}
	/* Who adds to an empty queue schedules once more, of which this takes notice. */
	if (done < budget)
		napi_complete_done(napi, done);
	return done;
}

struct mplink_delivery *mplink_delivery_start(struct net_device *dev)
{
	const u32 n = min_t(u32, roundup_pow_of_two(nr_cpu_ids), MPLINK_FLOW_BUCKETS);
	struct mplink_delivery *delivery;
	u32 i;

	delivery = kvzalloc(struct_size(delivery, queue, n), GFP_KERNEL_ACCOUNT);
	if (!delivery)
		return NULL;
	delivery->mask = n - 1;
	for (i = 0; i < n; i++) {
		struct mplink_delivery_queue *queue = &delivery->queue[i];

		skb_queue_head_init(&queue->incoming);
		__skb_queue_head_init(&queue->polled);
		set_bit(NAPI_STATE_NO_BUSY_POLL, &queue->napi.state);
		netif_napi_add(dev, &queue->napi, mplink_delivery_poll);
		napi_enable(&queue->napi);
	}
	return delivery;
}

void mplink_delivery_stop(struct mplink_delivery *delivery)
{
	u32 i;

	for (i = 0; i <= delivery->mask; i++) {
		napi_disable(&delivery->queue[i].napi);
		__netif_napi_del(&delivery->queue[i].napi);
	}
	/* Those who look for NAPI instances by their ids read under RCU. */
	synchronize_net();
	for (i = 0; i <= delivery->mask; i++) {
		skb_queue_purge(&delivery->queue[i].incoming);
		__skb_queue_purge(&delivery->queue[i].polled);
	}
	kvfree(delivery);
}

bool mplink_deliver(struct mplink_delivery *delivery, u32 bucket, struct sk_buff *skb)
{
	struct mplink_delivery_queue *queue = &delivery->queue[bucket & delivery->mask];
	bool schedule;
	u32 before;

	spin_lock(&queue->incoming.lock);
	before = skb_queue_len(&queue->incoming);
	if (likely(before < MPLINK_DELIVERY_MAX))
		__skb_queue_tail(&queue->incoming, skb);
	schedule = !before && !queue->busy;
	spin_unlock(&queue->incoming.lock);
	if (schedule)
		napi_schedule(&queue->napi);
	return before < MPLINK_DELIVERY_MAX;
}

/* Of UDP, too, but only for sockets that ask for it, and only what came as one batch. */
static bool mplink_delivery_merges(const struct sk_buff *skb)
{
	if (!(skb->dev->features & NETIF_F_GRO))
		return false;
	if (skb->protocol == htons(ETH_P_IP))
		return ip_hdr(skb)->protocol == IPPROTO_TCP;
	return ipv6_hdr(skb)->nexthdr == IPPROTO_TCP;
}

bool mplink_delivery_claim(struct mplink_delivery *delivery, u32 bucket, const struct sk_buff *skb)
{
	struct mplink_delivery_queue *queue = &delivery->queue[bucket & delivery->mask];
	bool claimed = false;

	if (mplink_delivery_merges(skb) || unlikely(__this_cpu_read(mplink_delivery_claims)))
		return false;
	spin_lock(&queue->incoming.lock);
	/* While it is scheduled, packets may also be where the poll has put them. */
	if (!queue->busy && skb_queue_empty(&queue->incoming) &&
	    !test_bit(NAPI_STATE_SCHED, &queue->napi.state)) {
		queue->busy = true;
		claimed = true;
	}
	spin_unlock(&queue->incoming.lock);
	return claimed;
}

void mplink_deliver_claimed(struct mplink_delivery *delivery, u32 bucket, struct sk_buff *skb)
{
	struct mplink_delivery_queue *queue = &delivery->queue[bucket & delivery->mask];
	bool schedule;

	__this_cpu_write(mplink_delivery_claims, true);
	netif_receive_skb(skb);
	__this_cpu_write(mplink_delivery_claims, false);
	spin_lock(&queue->incoming.lock);
	queue->busy = false;
	schedule = !skb_queue_empty(&queue->incoming);
	spin_unlock(&queue->incoming.lock);
	if (schedule)
		napi_schedule(&queue->napi);
}
