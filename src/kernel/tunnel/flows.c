// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of flow buckets.  Packets allocate it, so it is charged to whoever created the peer.
 */
#include <linux/sched/mm.h>

#include "mplink/platform.h"
#include "tunnel/flows.h"
#include "tunnel/tunnel.h"

struct mplink_flows mplink_no_flows;

void *mplink_flows_alloc(const struct mplink_tunnel *tunnel, size_t size)
{
	struct mem_cgroup *const before = set_active_memcg(tunnel->memcg);
	void *const made = mplink_alloc_now(size);

	set_active_memcg(before);
	return made;
}

struct mplink_flows *mplink_flows_begin(struct mplink_tunnel *tunnel)
{
	struct mplink_flows *other = READ_ONCE(tunnel->flows);
	struct mplink_flows *made;

	if (other != &mplink_no_flows)
		return other;
	made = mplink_flows_alloc(tunnel, sizeof(*made));
	if (!made)
		return NULL;
	other = cmpxchg(&tunnel->flows, &mplink_no_flows, made);
	if (other == &mplink_no_flows)
		return made;
	mplink_free(made);
	return other;
}

struct mplink_sent_flow *mplink_flows_begin_sent(struct mplink_tunnel *tunnel, u32 bucket)
{
	struct mplink_flows *const flows = mplink_flows_begin(tunnel);
	struct mplink_sent_flow *made, *other;

	if (!flows)
		return NULL;
	made = mplink_flows_alloc(tunnel, sizeof(*made));
	if (!made)
		return NULL;
	other = cmpxchg(&flows->sent[bucket], NULL, made);
	if (!other)
		return made;
	mplink_free(made);
	return other;
}
