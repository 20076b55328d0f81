/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: what the log says about NICs, and what is too much for a log.
 *
 * A link that is measured is named by its NIC and its remote.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mplink

#if !defined(MPLINK_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define MPLINK_TRACE_H

#include <linux/tracepoint.h>

#include "compat.h"
#include "mplink/core.h"
#include "mplink/measure.h"
#include "packet/path.h"

TRACE_EVENT(mplink_nic,
	TP_PROTO(const struct net_device *dev, const struct mplink_nic_report *report),
	TP_ARGS(dev, report),
	TP_STRUCT__entry(
		__string(dev, dev->name)
		__string(nic, report->nic)
		__field(u32, event)
		__field(u32, was)
		__field(u32, now)
	),
	TP_fast_assign(
		mplink_assign_str(dev, dev->name);
		mplink_assign_str(nic, report->nic);
		__entry->event = report->event;
		__entry->was = report->was;
		__entry->now = report->now;
	),
	TP_printk("dev=%s nic=%s event=%s was=%s now=%s", __get_str(dev), __get_str(nic),
		  mplink_core_event_name(__entry->event),
		  mplink_core_reason_name(__entry->was),
		  mplink_core_reason_name(__entry->now))
);

TRACE_EVENT(mplink_link,
	TP_PROTO(const struct net_device *dev, const struct mplink_link_report *report),
	TP_ARGS(dev, report),
	TP_STRUCT__entry(
		__string(dev, dev->name)
		__string(nic, report->nic)
		__array(u8, peer, 16)
		__array(u8, remote, 16)
		__field(u32, event)
		__field(u32, was)
		__field(u32, now)
	),
	TP_fast_assign(
		mplink_assign_str(dev, dev->name);
		mplink_assign_str(nic, report->nic);
		memcpy(__entry->peer, &report->peer, 16);
		memcpy(__entry->remote, &report->remote, 16);
		__entry->event = report->event;
		__entry->was = report->was;
		__entry->now = report->now;
	),
	TP_printk("dev=%s peer=%pI6c nic=%s event=%s was=%s now=%s remote=%pI6c", __get_str(dev),
		  __entry->peer, __get_str(nic),
		  mplink_core_event_name(__entry->event),
		  mplink_core_reason_name(__entry->was),
		  mplink_core_reason_name(__entry->now), __entry->remote)
);

TRACE_EVENT(mplink_drop,
	TP_PROTO(const struct net_device *dev, const struct sk_buff *skb, u32 drop),
	TP_ARGS(dev, skb, drop),
	TP_STRUCT__entry(
		__string(dev, dev->name)
		__field(const void *, skbaddr)
		__field(u32, len)
		__field(u32, drop)
	),
	TP_fast_assign(
		mplink_assign_str(dev, dev->name);
		__entry->skbaddr = skb;
		__entry->len = skb->len;
		__entry->drop = drop;
	),
	TP_printk("dev=%s skbaddr=%p len=%u reason=%s", __get_str(dev), __entry->skbaddr,
		  __entry->len, mplink_core_drop_name(__entry->drop))
);

TRACE_EVENT(mplink_mark,
	TP_PROTO(const struct net_device *dev, const struct mplink_path *path,
		 const struct mplink_mark *mark),
	TP_ARGS(dev, path, mark),
	TP_STRUCT__entry(
		__string(dev, dev->name)
		__string(nic, path->dev->name)
		__array(u8, remote, 16)
		__field(u32, seq)
		__field(u64, packets)
		__field(u64, bytes)
	),
	TP_fast_assign(
		mplink_assign_str(dev, dev->name);
		mplink_assign_str(nic, path->dev->name);
		memcpy(__entry->remote, &path->remote, 16);
		__entry->seq = mark->seq;
		__entry->packets = mark->packets;
		__entry->bytes = mark->bytes;
	),
	TP_printk("dev=%s nic=%s remote=%pI6c seq=%u packets=%llu bytes=%llu", __get_str(dev),
		  __get_str(nic), __entry->remote, __entry->seq, __entry->packets,
		  __entry->bytes)
);

TRACE_EVENT(mplink_report,
	TP_PROTO(const struct net_device *dev, const struct mplink_path *path,
		 const struct mplink_report *report, u32 verdict),
	TP_ARGS(dev, path, report, verdict),
	TP_STRUCT__entry(
		__string(dev, dev->name)
		__string(nic, path->dev->name)
		__array(u8, remote, 16)
		__field(u32, seq)
		__field(u32, verdict)
		__field(u32, held_us)
		__field(u64, packets)
		__field(u64, bytes)
	),
	TP_fast_assign(
		mplink_assign_str(dev, dev->name);
		mplink_assign_str(nic, path->dev->name);
		memcpy(__entry->remote, &path->remote, 16);
		__entry->seq = report->mark.seq;
		__entry->verdict = verdict;
		__entry->held_us = report->held_us;
		__entry->packets = report->packets;
		__entry->bytes = report->bytes;
	),
	TP_printk("dev=%s nic=%s remote=%pI6c seq=%u verdict=%s held_us=%u packets=%llu bytes=%llu",
		  __get_str(dev), __get_str(nic), __entry->remote, __entry->seq,
		  __print_symbolic(__entry->verdict,
				   { MPLINK_REPORT_TAKEN, "taken" },
				   { MPLINK_REPORT_OLD, "old" },
				   { MPLINK_REPORT_UNKNOWN, "unknown" },
				   { MPLINK_REPORT_WRONG, "wrong" }),
		  __entry->held_us, __entry->packets, __entry->bytes)
);

TRACE_EVENT(mplink_estimate,
	TP_PROTO(const struct net_device *dev, const struct mplink_path *path,
		 const struct mplink_estimate *estimate),
	TP_ARGS(dev, path, estimate),
	TP_STRUCT__entry(
		__string(dev, dev->name)
		__string(nic, path->dev->name)
		__array(u8, remote, 16)
		__field(u64, capacity)
		__field(u64, load)
		__field(u64, delivered)
		__field(u64, rtt_us)
		__field(u64, rtt_min_us)
		__field(u64, delay_us)
		__field(u64, queue_us)
		__field(u64, jitter_us)
		__field(u64, lost_ppm)
	),
	TP_fast_assign(
		mplink_assign_str(dev, dev->name);
		mplink_assign_str(nic, path->dev->name);
		memcpy(__entry->remote, &path->remote, 16);
		__entry->capacity = estimate->capacity;
		__entry->load = estimate->load;
		__entry->delivered = estimate->delivered;
		__entry->rtt_us = estimate->rtt_us;
		__entry->rtt_min_us = estimate->rtt_min_us;
		__entry->delay_us = estimate->delay_us;
		__entry->queue_us = estimate->queue_us;
		__entry->jitter_us = estimate->jitter_us;
		__entry->lost_ppm = estimate->lost_ppm;
	),
	TP_printk("dev=%s nic=%s remote=%pI6c capacity=%llu load=%llu delivered=%llu rtt_us=%llu rtt_min_us=%llu delay_us=%llu queue_us=%llu jitter_us=%llu lost_ppm=%llu",
		  __get_str(dev), __get_str(nic), __entry->remote, __entry->capacity,
		  __entry->load, __entry->delivered, __entry->rtt_us, __entry->rtt_min_us,
		  __entry->delay_us, __entry->queue_us, __entry->jitter_us, __entry->lost_ppm)
);

TRACE_EVENT(mplink_suspect,
	TP_PROTO(const struct net_device *dev, const struct mplink_path *path, bool suspect),
	TP_ARGS(dev, path, suspect),
	TP_STRUCT__entry(
		__string(dev, dev->name)
		__string(nic, path->dev->name)
		__array(u8, remote, 16)
		__field(bool, suspect)
	),
	TP_fast_assign(
		mplink_assign_str(dev, dev->name);
		mplink_assign_str(nic, path->dev->name);
		memcpy(__entry->remote, &path->remote, 16);
		__entry->suspect = suspect;
	),
	TP_printk("dev=%s nic=%s remote=%pI6c suspect=%d", __get_str(dev), __get_str(nic),
		  __entry->remote, __entry->suspect)
);

/* Packets are told by the tick in which they are sent once more, and not one by one. */
DECLARE_EVENT_CLASS(mplink_resent,
	TP_PROTO(const struct net_device *dev, const struct mplink_addr *peer, u64 packets),
	TP_ARGS(dev, peer, packets),
	TP_STRUCT__entry(
		__string(dev, dev->name)
		__array(u8, peer, 16)
		__field(u64, packets)
	),
	TP_fast_assign(
		mplink_assign_str(dev, dev->name);
		memcpy(__entry->peer, peer, 16);
		__entry->packets = packets;
	),
	TP_printk("dev=%s peer=%pI6c packets=%llu", __get_str(dev), __entry->peer,
		  __entry->packets)
);

DEFINE_EVENT(mplink_resent, mplink_replay,
	TP_PROTO(const struct net_device *dev, const struct mplink_addr *peer, u64 packets),
	TP_ARGS(dev, peer, packets)
);

DEFINE_EVENT(mplink_resent, mplink_repair,
	TP_PROTO(const struct net_device *dev, const struct mplink_addr *peer, u64 packets),
	TP_ARGS(dev, peer, packets)
);

TRACE_EVENT(mplink_nack,
	TP_PROTO(const struct net_device *dev, const struct mplink_path *path,
		 const struct mplink_nack *nack),
	TP_ARGS(dev, path, nack),
	TP_STRUCT__entry(
		__string(dev, dev->name)
		__string(nic, path->dev->name)
		__array(u8, remote, 16)
		__field(u64, missing)
		__field(u32, first)
		__field(u8, bucket)
		__field(u8, refused)
	),
	TP_fast_assign(
		mplink_assign_str(dev, dev->name);
		mplink_assign_str(nic, path->dev->name);
		memcpy(__entry->remote, &path->remote, 16);
		__entry->missing = nack->missing;
		__entry->first = nack->first;
		__entry->bucket = nack->bucket;
		__entry->refused = nack->refused;
	),
	TP_printk("dev=%s nic=%s remote=%pI6c bucket=%u first=%u missing=%#llx refused=%u",
		  __get_str(dev), __get_str(nic), __entry->remote, __entry->bucket,
		  __entry->first, __entry->missing, __entry->refused)
);

TRACE_EVENT(mplink_lost,
	TP_PROTO(const struct net_device *dev, const struct mplink_addr *peer, u32 bucket,
		 u32 packets),
	TP_ARGS(dev, peer, bucket, packets),
	TP_STRUCT__entry(
		__string(dev, dev->name)
		__array(u8, peer, 16)
		__field(u32, bucket)
		__field(u32, packets)
	),
	TP_fast_assign(
		mplink_assign_str(dev, dev->name);
		memcpy(__entry->peer, peer, 16);
		__entry->bucket = bucket;
		__entry->packets = packets;
	),
	TP_printk("dev=%s peer=%pI6c bucket=%u packets=%u", __get_str(dev), __entry->peer,
		  __entry->bucket, __entry->packets)
);

#endif /* MPLINK_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH report
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
