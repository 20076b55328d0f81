// SPDX-License-Identifier: GPL-2.0
// A link: one way to one peer, over a NIC and to the peer's address there.
#pragma once
#include "base/atomic.hh"
#include "base/ref.hh"
#include "link/link_table.hh"
#include "link/nic.hh"
#include "link/pace_settings.hh"
#include "link/restore.hh"
#include "link/settings.hh"

namespace mplink
{

// For how long a link may stay in use without an answer by BFD, after the peer has answered on
// another link.
mplink_u64 bfd_grace_ms(const mplink_liveness_config &config);

// Readers may hold the path until a grace period ends; mplink_path_retire() waits for that.
using PathRef = Ref<mplink_path, mplink_path_retire>;
using SessionRef = Ref<mplink_bfd, mplink_bfd_put>;

class Link : public mplink_rcu, Counted<Kind::links>
{
public:
	// Null: memory is short.
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
	// Unique among the peer's links.
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
	// The slot in the peer's lanes where the link counts.
	mplink_u32 slot() const
	{
		return slot_;
	}
	mplink_u16 place() const
	{
		return place_of(slot_);
	}
	// Counters for packets whose lane has no room for the slot.
	LinkShared &shared() const
	{
		return shared_;
	}
	// How fast the link is, as measured, within the user's bounds.  Any context.
	void set_pace(mplink_u64 bytes_per_second, mplink_u32 delay_ns,
		      mplink_u32 bulk_delay_ns) const
	{
		shared_.pace.set(LinkPace::scale_of(pace_settings_.bounded(bytes_per_second)),
				 delay_ns, bulk_delay_ns);
	}
	// Nothing but the settings is known of the link.
	void forget_pace() const
	{
		set_pace(unmeasured(), pace_settings_.turn_ns(), pace_settings_.turn_ns());
	}
	// What a link that has not been measured is taken to carry, in bytes per second.
	mplink_u64 unmeasured() const
	{
		return LinkPace::unmeasured * weight_;
	}
	const PaceSettings &pace_settings() const
	{
		return pace_settings_;
	}
	// Takes what the user has given of these settings.
	void set_pace_settings(const mplink_link_config &given);
	// Sets the slot.  before: what earlier links have counted there.  Call it before the link
	// is published.
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
	// lanes: those of the peer.
	mplink_counters sum(const Lanes &lanes) const;

	// Changes the link as the user wants.  weight 0 leaves the weight as it is.  An update and
	// a new table must follow.  True: the link now needs another address of the NIC.
	[[nodiscard]] bool change(const mplink_addr &remote, mplink_u16 weight);
	// Sets the source address; all zero: routing decides.
	void set_local(const mplink_addr &local);
	const mplink_addr &local() const
	{
		return local_;
	}
	void set_liveness(mplink_u32 liveness)
	{
		liveness_ = liveness;
	}
	// The path as soon as there are NIC, address and route, whether or not the link is valid.
	// Null: one of them is missing.  It stays valid until the read section ends.
	mplink_path *reach(ReadSection) const
	{
		return reach_.read();
	}
	// The epoch of the far end that answered last on this link; 0: none did.  Any context.
	mplink_u64 answered() const
	{
		return answered_.read();
	}
	void set_answered(mplink_u64 epoch) const
	{
		answered_.write(epoch);
	}
	// Whether the far end with that epoch has answered here, and the link could be used.
	bool proven(mplink_u64 epoch) const
	{
		return answered() == epoch && !why_not() && lives();
	}
	// The far end with that epoch, not 0, answers on a link that works, so it must answer on
	// this one, too.  epoch 0: no answer is needed.  True: judge() is due.
	[[nodiscard]] bool expect_answer(Rtnl, mplink_u64 epoch, mplink_u64 now_ms);
	// Whether the BFD session is Up.
	bool answers() const
	{
		return session_ && read_once(*mplink_bfd_up(session_.get()));
	}
	// The peer answers BFD on another link.  If it does not answer on this one by until_ms, the
	// path is dead.
	void doubt(Rtnl, mplink_u64 until_ms)
	{
		trusted_until_ms_ = earlier(trusted_until_ms_, until_ms);
	}
	// Passes the BFD settings on to the session.
	void configure(Rtnl, const Settings &);

	// An update: follow() if more than a session or the time has changed, then judge().
	// If a table is due, publish it.  Then finish(), since no table names any more what
	// follow() gave up.  At last report was(), lengthened_ms() and unanswered(), and call
	// told().
	void told(Rtnl)
	{
		was_ = reason_;
		lengthened_ms_ = 0;
		unanswered_ = MPLINK_REASON_NONE;
	}
	// Follows the NIC, looks up the path, and starts or ends the session.  inherited: enum
	// mplink_liveness.  False: memory is short.
	[[nodiscard]] bool follow(Rtnl, const Settings &, mplink_u32 inherited);
	// Decides whether the link may carry packets.  True: a new table is due.
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
	// The new wait, in ms, if the link flaps and its wait was lengthened in this update; else
	// 0.
	mplink_u32 lengthened_ms() const
	{
		return lengthened_ms_;
	}
	// If the time to answer ended in this update without an answer, the reason for which the
	// link is not used any more; else NONE.
	mplink_u32 unanswered() const
	{
		return unanswered_;
	}
	// When to call judge() again at the latest, as mplink_now_ms(), or never.
	mplink_u64 deadline_ms() const
	{
		const mplink_u64 first = earlier(deadline_ms_, earlier(answer_by_ms_, tell_at_ms_));

		return trusted() ? earlier(first, trusted_until_ms_) : first;
	}

	// Drops path and session for good.  No published table may name them.
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
	void judge_answer(mplink_u64 now_ms);
	// Whether BFD allows to use the link.
	bool lives() const;
	// Whether the far end has answered, has time left for it, or need not.
	bool confirmed() const;
	bool live() const
	{
		return lives() && confirmed();
	}
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
	PaceSettings pace_settings_ = {};
	mplink_u32 reason_ = MPLINK_REASON_UNREGISTERED;
	mplink_u32 liveness_ = MPLINK_LIVENESS_INHERIT;
	mplink_u16 weight_;
	bool moved_ = false;   // remote or local has changed since path_ and session_ were made
	bool asked_ = false;   // the user wants a session
	bool watched_ = false; // packets look at the session's word
	RestoreState restore_;
	// The link was in use when BFD was turned on.  It may stay in use without an answer until
	// then; 0: it may not.
	mplink_u64 trusted_until_ms_ = 0;
	Shared<mplink_path *> reach_ = nullptr;
	mutable Shared<mplink_u64> answered_ = 0;
	bool unconfirmed_ = false; // an answer is needed, and has not come
	// Until then a link that is in use stays in use without an answer.
	mplink_u64 answer_by_ms_ = never;
	mplink_u64 tell_at_ms_ = never;
	mplink_u64 deadline_ms_ = never;
	mplink_u64 route_ms_ = never;
	mplink_u64 valid_ms_ = never;

	// Belongs to the update under way.
	mplink_u32 was_ = MPLINK_REASON_UNREGISTERED;
	mplink_u32 lengthened_ms_ = 0;
	mplink_u32 unanswered_ = MPLINK_REASON_NONE;
	PathRef old_path_;
	SessionRef old_session_;
};

} // namespace mplink
