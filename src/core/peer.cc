// SPDX-License-Identifier: GPL-2.0
#include "peer.hh"

#include "link_state.hh"

namespace mplink
{

void Link::info(mplink_link_info &info) const
{
	info = {};
	__builtin_memcpy(info.nic, nic_.name(), MPLINK_NAME_LEN);
	info.reason = reason_;
	info.weight = weight_;
	info.remote = remote_;
}

mplink_path *Link::update(Rtnl, bool &changed, bool &short_of_memory)
{
	const bool has_address = nic_.has(family(remote_));
	const PathNeed need = path_need(nic_.state(), has_address);
	mplink_path *const old = path_;

	if (need == PathNeed::none) {
		path_ = nullptr;
	} else if (need == PathNeed::fresh && !(path_ && mplink_path_current(path_))) {
		mplink_u32 reason = MPLINK_REASON_NONE;

		path_ = mplink_path_create(nic_.port(), &remote_, &reason);
		if (!path_ && !reason)
			short_of_memory = true;
	}

	const mplink_u32 was =
		std::exchange(reason_, link_reason(nic_.state(), has_address, path_));

	// A path is in the published table only if the link is valid there.
	if ((!was) != (!reason_) || (!reason_ && path_ != old))
		changed = true;
	return path_ != old ? old : nullptr;
}

Box<Peer> Peer::create(const mplink_addr &addr, mplink_u32 n)
{
	static_assert(alignof(Peer) >= alignof(Link));
	return make_with<Peer>(n * sizeof(Link), addr);
}

Peer::~Peer()
{
	for (mplink_u32 i = 0; i < n_; i++)
		links()[i].~Link();
}

void Peer::retire(Rtnl rtnl, Box<Peer> peer)
{
	Peer *p = peer.release();

	destroy_after_readers(p->table_.exchange(rtnl, nullptr));
	for (mplink_u32 i = 0; i < p->n_; i++)
		p->links()[i].drop_path(rtnl);
	destroy_after_readers(p);
}

bool Peer::add_link(const Nic &nic, const mplink_addr &remote, mplink_u16 weight)
{
	const Link *link = new (&links()[n_]) Link(nic, remote, weight);

	n_++;
	return link->usable();
}

mplink_u32 Peer::valid_links() const
{
	mplink_u32 n = 0;

	for (mplink_u32 i = 0; i < n_; i++)
		n += !links()[i].reason();
	return n;
}

bool Peer::publish(Rtnl rtnl, mplink_u32 policy)
{
	Box<LinkTable> table;

	stale_ = false;
	if (valid_links()) {
		Array<LinkSpec> specs(n_);

		for (mplink_u32 i = 0; specs && i < n_; i++)
			specs[i] = links()[i].spec();
		if (specs)
			table = LinkTable::build({specs.begin(), specs.end()}, policy);
		// A table that names a device or a path on its way out must go,
		// even if there is no memory for its successor.
		stale_ = !table;
	}
	destroy_after_readers(table_.exchange(rtnl, table.release()));
	return !stale_;
}

bool Peer::update(Rtnl rtnl, void *owner, mplink_u32 event, mplink_u32 policy, const Nic *only)
{
	bool changed = stale_;
	bool short_of_memory = false;

	// At most one path is replaced before each publication, so that it can
	// be retired right after.
	for (mplink_u32 i = 0; i < n_; i++) {
		Link &link = links()[i];

		if (only && &link.nic() != only)
			continue;

		const mplink_u32 was = link.reason();
		mplink_path *old = link.update(rtnl, changed, short_of_memory);

		if (changed || old) {
			changed = false;
			if (!publish(rtnl, policy))
				short_of_memory = true;
		}
		mplink_path_retire(old);
		if (link.reason() != was) {
			const mplink_link_report report = {
				.nic = link.nic().name(),
				.peer = addr_,
				.event = event,
				.was = was,
				.now = link.reason(),
			};

			mplink_report_link(owner, &report);
		}
	}
	return !short_of_memory;
}

} // namespace mplink
