// SPDX-License-Identifier: GPL-2.0
/*
 * Reports: log lines, tracepoints, and the listener, which passes them on to netlink.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/rtnetlink.h>
#include <net/ipv6.h>

#include "addr.h"
#include "device/netns.h"
#include "device/vnic.h"
#include "mplink/core.h"
#include "mplink/platform.h"
#include "report/listener.h"
#include "report/report.h"

#define CREATE_TRACE_POINTS
#include "report/trace.h"

bool mplink_may_log(struct mplink_vnic *vnic)
{
	/* A user namespace can have any number of virtual NICs, so their limits do not suffice. */
	return __ratelimit(&vnic->log) &&
	       (dev_net(vnic->dev)->user_ns == &init_user_ns || net_ratelimit());
}

void mplink_report_nic(void *owner, const struct mplink_nic_report *report)
{
	struct net_device *dev = owner;
	struct mplink_vnic *vnic = netdev_priv(dev);
	const bool was = report->was == MPLINK_REASON_NONE;
	const bool now = report->now == MPLINK_REASON_NONE;
	/* The low byte is the notifier's number; the rest tells the notifier chains apart. */
	const u32 number = report->event & 0xff;
	char valid[16];
	char why[40] = "";

	trace_mplink_nic(dev, report);
	mplink_listener->nic_event(vnic, report);
	if (!mplink_may_log(vnic))
		return;
	if (was == now)
		snprintf(valid, sizeof(valid), "valid %d", now);
	else
		snprintf(valid, sizeof(valid), "valid %d -> %d", was, now);
	if (!now)
		snprintf(why, sizeof(why), " (%s)", mplink_core_reason_name(report->now));
	/* From MPLINK_EVENT_REFRESH on, events are our own: their numbers mean nothing to users. */
	if (report->event >= MPLINK_EVENT_REFRESH)
		pr_info("%s: %s: %s: %s%s\n", dev->name, report->nic,
			mplink_core_event_name(report->event), valid, why);
	else
		pr_info("%s: %s: %s (%u): %s%s\n", dev->name, report->nic,
			mplink_core_event_name(report->event), number, valid, why);
}

/* Room for "eth1@10.8.2.1 to 10.99.0.2" with its NUL. */
#define MPLINK_LINK_TEXT_LEN (MPLINK_NAME_LEN + 2 * MPLINK_ADDR_LEN + 5)

/* Names the remote only if the peer has several links over the NIC. */
static void mplink_format_link(char text[MPLINK_LINK_TEXT_LEN],
			       const struct mplink_link_report *report)
{
	char peer[MPLINK_ADDR_LEN], remote[MPLINK_ADDR_LEN] = "";

	mplink_format_addr(peer, sizeof(peer), &report->peer);
	if (report->shared)
		mplink_format_addr(remote, sizeof(remote), &report->remote);
	snprintf(text, MPLINK_LINK_TEXT_LEN, "%s%s%s to %s", report->nic,
		 report->shared ? "@" : "", remote, peer);
}

/* Logs changes of a link that do not follow from a NIC's event, which has its own line. */
static void mplink_log_link(const struct net_device *dev, const struct mplink_link_report *report)
{
	const bool was = report->was == MPLINK_REASON_NONE;
	const bool now = report->now == MPLINK_REASON_NONE;
	struct mplink_vnic *vnic = netdev_priv(dev);
	char link[MPLINK_LINK_TEXT_LEN];
	char why[40] = "";

	if (was == now || !mplink_may_log(vnic))
		return;
	if (!now)
		snprintf(why, sizeof(why), " (%s)", mplink_core_reason_name(report->now));
	mplink_format_link(link, report);
	pr_notice("%s: %s: %s: valid %d -> %d%s\n", dev->name, link,
		  mplink_core_event_name(report->event), was, now, why);
}

void mplink_report_link(void *owner, const struct mplink_link_report *report)
{
	const struct net_device *dev = owner;

	trace_mplink_link(dev, report);
	mplink_listener->link_event(netdev_priv(dev), report);
	mplink_net_link_changed(netdev_priv(dev), &report->peer);
	if (report->event == MPLINK_EVENT_LIVENESS || report->event == MPLINK_EVENT_RESTORE ||
	    report->event == MPLINK_EVENT_ANSWER)
		mplink_log_link(dev, report);
}

void mplink_report_flapping(void *owner, const struct mplink_link_report *report, u32 wait_ms)
{
	const struct net_device *dev = owner;
	struct mplink_vnic *vnic = netdev_priv(dev);
	char link[MPLINK_LINK_TEXT_LEN];

	if (!mplink_may_log(vnic))
		return;
	mplink_format_link(link, report);
	pr_warn("%s: %s: comes and goes: from now on it has to work for %u ms and more before it is used\n",
		dev->name, link, wait_ms);
}

void mplink_report_unanswered(void *owner, const struct mplink_link_report *report, u32 reason)
{
	const struct net_device *dev = owner;
	struct mplink_vnic *vnic = netdev_priv(dev);
	char peer[MPLINK_ADDR_LEN], remote[MPLINK_ADDR_LEN];

	if (!mplink_may_log(vnic))
		return;
	mplink_format_addr(peer, sizeof(peer), &report->peer);
	mplink_format_addr(remote, sizeof(remote), &report->remote);
	if (reason == MPLINK_REASON_UNCONFIRMED)
		pr_warn("%s: %s to %s: %s does not answer, though the peer does by another link: not used until it does; has the far end no such link, or is the path dead?\n",
			dev->name, report->nic, peer, remote);
	else
		pr_warn("%s: %s to %s: %s has never answered BFD: not used until it does; is the path dead, or BFD off at the far end?\n",
			dev->name, report->nic, peer, remote);
}

void mplink_report_slow(struct mplink_vnic *vnic, const struct mplink_addr *remote, u64 us)
{
	char from[MPLINK_ADDR_LEN];

	if (!mplink_may_log(vnic))
		return;
	mplink_format_addr(from, sizeof(from), remote);
	pr_warn("%s: packets from %s come %llu us later than by other links, and are refused as late: take that link out, or raise outoforder_max_us (and max_perflow_buffer)\n",
		vnic->dev->name, from, us);
}

void mplink_report_not_attached(void *owner, const char *nic, const char *why)
{
	const struct net_device *dev = owner;
	struct mplink_vnic *vnic = netdev_priv(dev);

	if (!mplink_may_log(vnic))
		return;
	pr_warn("%s: %s: not attached: it %s\n", dev->name, nic, why);
}

void mplink_report_drop(struct mplink_vnic *vnic, struct sk_buff *skb, u32 drop)
{
	trace_mplink_drop(vnic->dev, skb, drop);
}
