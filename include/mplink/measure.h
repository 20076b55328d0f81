/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Measured links: the messages that two ends exchange about their links, and what the core
 * estimates from them.  docs/protocol.md describes the messages.
 *
 * One end sends a MARK behind its data, on the same link.  The other end answers with a
 * REPORT of what it has received on that link.  CAPS tells that an end understands both.
 */
#ifndef MPLINK_MEASURE_H
#define MPLINK_MEASURE_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mplink_peer;

/* --- messages: any context ---------------------------------------------------------- */

/* Ethertype of messages in the GRE header: IEEE 802 local experimental. */
#define MPLINK_MESSAGES 0x88b5
/* A GRE header with a key and without a sequence number. */
#define MPLINK_MESSAGE_GRE_LEN 8
/* The longest message that is written, in bytes. */
#define MPLINK_MESSAGE_MAX 72
/* More messages than these in one datagram are not read. */
#define MPLINK_MESSAGES_MAX 8

enum mplink_message_type {
	MPLINK_MESSAGE_UNKNOWN,	/* skipped: a type or a version that this end does not know */
	MPLINK_MESSAGE_CAPS,
	MPLINK_MESSAGE_MARK,
	MPLINK_MESSAGE_REPORT,
	MPLINK_MESSAGE_NACK,
};

/* The sender holds received bulk flows back until they have taken as long by all links. */
#define MPLINK_CAPS_EQUALIZES 0x40000000
/* The sender takes replays: packets of a link that has died, sent once more by another one. */
#define MPLINK_CAPS_REPLAYS 0x20000000

/**
 * struct mplink_caps - CAPS: what an end can do, and since when
 * @features: MPLINK_CAPS_EQUALIZES, MPLINK_CAPS_REPLAYS, and bits that are not defined yet
 * @epoch: random, not 0, and new each time the end forgets its peers' state
 * @heard: the epoch of the CAPS that this one answers; 0: it answers none
 * @asks: the receiver is to answer with CAPS of its own
 */
struct mplink_caps {
	mplink_u32 features;
	mplink_u64 epoch;
	mplink_u64 heard;
	mplink_u8 asks;
};

/**
 * struct mplink_mark - MARK: what the sender has sent over the link so far
 * @link: the sender's id of the link; only the sender knows what it means
 * @repairs: 1: the sender takes NACK, and sends once more what it is asked for
 * @replay_ms: if a link dies, its packets have been sent once more so long after they were sent
 *	first; 0: the sender replays nothing
 * @seq: counts the marks of the link; wraps
 * @sent_us: the sender's clock
 * @packets: data packets
 * @bytes: data bytes, with all headers
 * @resent: a bit for the sender's id of each link that is dead, or suspect, and of which nothing is
 *	left to be sent once more; not in a report
 */
struct mplink_mark {
	mplink_u8 link;
	mplink_u8 repairs;
	mplink_u16 replay_ms;
	mplink_u32 seq;
	mplink_u64 sent_us;
	mplink_u64 packets;
	mplink_u64 bytes;
	mplink_u64 resent;
};

/**
 * struct mplink_report - REPORT: what has arrived by then
 * @mark: the mark, as it came
 * @held_us: how long the receiver of the mark has held the report
 * @arrived_us: when the mark arrived, by the clock of its receiver
 * @packets: data packets that had arrived over the link by then
 * @bytes: data bytes, with all headers
 */
struct mplink_report {
	struct mplink_mark mark;
	mplink_u32 held_us;
	mplink_u64 arrived_us;
	mplink_u64 packets;
	mplink_u64 bytes;
};

/**
 * struct mplink_nack - NACK: numbers that have not come (RFC 4585 6.2.1)
 * @first: the lowest one
 * @missing: a bit for each number from @first on, the lowest bit for @first
 * @bucket: the flow bucket whose numbers they are
 * @refused: 0: the receiver of NACK is to send them once more; 1: its sender does not send them
 *	once more, and nobody need wait for them
 */
struct mplink_nack {
	mplink_u64 missing;
	mplink_u32 first;
	mplink_u8 bucket;
	mplink_u8 refused;
};

/* A NACK names no number further from its first one. */
#define MPLINK_NACK_NUMBERS 64

struct mplink_message {
	mplink_u32 type;	/* enum mplink_message_type */
	union {
		struct mplink_caps caps;
		struct mplink_mark mark;
		struct mplink_report report;
		struct mplink_nack nack;
	};
};

/**
 * mplink_core_message_write() - Write a message
 * @bytes: room for MPLINK_MESSAGE_MAX bytes
 * @message: of a known type
 *
 * Return: the length in bytes.
 */
mplink_size mplink_core_message_write(mplink_u8 *bytes, const struct mplink_message *message);

/**
 * mplink_core_message_read() - Read the first message
 * @bytes: from the first message on
 * @len: how many bytes there are
 * @message: set to the message
 *
 * Return: its length in bytes, or 0 if the bytes are no message.
 */
mplink_size mplink_core_message_read(const mplink_u8 *bytes, mplink_size len,
				     struct mplink_message *message);

/**
 * mplink_core_message_gre() - Write the GRE header of messages
 * @bytes: room for MPLINK_MESSAGE_GRE_LEN bytes
 * @key: the peer's key, 24 bits
 * @bucket: the flow bucket of the packet that the messages follow
 */
void mplink_core_message_gre(mplink_u8 *bytes, mplink_u32 key, mplink_u8 bucket);

/* --- which far end answers, and on which links -------------------------------------------- */

/* What follows from CAPS; a set of bits. */
enum mplink_caps_step {
	MPLINK_CAPS_ASK = 1,	/* not proven yet: ask by this link */
	MPLINK_CAPS_CONFIRMED = 2,	/* links may have become valid, or invalid: recheck */
	MPLINK_CAPS_ANEW = 4,	/* the far end is another one than before, or has begun anew */
};

/**
 * mplink_core_take_caps() - Take CAPS that came by a link
 * @peer: the peer
 * @link: the link's id
 * @epoch: the epoch in CAPS, not 0
 * @proven: 1 if CAPS repeats our epoch: its sender sees what we send by this link
 *
 * While the far end answers on one link, other links are not used until it answers there.
 *
 * Context: Any, in an RCU read section; one caller at a time per peer.
 * Return: a set of enum mplink_caps_step.
 */
mplink_u32 mplink_core_take_caps(const struct mplink_peer *peer, mplink_u32 link, mplink_u64 epoch,
				 int proven);
/* The epoch of the far end; 0: it has not answered.  Any context. */
mplink_u64 mplink_core_far_epoch(const struct mplink_peer *peer);
/* The far end has answered nothing for a long time.  As mplink_core_take_caps(); then recheck. */
void mplink_core_forget_far_end(const struct mplink_peer *peer);
/**
 * mplink_core_link_confirmed() - Whether the far end has answered on a link
 * @peer: the peer
 * @link: the link's id
 *
 * Context: Any, in an RCU read section.
 * Return: 1, or 0; also 0 if there is no such link.
 */
int mplink_core_link_confirmed(const struct mplink_peer *peer, mplink_u32 link);
/**
 * mplink_core_all_confirmed() - Whether the far end has answered on each link that has a path
 * @peer: the peer
 *
 * Context: Any, in an RCU read section.
 * Return: 1, or 0.
 */
int mplink_core_all_confirmed(const struct mplink_peer *peer);

/* --- estimates ------------------------------------------------------------------------ */

/* What is known of a link, in the direction in which we send: see uapi/mplink_attributes.def. */
struct mplink_estimate {
#define MPLINK_ESTIMATE_COUNTER(id, name, ...) mplink_u64 name;
#include "uapi/mplink_attributes.def"
};

/* Why a report is not believed; 0: it is. */
enum mplink_report_verdict {
	MPLINK_REPORT_TAKEN,
	MPLINK_REPORT_OLD,	/* a later one has been taken, or it is a copy */
	MPLINK_REPORT_UNKNOWN,	/* no such mark has been sent */
	MPLINK_REPORT_WRONG,	/* its times or counters cannot be */
};

/* What is measured of a peer's links, by their ids.  The caller locks it. */
struct mplink_meters;

/**
 * mplink_core_meters_create() - Begin to measure the links of a peer
 *
 * Context: Any but hard interrupts.
 * Return: the meters, which the caller owns, or NULL if memory is short.
 */
struct mplink_meters *mplink_core_meters_create(void);
/* Any context. */
void mplink_core_meters_free(struct mplink_meters *meters);

/**
 * mplink_core_meters_judge() - Find the links that are dead, or suspect
 * @meters: the peer's
 * @peer: the peer
 * @now_us: mplink_now_us()
 * @replays: what a dead link was given is to be sent once more by the others.  Then marks come
 *	more often, and tell the far end how long it has to wait.
 * @tick: a number that the caller increments before each call; it wraps
 *
 * A link is suspect if two marks in a row have no report in time.  Call it every few milliseconds
 * while packets are sent, before marks.
 *
 * Context: Any, in an RCU read section, with the caller's lock.
 * Return: a bit for each link id by which nothing gets through now.  0: there is no other link.
 */
mplink_u64 mplink_core_meters_judge(struct mplink_meters *meters, const struct mplink_peer *peer,
				    mplink_u64 now_us, int replays, mplink_u16 tick);

/* A bit for the id of each link that is suspect.  Any context, with the caller's lock. */
mplink_u64 mplink_core_meters_suspect(const struct mplink_meters *meters);

/**
 * mplink_core_meters_room() - Tell how much may be sent once more until the next tick
 * @meters: the peer's
 * @dead: not over links of which there is a bit, by id
 * @replayed: so many bytes were sent once more since the last tick; mplink_core_meters_mark()
 *	knows what the links were given altogether
 *
 * Call it with each tick, after mplink_core_meters_mark() for all links.
 *
 * Context: Any, with the caller's lock.
 * Return: bytes with all headers that the links carry besides what is new, or a small part of what
 *	they carry, if that is more.
 */
mplink_u64 mplink_core_meters_room(const struct mplink_meters *meters, mplink_u64 dead,
				   mplink_u64 replayed);

/*
 * Of these links, a bit for each id, nothing is left to be sent once more, so the next marks tell
 * the far end.  Any context, with the caller's lock.
 */
void mplink_core_meters_resent(struct mplink_meters *meters, mplink_u64 links);

/*
 * If a link dies, its packets have been sent once more so many milliseconds after they were sent
 * first; 0: they are not.  Any context, with the caller's lock.
 */
mplink_u32 mplink_core_meters_replay_ms(const struct mplink_meters *meters);

/**
 * mplink_core_meters_acknowledged() - Tell what has left a link
 * @meters: the peer's
 * @link: the link's id; a report of it has been taken
 *
 * Context: Any, with the caller's lock.
 * Return: a tick: what the link was given while the tick was a lower one has arrived, or is lost.
 */
mplink_u16 mplink_core_meters_acknowledged(const struct mplink_meters *meters, mplink_u32 link);

/* How often links became suspect, and how often that was wrong.  With the caller's lock. */
void mplink_core_meters_suspicions(const struct mplink_meters *meters, mplink_u64 *all,
				   mplink_u64 *wrong);

/**
 * mplink_core_meters_mark() - Fill in a mark, if one is due
 * @meters: the peer's
 * @link: the link's id
 * @now_us: mplink_now_us()
 * @sent: what the link has sent so far
 * @mark: set if a mark is due
 *
 * Context: Any, with the caller's lock.
 * Return: 1 if the mark is to be sent now.  0 if none is due, or if memory is short.
 */
int mplink_core_meters_mark(struct mplink_meters *meters, mplink_u32 link, mplink_u64 now_us,
			    const struct mplink_counters *sent, struct mplink_mark *mark);

/**
 * mplink_core_meters_report() - Take a report
 * @meters: the peer's
 * @now_us: mplink_now_us()
 * @report: as it came
 *
 * Context: Any, with the caller's lock.
 * Return: enum mplink_report_verdict.
 */
mplink_u32 mplink_core_meters_report(struct mplink_meters *meters, mplink_u64 now_us,
				     const struct mplink_report *report);

/* Forgets a link, because another one will have its id.  With the caller's lock. */
void mplink_core_meters_forget(struct mplink_meters *meters, mplink_u32 link);

/**
 * mplink_core_meters_estimate() - Tell what is known of a link
 * @meters: the peer's
 * @link: the link's id
 * @estimate: set
 *
 * Context: Any, with the caller's lock.
 * Return: 1, or 0 if nothing is known yet; then *@estimate is all zero.
 */
int mplink_core_meters_estimate(const struct mplink_meters *meters, mplink_u32 link,
				struct mplink_estimate *estimate);

/**
 * mplink_core_meters_apply() - Let the peer's packets follow the estimates
 * @meters: the peer's
 * @peer: the peer
 * @equalized: the far end holds bulk flows back (MPLINK_CAPS_EQUALIZES)
 *
 * Call it every few milliseconds while packets are sent: it also tells each lane its part of
 * the traffic.
 *
 * Context: Any, in an RCU read section, with the caller's lock.
 */
void mplink_core_meters_apply(struct mplink_meters *meters, const struct mplink_peer *peer,
			      int equalized);

/**
 * mplink_core_link_for_answer() - Choose the link by which to answer
 * @peer: the peer
 * @link: id of the link by which the question came
 *
 * Context: Any, in an RCU read section.
 * Return: @link, or another link's id, if @link is dead or suspect and the other one is not.
 */
mplink_u32 mplink_core_link_for_answer(const struct mplink_peer *peer, mplink_u32 link);

/**
 * mplink_core_link_traffic() - Add up what a link has sent and received
 * @peer: the peer
 * @link: the link's id
 * @sum: set
 *
 * Context: Any, in an RCU read section.
 * Return: 1, or 0 if there is no such link.
 */
int mplink_core_link_traffic(const struct mplink_peer *peer, mplink_u32 link,
			     struct mplink_counters *sum);

#ifdef __cplusplus
}
#endif
#endif /* MPLINK_MEASURE_H */
