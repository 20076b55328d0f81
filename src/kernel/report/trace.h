/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: what the log says about NICs, and what is too much for a log.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mplink

#if !defined(MPLINK_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define MPLINK_TRACE_H

#include <linux/tracepoint.h>

#include "compat.h"
#include "mplink/core.h"

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

#endif /* MPLINK_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH report
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
