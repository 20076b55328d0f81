// SPDX-License-Identifier: GPL-2.0
/*
 * Hands packets from the resequencer to the stack.
 *
 * gro_cells queues a packet on the CPU that runs, and NICs interrupt different CPUs, so
 * packets in order would leave several queues out of order.  Here all packets of a flow
 * bucket share one queue, and only one CPU at a time polls its NAPI instance.
 *
 * The way through NAPI costs a third of all that the tunnel does to a packet.  If the queue is
 * idle and GRO would not merge the packet, the packet skips it; its CPU has the queue to
 * itself until the stack is done.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/slab.h>

#include "device/vnic.h"
#include "mplink/tunnel.h"
#include "tunnel/deliver.h"
#include "tunnel/sockets.h"

/* More than one peer's resequencer delivers at once with default settings. */
#define MPLINK_DELIVERY_MAX 10000

struct mplink_delivery_queue {
	struct napi_struct napi;
	struct sk_buff_head incoming;
	struct sk_buff_head polled;	/* only the poll uses it */
	bool busy;			/* a claimed packet is in the stack: incoming.lock */
} ____cacheline_aligned_in_smp;

/*
 * True while this CPU has a claimed packet in the stack.  A sender may nest gre-udp in gre-udp
 * as deep as it likes, and nested claims would overflow the kernel stack.  So packets inside a
 * claimed one go through the queue.
 */
static DEFINE_PER_CPU(bool, mplink_delivery_claims);

struct mplink_delivery {
	u32 mask;			/* a bucket's number & mask is its queue */
	struct mplink_delivery_queue queue[];
};

/*
 * GRO takes packets apart.  The data of a cloned packet belongs to others, too: a TCP sender
 * on this host keeps it until it is acknowledged.  Returns false if the packet was dropped.
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
	/* If busy, mplink_deliver_claimed() schedules this poll again when it is done. */
	if (!queue->busy)
		skb_queue_splice_tail_init(&queue->incoming, &queue->polled);
	spin_unlock(&queue->incoming.lock);
	while (done < budget && (skb = __skb_dequeue(&queue->polled))) {
		if (mplink_delivery_own(skb))
			napi_gro_receive(napi, skb);
		done++;
	}
	/* mplink_deliver() schedules again after it adds to an empty queue; NAPI sees that. */
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
	/* Lookups of NAPI instances by id run under RCU. */
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

/* GRO merges UDP only for sockets that ask for it, and within one batch: not worth a queue. */
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
	/* While NAPI is scheduled, the poll's own list may hold packets. */
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
