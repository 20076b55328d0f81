// SPDX-License-Identifier: GPL-2.0
// One way to one peer: over a NIC, to the peer's address there.
#pragma once
#include "link_table.hh"
#include "nic.hh"
#include "restore.hh"
#include "settings.hh"

namespace mplink
{

class Link : public mplink_rcu, Counted<Kind::links>
{
public:
	// Null where memory is short.
	[[nodiscard]] static Box<Link> create(Nic &nic, const mplink_addr &remote,
					      mplink_u16 weight);
	Link(Nic &nic, const mplink_addr &remote, mplink_u16 weight)
	    : mplink_rcu(), nic_(nic), remote_(remote), weight_(weight)
	{
	}

	Nic &nic() const
	{
		return nic_;
	}
	const mplink_addr &remote() const
	{
		return remote_;
	}
	mplink_u32 reason() const
	{
		return reason_;
	}
	// One a lane.
	TrafficCounters *counters() const
	{
		return traffic_.lanes();
	}
	LinkSpec spec() const
	{
		return {.valid = !reason_,
			.weight = weight_,
			.port = nic_.port(),
			.live = watched_ ? mplink_bfd_up(bfd_) : nullptr,
			.path = path_,
			.counters = traffic_.lanes(),
			.nic_counters = nic_.traffic(),
			.nic_id = nic_.id(),
			.waiting = waits(reason_)};
	}
	void info(mplink_link_info &info) const;
	mplink_counters sum() const;

	// As the user wants it from now on, with weight 0 for the present one; an update
	// and a new table are due.  True: another address is needed of the NIC.
	[[nodiscard]] bool change(const mplink_addr &remote, mplink_u16 weight);
	void set_liveness(mplink_u32 liveness)
	{
		liveness_ = liveness;
	}
	// The session is to be held as the settings say now.
	void configure(Rtnl, const Settings &);

	// An update: begin(), then follow() if more than a session or the time has
	// changed, then judge(), and finish() once a table is published, if one is due,
	// that no longer names what follow() gave up.
	void begin(Rtnl)
	{
		was_ = reason_;
		lengthened_ms_ = 0;
	}
	// The NIC, the way to the remote, and whether there shall be a session;
	// inherited: enum mplink_liveness.  False: memory is short.
	[[nodiscard]] bool follow(Rtnl, const Settings &, mplink_u32 inherited);
	// Whether it may carry packets.  True: a new table is due.
	[[nodiscard]] bool judge(Rtnl, const Settings &, mplink_u64 now_ms);
	// There is no other: it has to be good enough without waiting.  Likewise.
	[[nodiscard]] bool hasten(Rtnl, mplink_u64 now_ms);
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
	// When to judge() it again, whatever happens.
	mplink_u64 deadline_ms() const
	{
		return deadline_ms_;
	}

	// For good: no table that is still published may name the path or the session.
	void let_go(Rtnl);

private:
	static constexpr bool waits(mplink_u32 reason)
	{
		return reason == MPLINK_REASON_WAIT_TO_RESTORE;
	}
	void take(const RestoreStep &step);
	bool follow_path();
	bool follow_session(const Settings &settings, mplink_u32 inherited);
	bool live() const;
	Health health() const;
	mplink_u32 why_not() const;
	void stamp(mplink_u64 now_ms);

	Nic &nic_;
	mplink_addr remote_;
	mplink_path *path_ = nullptr;
	mplink_u32 no_path_ = MPLINK_REASON_NO_ROUTE; // why path_ is null
	mplink_bfd *bfd_ = nullptr;
	Traffic traffic_;
	mplink_u32 reason_ = MPLINK_REASON_UNREGISTERED;
	mplink_u32 liveness_ = MPLINK_LIVENESS_INHERIT;
	mplink_u16 weight_;
	bool moved_ = false;   // path_ and bfd_ are to another remote
	bool asked_ = false;   // it shall have a session
	bool trusted_ = false; // was in use before its session was Up for the first time
	bool watched_ = false; // packets look at the session themselves
	RestoreState restore_;
	mplink_u64 deadline_ms_ = never;
	mplink_u64 route_ms_ = never;
	mplink_u64 valid_ms_ = never;

	// Of an update under way.
	mplink_u32 was_ = MPLINK_REASON_UNREGISTERED;
	mplink_u32 lengthened_ms_ = 0;
	mplink_path *old_path_ = nullptr;
	mplink_bfd *old_bfd_ = nullptr;
};

} // namespace mplink
