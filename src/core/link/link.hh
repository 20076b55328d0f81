// SPDX-License-Identifier: GPL-2.0
// One way to one peer: over a NIC, to the peer's address there.
#pragma once
#include "base/ref.hh"
#include "link/link_table.hh"
#include "link/nic.hh"
#include "link/restore.hh"
#include "link/settings.hh"

namespace mplink
{

// How long a link may go without an answer by BFD that has been used without one, once the
// far end answers on another.
mplink_u64 bfd_grace_ms(const mplink_liveness_config &config);

// Readers may hold the path until a grace period ends; the kernel waits for that.
using PathRef = Ref<mplink_path, mplink_path_retire>;
using SessionRef = Ref<mplink_bfd, mplink_bfd_put>;

class Link : public mplink_rcu, Counted<Kind::links>
{
public:
	// Null where memory is short.
	[[nodiscard]] static Box<Link> create(Nic &nic, mplink_u32 id, const mplink_addr &remote,
					      mplink_u16 weight);
	Link(Nic &nic, mplink_u32 id, const mplink_addr &remote, mplink_u16 weight)
	    : mplink_rcu(), nic_(nic), id_(id), remote_(remote), weight_(weight)
	{
		forget_pace();
	}

	Nic &nic() const
	{
		return nic_;
	}
	// Among the peer's links.
	mplink_u32 id() const
	{
		return id_;
	}
	const mplink_addr &remote() const
	{
		return remote_;
	}
	mplink_u32 reason() const
	{
		return reason_;
	}
	// Of the peer's lanes, where it counts.
	mplink_u32 slot() const
	{
		return slot_;
	}
	mplink_u16 place() const
	{
		return place_of(slot_);
	}
	// What packets count whose lane has no room for the slot.
	LinkShared &shared() const
	{
		return shared_;
	}
	// How fast it is, as measured; any context.
	void set_pace(mplink_u64 bytes_per_second, mplink_u32 delay_ns) const
	{
		shared_.pace.set(LinkPace::scale_of(bytes_per_second), delay_ns);
	}
	// Nothing is known of it but the weight.
	void forget_pace() const
	{
		set_pace(LinkPace::unmeasured * weight_, 0);
	}
	// Before it is published: before is what others have counted in that slot.
	void count_in(mplink_u32 slot, const mplink_counters &before)
	{
		slot_ = slot;
		before_ = before;
	}
	LinkSpec spec() const
	{
		return {.valid = !reason_,
			.weight = weight_,
			.port = nic_.port(),
			.live = watched_ ? mplink_bfd_up(session_.get()) : nullptr,
			.path = path_.get(),
			.shared = &shared_,
			.nic_counters = nic_.traffic(),
			.place = place(),
			.id = id_,
			.waiting = waits(reason_)};
	}
	void info(mplink_link_info &info) const;
	// lanes: the peer's.
	mplink_counters sum(const Lanes &lanes) const;

	// As the user wants it from now on, with weight 0 for the present one; an update
	// and a new table are due.  True: another address is needed of the NIC.
	[[nodiscard]] bool change(const mplink_addr &remote, mplink_u16 weight);
	// What it sends comes from there; all zero: from what routing prefers.
	void set_local(const mplink_addr &local);
	const mplink_addr &local() const
	{
		return local_;
	}
	void set_liveness(mplink_u32 liveness)
	{
		liveness_ = liveness;
	}
	// Whether the far end's BFD says that this link works.
	bool answers() const
	{
		return session_ && read_once(*mplink_bfd_up(session_.get()));
	}
	// The far end answers on another link: if it does not on this one by until_ms, it
	// does not because the path is dead.
	void doubt(Rtnl, mplink_u64 until_ms)
	{
		trusted_until_ms_ = earlier(trusted_until_ms_, until_ms);
	}
	// The session is to be held as the settings say now.
	void configure(Rtnl, const Settings &);

	// An update: follow() if more than a session or the time has changed, then judge().
	// If a table is due, publish it.  Then finish(), since no table names any more what
	// follow() gave up.  At last report was(), lengthened_ms() and unanswered(), and call
	// told().
	void told(Rtnl)
	{
		was_ = reason_;
		lengthened_ms_ = 0;
		unanswered_ = false;
	}
	// The NIC, the way to the remote, and whether there shall be a session;
	// inherited: enum mplink_liveness.  False: memory is short.
	[[nodiscard]] bool follow(Rtnl, const Settings &, mplink_u32 inherited);
	// Whether it may carry packets.  True: a new table is due.
	[[nodiscard]] bool judge(Rtnl, const Settings &, mplink_u64 now_ms);
	// Ends the wait to restore at once, because the peer has no valid link.  True: a new
	// table is due.
	[[nodiscard]] bool skip_wait(Rtnl, mplink_u64 now_ms);
	void finish(Rtnl);

	// The reason before the update.
	mplink_u32 was() const
	{
		return was_;
	}
	// It flaps, and in this update began to wait for longer than usual; or 0.
	mplink_u32 lengthened_ms() const
	{
		return lengthened_ms_;
	}
	// It was used without an answer by BFD, and in this update that came to an end.
	bool unanswered() const
	{
		return unanswered_;
	}
	// When to judge() it again, whatever happens.
	mplink_u64 deadline_ms() const
	{
		return trusted() ? earlier(deadline_ms_, trusted_until_ms_) : deadline_ms_;
	}

	// For good: no table that is still published may name the path or the session.
	void let_go(Rtnl);

private:
	static constexpr bool waits(mplink_u32 reason)
	{
		return reason == MPLINK_REASON_WAIT_TO_RESTORE;
	}
	void take(const RestoreStep &step);
	void replace_path(PathRef path);
	bool follow_path();
	bool follow_session(const Settings &settings, mplink_u32 inherited);
	bool trusted() const
	{
		return trusted_until_ms_ != 0;
	}
	void judge_trust(mplink_u64 now_ms);
	bool live() const;
	Health health() const;
	mplink_u32 why_not() const;
	void stamp(mplink_u64 now_ms);

	Nic &nic_;
	mplink_u32 id_;
	mplink_addr remote_;
	mplink_addr local_ = {};
	PathRef path_;
	mplink_u32 no_path_ = MPLINK_REASON_NO_ROUTE; // why path_ is empty
	SessionRef session_;
	mplink_u32 slot_ = 0;
	mplink_counters before_ = {};
	mutable LinkShared shared_ = {};
	mplink_u32 reason_ = MPLINK_REASON_UNREGISTERED;
	mplink_u32 liveness_ = MPLINK_LIVENESS_INHERIT;
	mplink_u16 weight_;
	bool moved_ = false;   // path_ and session_ are to another remote, or from another address
	bool asked_ = false;   // it shall have a session
	bool watched_ = false; // packets look at the session themselves
	RestoreState restore_;
	// Was in use when BFD was asked for, and may stay so without an answer until then; 0:
	// may not.
	mplink_u64 trusted_until_ms_ = 0;
	mplink_u64 deadline_ms_ = never;
	mplink_u64 route_ms_ = never;
	mplink_u64 valid_ms_ = never;

	// Of an update under way.
	mplink_u32 was_ = MPLINK_REASON_UNREGISTERED;
	mplink_u32 lengthened_ms_ = 0;
	bool unanswered_ = false;
	PathRef old_path_;
	SessionRef old_session_;
};

} // namespace mplink
