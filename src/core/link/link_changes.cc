// SPDX-License-Identifier: GPL-2.0
#include "link/link_changes.hh"

#include "base/errors.hh"
#include "base/validation.hh"

namespace mplink
{

namespace
{

// The peer's links over one NIC.
struct Over {
	Over(const LinkSet *links, const mplink_link_config &wanted)
	{
		if (!links)
			return;
		for (Link &link : *links) {
			if (link.nic().id() != wanted.nic_id)
				continue;
			n++;
			any = &link;
			if (link.remote() == wanted.remote)
				exact = &link;
		}
	}

	mplink_u32 n = 0;
	Link *any = nullptr;
	Link *exact = nullptr; // to the wanted remote
};

bool changes_something(const mplink_link_config &wanted)
{
	return wanted.weight || wanted.liveness_given || wanted.local_given ||
	       wanted.rate_min_given || wanted.rate_max_given || wanted.preference_given ||
	       wanted.add;
}

constexpr auto which_one =
	"has several links to this peer; name the remote of the one that is meant";

} // namespace

LinkChanges::~LinkChanges()
{
	if (!set_)
		return;
	for (Link &link : *set_)
		if (before(link.id()) != &link)
			destroy(&link);
}

mplink_u32 LinkChanges::entries(mplink_u32 nic_id) const
{
	mplink_u32 n = 0;

	for (const mplink_link_config &one : wanted_)
		n += one.nic_id == nic_id && !one.remove && !one.add;
	return n;
}

// A free id: the NIC's own if possible, so that most link ids equal their NIC's id.  The id of a
// link that this request removes is not free yet.
mplink_u32 LinkChanges::free_id(mplink_u32 nic_id) const
{
	const auto taken = [this](mplink_u32 id) { return before(id) || asked_[id]; };
	mplink_u32 id = 0;

	if (!taken(nic_id))
		return nic_id;
	while (id < MPLINK_MAX_LINKS && taken(id))
		id++;
	return id;
}

int LinkChanges::claim(mplink_u32 id, const mplink_link_config &wanted)
{
	if (asked_[id])
		return refuse(MPLINK_EXTACK_NIC, "has a link that is named twice", eexist);
	asked_[id] = &wanted;
	return 0;
}

int LinkChanges::check_nic(const mplink_link_config &wanted)
{
	if (wanted.nic_id >= nics_.size() || !nics_[wanted.nic_id])
		return refuse(MPLINK_EXTACK_NIC, "is not a NIC of this device; add it first",
			      enoent);
	return 0;
}

int LinkChanges::take_away(const mplink_link_config &wanted)
{
	const Over over(peer_.links(rtnl_), wanted);

	if (changes_something(wanted))
		return refuse(MPLINK_EXTACK_LINK,
			      "is both changed and removed; ask for one of them", einval);
	if (!over.n)
		return refuse(MPLINK_EXTACK_NIC, "has no link to this peer", enoent);
	if (given(wanted.remote)) {
		if (!over.exact)
			return refuse(MPLINK_EXTACK_REMOTE,
				      "is not the remote of a link over that NIC", enoent);
		return claim(over.exact->id(), wanted);
	}
	if (over.n > 1)
		return refuse(MPLINK_EXTACK_NIC, which_one, einval);
	return claim(over.any->id(), wanted);
}

// Whether an earlier entry already gives that remote.
bool LinkChanges::given_before(const mplink_link_config &wanted) const
{
	for (const mplink_link_config *asked : asked_)
		if (asked && !asked->remove && asked->nic_id == wanted.nic_id &&
		    asked->remote == wanted.remote)
			return true;
	return false;
}

int LinkChanges::create(const mplink_link_config &wanted)
{
	const mplink_u32 id = free_id(wanted.nic_id);

	if (id == MPLINK_MAX_LINKS)
		return refuse(MPLINK_EXTACK_LINK, "is one too many: 64 links at most", enospc);
	return claim(id, wanted);
}

int LinkChanges::change(const mplink_link_config &wanted)
{
	const Over over(peer_.links(rtnl_), wanted);

	if (!given(wanted.remote)) {
		if (!over.n || wanted.add)
			return refuse(MPLINK_EXTACK_LINK,
				      "needs a remote, the peer's address on that NIC", einval);
		if (over.n > 1)
			return refuse(MPLINK_EXTACK_NIC, which_one, einval);
		return claim(over.any->id(), wanted);
	}
	if (const char *why = why_no_remote(wanted.remote, peer_.addr()))
		return refuse(MPLINK_EXTACK_REMOTE, why, einval);
	if (over.exact) {
		if (wanted.add)
			return refuse(MPLINK_EXTACK_REMOTE, "has a link over that NIC already",
				      eexist);
		return claim(over.exact->id(), wanted);
	}
	if (given_before(wanted))
		return refuse(MPLINK_EXTACK_REMOTE,
			      "is given twice; links over one NIC differ in their remotes", eexist);
	if (!over.n || wanted.add)
		return create(wanted);
	// If there is one link over the NIC, and one entry for it, the entry means that link.
	if (over.n == 1 && entries(wanted.nic_id) == 1)
		return claim(over.any->id(), wanted);
	return refuse(MPLINK_EXTACK_REMOTE,
		      "is not the remote of a link over that NIC; say that one is to be added",
		      einval);
}

// Checks the local address for the link that claim() gave the entry to.
int LinkChanges::check_local(const mplink_link_config &wanted)
{
	for (mplink_u32 id = 0; id < MPLINK_MAX_LINKS; id++) {
		if (asked_[id] != &wanted)
			continue;

		const Link *link = before(id);
		const mplink_addr remote = given(wanted.remote) ? wanted.remote : link->remote();
		const mplink_addr local = wanted.local_given ? wanted.local
					  : link             ? link->local()
							     : mplink_addr{};

		if (!given(local))
			return 0;
		if (const char *why = why_no_local(local, remote))
			return wanted.local_given
				       ? refuse(MPLINK_EXTACK_LOCAL, why, einval)
				       : refuse(MPLINK_EXTACK_REMOTE,
						"does not go with the link's local address; "
						"give another one of those, or none",
						einval);
	}
	return 0;
}

// Checks the bounds of the rate of the link that claim() gave the entry to.
int LinkChanges::check_rates(const mplink_link_config &wanted)
{
	for (mplink_u32 id = 0; id < MPLINK_MAX_LINKS; id++) {
		if (asked_[id] != &wanted)
			continue;

		const Link *link = before(id);
		const mplink_u32 least = wanted.rate_min_given ? wanted.rate_min
					 : link ? link->pace_settings().rate_min.read()
						: 0;
		const mplink_u32 most = wanted.rate_max_given ? wanted.rate_max
					: link ? link->pace_settings().rate_max.read()
					       : 0;

		if (most && least > most)
			return wanted.rate_max_given
				       ? refuse(MPLINK_EXTACK_RATE_MAX,
						"is less than the link's rate_min", einval)
				       : refuse(MPLINK_EXTACK_RATE_MIN,
						"is more than the link's rate_max", einval);
	}
	return 0;
}

int LinkChanges::resolve()
{
	extack_ = {};
	for (const mplink_link_config &one : wanted_) {
		int err = check_nic(one);

		if (!err)
			err = one.remove ? take_away(one) : change(one);
		if (!err && !one.remove)
			err = check_local(one);
		if (!err && !one.remove)
			err = check_rates(one);
		if (err)
			return err;
		extack_.link++;
	}
	return 0;
}

// A free slot: if possible one that no link has had yet, because packets may still count in the
// slots of links that have gone.
mplink_u32 LinkChanges::free_slot() const
{
	mplink_u64 had = 0;
	mplink_u64 taken = 0;

	if (const LinkSet *links = peer_.links(rtnl_))
		for (const Link &link : *links)
			had |= mplink_u64{1} << link.slot();
	for (const Link &link : *set_)
		taken |= mplink_u64{1} << link.slot();
	// When all 64 links are replaced at once, there is no such slot.
	const mplink_u64 avoid = ~(had | taken) ? had | taken : taken;

	return static_cast<mplink_u32>(__builtin_ctzll(~avoid));
}

bool LinkChanges::stage()
{
	mplink_u32 nics = 0;
	mplink_u32 size = 0;

	for (mplink_u32 id = 0; id < MPLINK_MAX_LINKS; id++) {
		const mplink_link_config *asked = asked_[id];
		const Link *link = before(id);

		if (asked ? asked->remove : !link)
			continue;

		const mplink_u32 nic_id = link ? link->nic().id() : asked->nic_id;

		size = id + 1;
		if (nics <= nic_id)
			nics = nic_id + 1;
	}
	set_ = LinkSet::create(nics, size);
	if (!set_)
		return false;
	for (mplink_u32 id = 0; id < size; id++)
		if (Link *link = before(id); link && !(asked_[id] && asked_[id]->remove))
			set_->put(*link);
	for (mplink_u32 id = 0; id < size; id++) {
		const mplink_link_config *asked = asked_[id];
		Link *link = before(id);

		if (link || !asked || asked->remove)
			continue;
		link = Link::create(*nics_[asked->nic_id], id, asked->remote,
				    asked->weight ? asked->weight : 1)
			       .release();
		if (!link)
			return false;
		link->set_local(asked->local);
		link->set_pace_settings(*asked);

		const mplink_u32 slot = free_slot();

		link->count_in(slot, peer_.counted(rtnl_, slot));
		set_->put(*link);
	}
	return true;
}

int LinkChanges::prepare(std::span<const mplink_link_config> wanted, mplink_extack &extack)
{
	wanted_ = wanted;

	const int err = resolve();

	if (err) {
		extack = extack_;
		return err;
	}
	extack = {};
	if (stage())
		return 0;
	extack = {.why = "memory is short", .link = 0, .attr = MPLINK_EXTACK_ALL};
	return -enomem;
}

bool LinkChanges::plan(mplink_u32 id, mplink_link_plan &plan) const
{
	const Link *link = set_->at(id);

	if (!link)
		return false;

	const mplink_link_config *asked = asked_[id];

	plan = {.nic_id = link->nic().id(),
		.entry = asked ? static_cast<mplink_u32>(asked - wanted_.data()) : MPLINK_NO_ENTRY,
		.fresh = before(id) != link,
		.remote = asked && given(asked->remote) ? asked->remote : link->remote()};
	return true;
}

Box<LinkSet> LinkChanges::make(mplink_u64 &needs)
{
	needs = 0;
	for (mplink_u32 id = 0; id < MPLINK_MAX_LINKS; id++) {
		const mplink_link_config *asked = asked_[id];
		Link *was = before(id);
		Link *after = set_->at(id);
		bool other = false;

		if (after && asked && asked->liveness_given)
			after->set_liveness(asked->liveness);
		if (was && after && asked && asked->local_given)
			after->set_local(asked->local);
		if (was && after && asked) {
			was->set_pace_settings(*asked);
			other = was->change(given(asked->remote) ? asked->remote : was->remote(),
					    asked->weight);
		} else if (after && !was) {
			other = after->nic().need(family(after->remote()));
		} else if (was && !after) {
			other = was->nic().need_no_more(family(was->remote()));
		}
		if (other)
			needs |= mplink_u64{1} << (after ? after : was)->nic().id();
	}
	return Box<LinkSet>(set_.release());
}

} // namespace mplink
