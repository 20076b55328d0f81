// SPDX-License-Identifier: GPL-2.0
#include "link.hh"

#include "link_state.hh"

namespace mplink
{

Box<Link> Link::create(Nic &nic, const mplink_addr &remote, mplink_u16 weight)
{
	Box<Link> link = make<Link>(nic, remote, weight);

	if (link && !link->traffic_.allocate())
		link = {};
	return link;
}

void Link::info(mplink_link_info &info) const
{
	info = {};
	__builtin_memcpy(info.nic, nic_.name(), MPLINK_NAME_LEN);
	info.reason = reason_;
	info.weight = weight_;
	info.remote = remote_;
}

mplink_counters Link::sum() const
{
	mplink_counters sum = {};

	traffic_.add_to(sum);
	return sum;
}

bool Link::change(const mplink_addr &remote, mplink_u16 weight)
{
	// The new need first: one that stays the same is never given up.
	const bool needed = nic_.need(family(remote));
	const bool no_more = nic_.need_no_more(family(remote_));

	if (!(remote == remote_))
		moved_ = path_;
	remote_ = remote;
	if (weight)
		weight_ = weight;
	return needed || no_more;
}

mplink_path *Link::update(Rtnl, bool &changed, bool &short_of_memory)
{
	const bool has_address = nic_.has(family(remote_));
	const PathNeed need = path_need(nic_.state(), has_address);
	mplink_path *const old = path_;

	if (need == PathNeed::none || (need == PathNeed::keep && moved_)) {
		path_ = nullptr;
	} else if (need == PathNeed::fresh && (!path_ || moved_ || !mplink_path_current(path_))) {
		mplink_u32 reason = MPLINK_REASON_NONE;

		path_ = mplink_path_create(nic_.port(), &remote_, &reason);
		if (!path_ && !reason)
			short_of_memory = true;
	}
	moved_ = false;

	const mplink_u32 was =
		std::exchange(reason_, link_reason(nic_.state(), has_address, path_));

	// A path is in the published table only if the link is valid there.
	if ((!was) != (!reason_) || (!reason_ && path_ != old))
		changed = true;
	return path_ != old ? old : nullptr;
}

} // namespace mplink
