// SPDX-License-Identifier: GPL-2.0
#include "peer.hh"

namespace mplink
{

Box<Peer> Peer::create(const mplink_addr &addr)
{
	return make<Peer>(addr);
}

Peer::~Peer()
{
	const Box<LinkSet> links(links_.take());

	if (links)
		for (Link &link : *links)
			destroy(&link);
}

void Peer::retire(Rtnl rtnl, Box<Peer> peer)
{
	Peer *p = peer.release();

	destroy_after_readers(p->table_.exchange(rtnl, nullptr));
	if (const LinkSet *links = p->links_.get(rtnl))
		for (Link &link : *links)
			link.drop_path(rtnl);
	destroy_after_readers(p);
}

bool Peer::replace_links(Rtnl rtnl, void *owner, mplink_u32 policy, Box<LinkSet> links)
{
	const LinkSet *now = links.get();
	LinkSet *old = links_.exchange(rtnl, links.release());

	stale_ = true;

	const bool complete = update(rtnl, owner, MPLINK_EVENT_CONTROL, policy, nullptr);

	// No table names the removed ones any more, but packets that read one that
	// did may still count on them.
	if (old)
		for (Link &link : *old)
			if (now->at(link.nic().id()) != &link) {
				link.drop_path(rtnl);
				destroy_after_readers(&link);
			}
	destroy_after_readers(old);
	return complete;
}

bool Peer::remove_link(Rtnl rtnl, void *owner, mplink_u32 policy, mplink_u32 nic_id)
{
	Link *link = links_.get(rtnl)->take(rtnl, nic_id);

	stale_ = true;

	const bool complete = update(rtnl, owner, MPLINK_EVENT_CONTROL, policy, nullptr);

	link->drop_path(rtnl);
	destroy_after_readers(link);
	return complete;
}

bool Peer::publish(Rtnl rtnl, mplink_u32 policy)
{
	const LinkSet *links = links_.get(rtnl);
	Box<LinkTable> table;

	stale_ = false;
	works_ = false;
	if (links)
		for (const Link &link : *links)
			works_ |= !link.reason();
	if (works_) {
		Array<LinkSpec> specs(links->size());
		mplink_u32 n = 0;

		if (specs) {
			for (const Link &link : *links)
				specs[n++] = link.spec();
			table = LinkTable::build({specs.begin(), n}, policy);
		}
		// A table that names a device or a path on its way out must go,
		// even if there is no memory for its successor.
		stale_ = !table;
	}
	destroy_after_readers(table_.exchange(rtnl, table.release()));
	return !stale_;
}

bool Peer::update(Rtnl rtnl, void *owner, mplink_u32 event, mplink_u32 policy, const Nic *only)
{
	const LinkSet *links = links_.get(rtnl);
	mplink_path *old[MPLINK_MAX_NICS] = {};
	mplink_u32 was[MPLINK_MAX_NICS];
	bool changed = stale_;
	bool short_of_memory = false;

	if (!links)
		return true;
	for (Link &link : *links) {
		const mplink_u32 id = link.nic().id();

		was[id] = link.reason();
		if (!only || &link.nic() == only)
			old[id] = link.update(rtnl, changed, short_of_memory);
	}
	if (changed && !publish(rtnl, policy))
		short_of_memory = true;
	for (const Link &link : *links) {
		const mplink_u32 id = link.nic().id();

		mplink_path_retire(old[id]);
		if (link.reason() != was[id]) {
			const mplink_link_report report = {
				.nic = link.nic().name(),
				.peer = addr_,
				.remote = link.remote(),
				.event = event,
				.was = was[id],
				.now = link.reason(),
			};

			mplink_report_link(owner, &report);
		}
	}
	return !short_of_memory;
}

} // namespace mplink
