// SPDX-License-Identifier: GPL-2.0
#include "link_changes.hh"

#include "errors.hh"
#include "refusals.hh"

namespace mplink
{

LinkChanges::~LinkChanges()
{
	if (!set_)
		return;
	for (Link &link : *set_)
		if (fresh(link))
			destroy(&link);
}

int LinkChanges::check(const mplink_link_config &wanted, mplink_refusal &refusal)
{
	const auto refuse = [&refusal](mplink_u32 attr, const char *why, int err) {
		refusal.attr = attr;
		refusal.why = why;
		return -err;
	};

	if (wanted.nic_id >= nics_.size() || !nics_[wanted.nic_id])
		return refuse(MPLINK_REFUSED_NIC, "is not a NIC of this device; add it first",
			      enoent);
	if (asked_[wanted.nic_id])
		return refuse(MPLINK_REFUSED_NIC, "is named twice; a peer has one link over a NIC",
			      eexist);

	const Link *link = peer_.link(rtnl_, wanted.nic_id);

	if (wanted.remove) {
		if (!link)
			return refuse(MPLINK_REFUSED_NIC, "has no link to this peer", enoent);
		if (given(wanted.remote) || wanted.weight || wanted.liveness_given)
			return refuse(MPLINK_REFUSED_LINK,
				      "is both changed and removed; ask for one of them", einval);
		return 0;
	}
	if (given(wanted.remote)) {
		if (const char *why = why_no_remote(wanted.remote, peer_.addr()))
			return refuse(MPLINK_REFUSED_REMOTE, why, einval);
	} else if (!link) {
		return refuse(MPLINK_REFUSED_LINK, "needs a remote, the peer's address on that NIC",
			      einval);
	}
	return 0;
}

bool LinkChanges::stage()
{
	mplink_u32 size = 0;

	for (mplink_u32 id = 0; id < nics_.size(); id++)
		if (asked_[id] ? !asked_[id]->remove : !!peer_.link(rtnl_, id))
			size = id + 1;
	set_ = LinkSet::create(size);
	if (!set_)
		return false;
	for (mplink_u32 id = 0; id < size; id++) {
		const mplink_link_config *asked = asked_[id];
		Link *link = peer_.link(rtnl_, id);

		if (asked && asked->remove)
			continue;
		if (asked && !link) {
			link = Link::create(*nics_[id], asked->remote,
					    asked->weight ? asked->weight : 1)
				       .release();
			if (!link)
				return false;
		}
		set_->put(id, link);
	}
	return true;
}

int LinkChanges::prepare(std::span<const mplink_link_config> wanted, mplink_refusal &refusal)
{
	refusal = {};
	for (const mplink_link_config &one : wanted) {
		const int err = check(one, refusal);

		if (err)
			return err;
		asked_[one.nic_id] = &one;
		refusal.link++;
	}
	if (stage())
		return 0;
	refusal = {.why = "memory is short", .link = 0, .attr = MPLINK_REFUSED_ALL};
	return -enomem;
}

Box<LinkSet> LinkChanges::make(mplink_u64 &needs)
{
	needs = 0;
	for (mplink_u32 id = 0; id < nics_.size(); id++) {
		const mplink_link_config *asked = asked_[id];
		Link *before = peer_.link(rtnl_, id);
		Link *after = set_->at(id);
		bool other = false;

		if (after && asked && asked->liveness_given)
			after->set_liveness(asked->liveness);
		if (before && after && asked)
			other = before->change(given(asked->remote) ? asked->remote
								    : before->remote(),
					       asked->weight);
		else if (after && !before)
			other = after->nic().need(family(after->remote()));
		else if (before && !after)
			other = before->nic().need_no_more(family(before->remote()));
		if (other)
			needs |= mplink_u64{1} << id;
	}
	return Box<LinkSet>(set_.release());
}

} // namespace mplink
