// SPDX-License-Identifier: GPL-2.0
#include "link/peer.hh"

#include "mplink/measure.h"
#include "policy/policies.hh"

namespace mplink
{

Box<Peer> Peer::create(const mplink_addr &addr, const NoLanes &none)
{
	return make<Peer>(addr, none);
}

Peer::~Peer()
{
	const Box<LinkSet> links = links_.take();

	if (links)
		for (Link &link : *links)
			destroy(&link);
}

void Peer::retire(Rtnl rtnl, Box<Peer> peer)
{
	const Retired<Peer> gone(std::move(peer));
	const Retired<LinkTable> table = (*gone).table_.exchange(rtnl, {});

	if (const LinkSet *links = (*gone).links_.get(rtnl))
		for (Link &link : *links)
			link.let_go(rtnl);
}

bool Peer::replace_links(Rtnl rtnl, const Settings &settings, Box<LinkSet> links)
{
	const LinkSet *now = links.get();
	const Retired<LinkSet> old = links_.exchange(rtnl, std::move(links));

	stale_ = true;

	const bool complete = update(rtnl, settings, nullptr);

	// No table names the removed links any more.  Packets that read an older table may still
	// count on them.
	if (old)
		for (Link &link : *old)
			if (now->at(link.id()) != &link) {
				link.let_go(rtnl);
				const Retired<Link> gone{Box<Link>(&link)};
			}
	return complete;
}

bool Peer::remove_links(Rtnl rtnl, const Settings &settings, mplink_u32 nic_id)
{
	LinkSet &links = *links_.get(rtnl);
	Link *gone[MPLINK_MAX_LINKS];
	mplink_u32 n = 0;

	for (Link &link : links)
		if (link.nic().id() == nic_id) {
			gone[n++] = &link;
			links.take(rtnl, link);
		}
	stale_ = true;

	const bool complete = update(rtnl, settings, nullptr);

	for (mplink_u32 i = 0; i < n; i++) {
		gone[i]->let_go(rtnl);
		const Retired<Link> last{Box<Link>(gone[i])};
	}
	return complete;
}

// Gives up table entries that are not valid any more, because their device or path may be about
// to go.  False: no entry is left.
bool Peer::prune(Rtnl rtnl)
{
	LinkTable *const table = table_.get(rtnl);
	bool left = false;

	if (!table)
		return false;
	for (mplink_u32 i = 0; i < table->size(); i++) {
		LinkEntry &entry = (*table)[i];
		bool stays = false;

		for (const Link &link : *links_.get(rtnl))
			stays |= entry.is(link.spec());
		if (!stays)
			entry.give_up();
		left |= stays;
	}
	return left;
}

// The policy that packets follow.  Without marks and bounds, adaptive would guess a rate for each
// link.  Above that rate a slow link loses packets while others are idle, so packets follow the
// weights instead.
mplink_u32 Peer::policy(Rtnl rtnl, const Settings &settings) const
{
	if (settings.policy != MPLINK_POLICY_ADAPTIVE || far_epoch())
		return settings.policy;
	for (const Link &link : *links_.get(rtnl))
		if (link.pace_settings().given())
			return settings.policy;
	return MPLINK_POLICY_BALANCE_RR;
}

bool Peer::publish(Rtnl rtnl, const Settings &settings)
{
	const LinkSet *links = links_.get(rtnl);
	Link *ordered[MPLINK_MAX_LINKS];
	const mplink_u32 n = links ? links->ordered(ordered) : 0;
	Box<LinkTable> table;

	stale_ = false;
	works_ = false;
	for (mplink_u32 i = 0; i < n; i++)
		works_ |= !ordered[i]->reason();
	if (works_) {
		Array<LinkSpec> specs(n);

		if (specs) {
			for (mplink_u32 i = 0; i < n; i++)
				specs[i] = ordered[i]->spec();
			table = build_table({specs.begin(), n}, policy(rtnl, settings), lanes_,
					    ++serial_);
		}
		stale_ = !table;
		// Fewer links, or the old policy, are better than no link.
		if (stale_ && prune(rtnl))
			return false;
	}
	const Retired<LinkTable> old = table_.exchange(rtnl, std::move(table));
	return !stale_;
}

bool Peer::make_lanes(Rtnl rtnl)
{
	mplink_u32 slots = 0;

	if (const LinkSet *links = links_.get(rtnl))
		for (const Link &link : *links)
			if (slots <= link.slot())
				slots = link.slot() + 1;
	return lanes_.grow(rtnl, slots);
}

mplink_counters Peer::counted(Rtnl, mplink_u32 slot) const
{
	mplink_counters sum = {};

	lanes_.add_to(sum, slot);
	return sum;
}

bool Peer::shares_nic(Rtnl rtnl, const Link &link) const
{
	for (const Link &other : *links_.get(rtnl))
		if (&other != &link && &other.nic() == &link.nic())
			return true;
	return false;
}

void Peer::tell(Rtnl rtnl, const Settings &settings, mplink_u32 event)
{
	if (!std::exchange(news_, false))
		return;
	for (Link &link : *links_.get(rtnl)) {
		report(rtnl, settings, event, link);
		link.told(rtnl);
	}
}

void Peer::report(Rtnl rtnl, const Settings &settings, mplink_u32 event, const Link &link) const
{
	if (link.reason() == link.was() && !link.lengthened_ms() && !link.unanswered())
		return;

	const mplink_link_report report = {
		.nic = link.nic().name(),
		.peer = addr_,
		.remote = link.remote(),
		.shared = shares_nic(rtnl, link),
		.event = event,
		.was = link.was(),
		.now = link.reason(),
	};

	if (link.reason() != link.was())
		mplink_report_link(settings.owner, &report);
	if (link.unanswered())
		mplink_report_unanswered(settings.owner, &report, link.unanswered());
	if (link.lengthened_ms())
		mplink_report_flapping(settings.owner, &report, link.lengthened_ms());
}

// Ends an update.  changed: a new table is due.
bool Peer::finish(Rtnl rtnl, const Settings &settings, bool changed)
{
	const LinkSet &links = *links_.get(rtnl);
	const mplink_u64 now = mplink_now_ms();
	bool usable = false;
	bool answers = false;

	for (const Link &link : links) {
		usable |= !link.reason();
		answers |= link.answers();
	}
	if (answers)
		for (Link &link : links)
			link.doubt(rtnl, now + bfd_grace_ms(settings.liveness));
	// Without a valid link, use those that wait to be restored: better than to drop packets.
	if (!usable)
		for (Link &link : links)
			changed |= link.skip_wait(rtnl, now);

	// The far end may have begun to answer, or ceased to.
	if (const LinkTable *table = table_.get(rtnl))
		changed |= table->policy() != policy(rtnl, settings);

	const bool published = !(changed || stale_) || publish(rtnl, settings);

	deadline_ms_ = never;
	for (Link &link : links) {
		link.finish(rtnl);
		deadline_ms_ = earlier(deadline_ms_, link.deadline_ms());
	}
	news_ = true;
	return published;
}

mplink_u32 Peer::take_caps(ReadSection section, mplink_u32 id, mplink_u64 epoch, bool proven) const
{
	const Link *link = find_link(section, id);
	const bool known = epoch == far_epoch();
	mplink_u32 step = 0;

	if (!link || (known && link->answered() == epoch))
		return 0;
	if (!proven) {
		doubted_epoch_.write(epoch);
		return MPLINK_CAPS_ASK;
	}
	// One packet is not enough: a bit may have been flipped.
	if (!known && far_epoch() && epoch != doubted_epoch_.read()) {
		doubted_epoch_.write(epoch);
		return MPLINK_CAPS_ASK;
	}
	if (!known) {
		far_epoch_.write(epoch);
		step |= MPLINK_CAPS_ANEW;
	}
	link->set_answered(epoch);
	return step | MPLINK_CAPS_CONFIRMED;
}

bool Peer::all_confirmed(ReadSection section) const
{
	const LinkSet *links = links_.read(section);
	const mplink_u64 epoch = far_epoch();

	if (!links || !epoch)
		return false;
	for (const Link &link : *links)
		if (link.reach(section) && link.answered() != epoch)
			return false;
	return true;
}

// only: judges the links over this NIC, and those for which an answer matters more or less now.
bool Peer::judge(Rtnl rtnl, const Settings &settings, const Nic *only)
{
	const LinkSet &links = *links_.get(rtnl);
	const mplink_u64 now = mplink_now_ms();
	const mplink_u64 epoch = far_epoch();
	bool answers = false;
	bool changed = false;

	for (const Link &link : links)
		answers |= epoch && link.proven(epoch);
	for (Link &link : links) {
		const bool due = link.expect_answer(rtnl, answers ? epoch : 0, now);

		if (!only || &link.nic() == only || due)
			changed |= link.judge(rtnl, settings, now);
	}
	return changed;
}

bool Peer::update(Rtnl rtnl, const Settings &settings, const Nic *only)
{
	const mplink_u32 inherited = liveness_ ? liveness_ : settings.liveness.mode;
	bool complete = true;

	if (!links_.get(rtnl))
		return true;
	for (Link &link : *links_.get(rtnl))
		if (!only || &link.nic() == only)
			complete &= link.follow(rtnl, settings, inherited);
	return finish(rtnl, settings, judge(rtnl, settings, only)) && complete;
}

bool Peer::recheck(Rtnl rtnl, const Settings &settings)
{
	return !links_.get(rtnl) || finish(rtnl, settings, judge(rtnl, settings, nullptr));
}

bool Peer::configure(Rtnl rtnl, const Settings &settings)
{
	if (const LinkSet *links = links_.get(rtnl))
		for (Link &link : *links)
			link.configure(rtnl, settings);
	return update(rtnl, settings, nullptr);
}

} // namespace mplink
