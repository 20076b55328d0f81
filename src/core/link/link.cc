// SPDX-License-Identifier: GPL-2.0
#include "link/link.hh"

#include "link/link_state.hh"

namespace mplink
{

namespace
{

// After BFD was turned on, a link that works stays in use without an answer for this long at
// least.  That is time to turn BFD on at the other end, and for a handshake, which takes three
// packets at the slower end's interval.
constexpr mplink_u64 least_trust_ms = 60000;
// The same after another link's session has come Up, which shows that the peer speaks BFD.  A
// session that is not Up sends one packet per second.
constexpr mplink_u64 least_grace_ms = 5000;

// How much later than on the first link the far end's answer may come.  A link that is in use
// stays in use for that long.
constexpr mplink_u64 answer_ms = 100;
// The log tells the user after so long.  Until then one end may still be being set up, and the
// answer may be on its way over a satellite.
constexpr mplink_u64 tell_ms = 3000;

constexpr mplink_u64 handshake_ms(const mplink_liveness_config &config)
{
	const mplink_u32 tx = config.bfd.min_tx_us;
	const mplink_u32 rx = config.bfd.min_rx_us;

	return mplink_u64{tx > rx ? tx : rx} * 4 / 1000;
}

constexpr mplink_u64 later(mplink_u64 a, mplink_u64 b)
{
	return a > b ? a : b;
}

constexpr mplink_u64 trust_ms(const mplink_liveness_config &config)
{
	return later(least_trust_ms, handshake_ms(config));
}

} // namespace

mplink_u64 bfd_grace_ms(const mplink_liveness_config &config)
{
	return later(least_grace_ms, handshake_ms(config));
}

Box<Link> Link::create(Nic &nic, mplink_u32 id, const mplink_addr &remote, mplink_u16 weight)
{
	return make<Link>(nic, id, remote, weight);
}

void Link::info(mplink_link_info &info) const
{
	info = {};
	__builtin_memcpy(info.nic, nic_.name(), MPLINK_NAME_LEN);
	info.nic_id = nic_.id();
	info.reason = reason_;
	info.weight = weight_;
	info.liveness = liveness_;
	info.rate_min = pace_settings_.rate_min.read();
	info.rate_max = pace_settings_.rate_max.read();
	info.preference = pace_settings_.preference.read();
	info.remote = remote_;
	info.local = local_;
	info.path = path_.get();
	info.bfd = session_.get();
	info.stages_ms[MPLINK_LINK_ROUTE] = route_ms_;
	info.stages_ms[MPLINK_LINK_BFD_INIT] = never;
	info.stages_ms[MPLINK_LINK_BFD_UP] = never;
	if (session_)
		mplink_bfd_since(session_.get(), &info.stages_ms[MPLINK_LINK_BFD_INIT],
				 &info.stages_ms[MPLINK_LINK_BFD_UP]);
	info.stages_ms[MPLINK_LINK_VALID] = valid_ms_;
}

mplink_counters Link::sum(const Lanes &lanes) const
{
	mplink_counters sum = {};

	add(sum, shared_);
	lanes.add_to(sum, slot_);
	subtract(sum, before_);
	return sum;
}

void Link::set_local(const mplink_addr &local)
{
	if (!(local == local_)) {
		moved_ = true;
		set_answered(0);
		restore_ = {};
	}
	local_ = local;
}

void Link::set_pace_settings(const mplink_link_config &given)
{
	if (given.rate_min_given)
		pace_settings_.rate_min.write(given.rate_min);
	if (given.rate_max_given)
		pace_settings_.rate_max.write(given.rate_max);
	if (given.preference_given)
		pace_settings_.preference.write(given.preference);
	if (given.rate_min_given || given.rate_max_given || given.preference_given)
		forget_pace();
}

bool Link::change(const mplink_addr &remote, mplink_u16 weight)
{
	// First the new need, so that an unchanged need never drops to 0 in between.
	const bool needed = nic_.need(family(remote));
	const bool no_more = nic_.need_no_more(family(remote_));

	if (!(remote == remote_)) {
		moved_ = true;
		set_answered(0);
		// Past failures were those of the path to another address.
		restore_ = {};
	}
	remote_ = remote;
	if (weight && weight != weight_) {
		weight_ = weight;
		forget_pace();
	}
	return needed || no_more;
}

void Link::configure(Rtnl, const Settings &settings)
{
	if (session_)
		mplink_bfd_configure(session_.get(), &settings.liveness.bfd);
}

// The published table may still name the old path; finish() drops it.
void Link::replace_path(PathRef path)
{
	if (path_)
		old_path_ = std::move(path_);
	path_ = std::move(path);
}

// False: memory is short.
bool Link::follow_path()
{
	const PathNeed need = path_need(nic_.state(), nic_.has(family(remote_)));

	if (need == PathNeed::none || (need == PathNeed::keep && moved_)) {
		replace_path({});
		// The NIC may come back with another address, which the far end does not know.
		set_answered(0);
	} else if (need == PathNeed::fresh &&
		   (!path_ || moved_ || !mplink_path_current(path_.get()))) {
		mplink_u32 reason = MPLINK_REASON_NONE;

		replace_path(
			PathRef(mplink_path_create(nic_.port(), &remote_, &local_, id_, &reason)));
		no_path_ = reason ? reason : mplink_u32{MPLINK_REASON_NO_ROUTE};
		return path_ || reason;
	}
	return true;
}

bool Link::follow_session(const Settings &settings, mplink_u32 inherited)
{
	const mplink_u32 liveness = liveness_ ? liveness_ : inherited;
	const bool was_asked = asked_;

	asked_ = liveness == MPLINK_LIVENESS_BFD && nic_.state().attached;
	if (session_ && (!asked_ || moved_)) {
		old_session_ = std::move(session_);
		trusted_until_ms_ = 0;
	}
	if (!asked_) {
		trusted_until_ms_ = 0;
		return true;
	}
	// A user who turns BFD on first at one end, then at the other, must not lose the link
	// meanwhile.
	if (!was_asked && restore_.usable())
		trusted_until_ms_ = mplink_now_ms() + trust_ms(settings.liveness);
	if (!session_)
		session_ = SessionRef(
			mplink_bfd_get(nic_.port(), &remote_, &local_, &settings.liveness.bfd));
	return session_ && mplink_bfd_run(session_.get(), why_not() == MPLINK_REASON_NONE);
}

bool Link::follow(Rtnl, const Settings &settings, mplink_u32 inherited)
{
	const bool path = follow_path();
	const bool session = follow_session(settings, inherited);

	moved_ = false;
	return path && session;
}

// Why the link may not carry packets, apart from liveness.
mplink_u32 Link::why_not() const
{
	return link_reason(nic_.state(), nic_.has(family(remote_)),
			   path_ ? mplink_u32{MPLINK_REASON_NONE} : no_path_);
}

bool Link::expect_answer(Rtnl, mplink_u64 epoch, mplink_u64 now_ms)
{
	const bool was = unconfirmed_;

	unconfirmed_ = epoch && answered() != epoch;
	if (unconfirmed_ != was) {
		answer_by_ms_ = unconfirmed_ ? now_ms + answer_ms : never;
		tell_at_ms_ = unconfirmed_ ? now_ms + tell_ms : never;
	}
	return unconfirmed_ != was;
}

bool Link::confirmed() const
{
	return !unconfirmed_ || (restore_.usable() && answer_by_ms_ != never);
}

bool Link::lives() const
{
	return !asked_ || trusted() || answers();
}

Health Link::health() const
{
	if (!path_)
		return Health::dead;
	switch (why_not()) {
	case MPLINK_REASON_NONE:
		return live() ? Health::good : Health::in_doubt;
	case MPLINK_REASON_NO_CARRIER:
		return Health::in_doubt;
	default:
		return Health::dead;
	}
}

void Link::take(const RestoreStep &step)
{
	restore_ = step.next;
	deadline_ms_ = step.deadline_ms;
	if (step.lengthened)
		lengthened_ms_ = step.wait_ms;
	reason_ = MPLINK_REASON_NONE;
	if (!restore_.usable()) {
		reason_ = why_not();
		if (!reason_ && !lives())
			reason_ = MPLINK_REASON_LIVENESS;
		else if (!reason_)
			reason_ = confirmed() ? MPLINK_REASON_WAIT_TO_RESTORE
					      : MPLINK_REASON_UNCONFIRMED;
	}
}

void Link::stamp(mplink_u64 now_ms)
{
	stamp_stage(route_ms_, static_cast<bool>(path_), now_ms);
	stamp_stage(valid_ms_, !reason_, now_ms);
}

// Trust ends with the first answer, with the first failure, or when its time is up.
void Link::judge_trust(mplink_u64 now_ms)
{
	if (!trusted())
		return;
	const bool over = restore_.usable() && !answers() && now_ms >= trusted_until_ms_;

	if (over)
		unanswered_ = MPLINK_REASON_LIVENESS;
	if (over || answers() || !restore_.usable())
		trusted_until_ms_ = 0;
}

void Link::judge_answer(mplink_u64 now_ms)
{
	if (now_ms >= answer_by_ms_)
		answer_by_ms_ = never;
	if (now_ms < tell_at_ms_)
		return;
	tell_at_ms_ = never;
	// Without carrier, address or route the user knows already.
	if (!why_not())
		unanswered_ = MPLINK_REASON_UNCONFIRMED;
}

bool Link::judge(Rtnl, const Settings &settings, mplink_u64 now_ms)
{
	const bool was_watched = watched_;

	judge_trust(now_ms);
	judge_answer(now_ms);
	reach_.publish(why_not() ? nullptr : path_.get());
	take(restore_step(
		restore_,
		{.wtr_ms = settings.liveness.wtr_ms, .holdoff_ms = settings.liveness.holdoff_ms},
		health(), now_ms));
	// With a hold-off, packets must not look at the session's word.
	watched_ = session_ && !trusted() && !settings.liveness.holdoff_ms;
	stamp(now_ms);
	if ((!was_) != (!reason_) || waits(was_) != waits(reason_))
		return true;
	// Only valid links have a path or a session in the published table.
	return !reason_ && (old_path_ || old_session_ || watched_ != was_watched);
}

bool Link::skip_wait(Rtnl, mplink_u64 now_ms)
{
	if (!waits(reason_))
		return false;
	take(restore_step(restore_, {.wtr_ms = 0, .holdoff_ms = 0}, Health::good, now_ms));
	stamp(now_ms);
	return true;
}

void Link::finish(Rtnl)
{
	old_path_ = {};
	old_session_ = {};
}

void Link::let_go(Rtnl)
{
	reach_.publish(nullptr);
	path_ = {};
	session_ = {};
}

} // namespace mplink
