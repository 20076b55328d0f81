/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Encap gre-udp: what a link was given is kept until the far end has acknowledged it, and a while
 * longer.  If the link dies, or the far end asks for them, the packets are sent once more.
 */
#ifndef MPLINK_TUNNEL_REPLAY_H
#define MPLINK_TUNNEL_REPLAY_H

#include <linux/types.h>

struct mplink_gre;
struct mplink_nack;
struct mplink_path;
struct mplink_repair;
struct mplink_replay;
struct mplink_resequencer_counters;
struct mplink_tunnel;
struct sk_buff;
struct sk_buff_head;

/**
 * mplink_replay_open() - Begin to keep packets
 * @tunnel: the peer's tunnel
 *
 * Context: Softirq.
 * Return: what belongs into @tunnel->replay, or NULL if memory is short.  Free it with
 * mplink_replay_free().
 */
struct mplink_replay *mplink_replay_open(const struct mplink_tunnel *tunnel);

/**
 * mplink_replay_keep() - Keep a copy of a packet that is about to leave
 * @replay: that of the peer
 * @path: the path by which it leaves
 * @skb: the packet, at its inner IP header
 * @gre: its GRE header
 * @times: how often it was sent before
 *
 * A packet whose SCTP checksum is still to be filled in is not kept.
 *
 * Context: Softirqs disabled, in an RCU read section.
 */
void mplink_replay_keep(struct mplink_replay *replay, const struct mplink_path *path,
			struct sk_buff *skb, const struct mplink_gre *gre, u8 times);

/**
 * mplink_replay_acknowledge() - What a link was given has arrived, or is lost
 * @replay: that of the peer
 * @link: the link's id
 * @tick: what it was given while @tunnel->tick was a lower one; see
 *	mplink_core_meters_acknowledged()
 *
 * Context: Any.
 */
void mplink_replay_acknowledge(struct mplink_replay *replay, u32 link, u16 tick);

/**
 * mplink_replay_orphan() - A link goes, and another one may get its id
 * @replay: that of the peer
 * @link: the link's id
 *
 * The next mplink_replay_take() takes what it was given.
 *
 * Context: Any but hard interrupts.
 */
void mplink_replay_orphan(struct mplink_replay *replay, u32 link);

/**
 * struct mplink_replay_want - What is to be sent once more
 * @dead: what these links were given; a bit for each id, see mplink_core_meters_judge()
 * @bytes: but only about so many bytes of it
 * @sent: packets that were sent since the last time: a part of that may be sent at the far end's
 *	request
 * @linger: for so many ticks after it is acknowledged, the far end may still ask for a packet
 */
struct mplink_replay_want {
	u64 dead;
	u32 bytes;
	u64 sent;
	u32 linger;
};

/**
 * mplink_replay_ask() - The far end asks for packets
 * @replay: that of the peer
 * @nack: those that it asks for
 * @link: id of the link by which it asks
 *
 * The next mplink_replay_take() takes them.
 *
 * Context: Softirq.
 */
void mplink_replay_ask(struct mplink_replay *replay, const struct mplink_nack *nack, u32 link);

/**
 * mplink_replay_take() - Drop what is not needed any more, and take what is sent once more
 * @replay: that of the peer
 * @want: what that is, besides what the far end has asked for
 * @due: packets are appended here, in the order in which each CPU has sent them; the caller owns
 *	them
 *
 * Call it each time after mplink_tunnel.tick has grown.
 *
 * Context: Softirq.  One caller at a time.
 * Return: a bit for the id of each link of which packets are left, and perhaps of others that are
 *	not dead.
 */
u64 mplink_replay_take(struct mplink_replay *replay, const struct mplink_replay_want *want,
		       struct sk_buff_head *due);

/**
 * mplink_replay_again() - A packet that was taken is about to leave
 * @replay: that of the peer
 * @path: the path by which it leaves
 * @skb: the packet, at its inner IP header
 * @gre: its GRE header; seq and bucket are set
 *
 * Keeps it anew: the other link may lose it, too.
 *
 * Context: Softirqs disabled, in an RCU read section.
 * Return: whether the far end has asked for it.
 */
bool mplink_replay_again(struct mplink_replay *replay, const struct mplink_path *path,
			 struct sk_buff *skb, struct mplink_gre *gre);

/**
 * mplink_replay_refuse() - Tell what the far end has asked for, and is not sent
 * @replay: that of the peer
 *
 * Call it after mplink_replay_take(), until it returns NULL.
 *
 * Context: Softirq.  One caller at a time.
 * Return: the numbers of a NACK that are not sent, or NULL if there are no more.
 */
const struct mplink_repair *mplink_replay_refuse(struct mplink_replay *replay);

/* Whether packets are kept.  Any context. */
bool mplink_replay_keeps(const struct mplink_replay *replay);

/**
 * mplink_replay_purge() - Keep nothing any longer
 * @replay: that of the peer
 *
 * Context: Any but hard interrupts.
 */
void mplink_replay_purge(struct mplink_replay *replay);

/* Adds what has been counted.  Any context. */
void mplink_replay_counters(const struct mplink_replay *replay,
			    struct mplink_resequencer_counters *sum);

/* No packet may find it any more.  NULL is no mistake.  Any context but hard interrupts. */
void mplink_replay_free(struct mplink_replay *replay);

#endif /* MPLINK_TUNNEL_REPLAY_H */
