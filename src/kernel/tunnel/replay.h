/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Encap gre-udp: what a link was given is kept until the far end has acknowledged it.  If the
 * link dies, the packets are sent once more by other links.
 */
#ifndef MPLINK_TUNNEL_REPLAY_H
#define MPLINK_TUNNEL_REPLAY_H

#include <linux/types.h>

struct mplink_gre;
struct mplink_path;
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
 *
 * A packet whose SCTP checksum is still to be filled in is not kept.
 *
 * Context: Softirqs disabled, in an RCU read section.
 */
void mplink_replay_keep(struct mplink_replay *replay, const struct mplink_path *path,
			struct sk_buff *skb, const struct mplink_gre *gre);

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
 * mplink_replay_take() - Drop what is not needed any more, and take what dead links were given
 * @replay: that of the peer
 * @dead: a bit for each dead link's id, see mplink_core_meters_judge(); 0: nothing is taken
 * @bytes: about so many bytes are taken
 * @due: packets are appended here, in the order in which each CPU has sent them; the caller owns
 *	them
 *
 * Call it each time after mplink_tunnel.tick has grown.
 *
 * Context: Softirq.  One caller at a time.
 */
void mplink_replay_take(struct mplink_replay *replay, u64 dead, u32 bytes,
			struct sk_buff_head *due);

/* Sets seq and bucket of the GRE header of a packet that was taken.  Any context. */
void mplink_replay_tell(struct sk_buff *skb, struct mplink_gre *gre);

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
