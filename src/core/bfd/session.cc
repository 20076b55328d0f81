// SPDX-License-Identifier: GPL-2.0
#include "bfd/session.hh"

#include "base/order.hh"

namespace mplink
{

namespace
{

// While the peer may not be listening: at most one packet per second (6.8.3).
constexpr mplink_u32 slow = 1000000;

// A change is sent at once, but after eight in a row at most four per second.  On a path that
// delays and duplicates packets, the two ends could else answer each other's old states for
// ever.
constexpr mplink_u64 news_interval = 250000;
constexpr mplink_u64 news_burst = 7 * news_interval;

// A peer may ask for a detection time of 12 days.  While the session is Up, we obey.  A session
// that is not Up carries nothing, so it may forget its peer sooner, and then a restarted peer
// can reach it.
constexpr mplink_u64 forgotten_after = 3 * mplink_u64{MPLINK_BFD_MAX_INTERVAL_US};

constexpr bool valid_interval(mplink_u32 us)
{
	return us >= MPLINK_BFD_MIN_INTERVAL_US && us <= MPLINK_BFD_MAX_INTERVAL_US;
}

// 75 to 100 % of the interval, so that sessions do not synchronise.  At most 90 % if a single
// late packet would be a failure (6.8.7).
mplink_u64 jittered(mplink_u32 interval, mplink_u8 detect_mult, mplink_u32 random)
{
	constexpr mplink_u32 whole = 1U << 16;
	constexpr mplink_u32 least = whole / 4 * 3;
	const mplink_u32 span = detect_mult == 1 ? whole * 15 / 100 : whole - least;
	const mplink_u32 share = least + (random >> 16) * span / whole;

	return mplink_u64{interval} * share / whole;
}

} // namespace

bool bfd_valid(const mplink_bfd_config &config)
{
	return valid_interval(config.min_tx_us) && valid_interval(config.min_rx_us) &&
	       config.detect_mult &&
	       (config.auth_type == MPLINK_BFD_AUTH_NONE ||
		config.auth_type == MPLINK_BFD_AUTH_SHA1 ||
		config.auth_type == MPLINK_BFD_AUTH_METICULOUS_SHA1);
}

mplink_u8 bfd_next_state(mplink_u8 state, mplink_u8 received)
{
	switch (state) {
	case MPLINK_BFD_DOWN:
		if (received == MPLINK_BFD_DOWN)
			return MPLINK_BFD_INIT;
		return received == MPLINK_BFD_INIT ? MPLINK_BFD_UP : MPLINK_BFD_DOWN;
	case MPLINK_BFD_INIT:
		if (received == MPLINK_BFD_INIT || received == MPLINK_BFD_UP)
			return MPLINK_BFD_UP;
		return received == MPLINK_BFD_DOWN ? MPLINK_BFD_INIT : MPLINK_BFD_DOWN;
	case MPLINK_BFD_UP:
		if (received == MPLINK_BFD_INIT || received == MPLINK_BFD_UP)
			return MPLINK_BFD_UP;
		return MPLINK_BFD_DOWN;
	default:
		return MPLINK_BFD_ADMIN_DOWN;
	}
}

BfdSession::BfdSession(const mplink_bfd_config &config, mplink_u32 local_discr, mplink_u32 random)
    : config_(config), auth_(random), local_discr_(local_discr)
{
	adopt();
}

mplink_u32 BfdSession::tx_interval() const
{
	return remote_min_rx_ ? larger(min_tx_in_use_, remote_min_rx_) : 0;
}

mplink_u32 BfdSession::rx_interval() const
{
	return remote_detect_mult_ ? larger(min_rx_in_use_, remote_min_tx_) : 0;
}

mplink_u64 BfdSession::detection_time() const
{
	const mplink_u64 asked = mplink_u64{remote_detect_mult_} * rx_interval();

	return up() ? asked : earlier(asked, forgotten_after);
}

// Whether the peer is in Demand mode and wants no periodic packets (6.6).
bool BfdSession::demanded() const
{
	return remote_demand_ && up() && remote_state_ == MPLINK_BFD_UP;
}

// When the next early packet may be sent.
mplink_u64 BfdSession::news_from() const
{
	return news_paid_ > news_burst ? news_paid_ - news_burst : 0;
}

// When the next report is due (6.8.7).
mplink_u64 BfdSession::transmission() const
{
	return news_ ? earlier(news_from(), periodic()) : periodic();
}

mplink_u64 BfdSession::periodic() const
{
	if (!remote_min_rx_ || (demanded() && poll_ != Poll::due && poll_ != Poll::sent))
		return never;
	return sent_at_ + jittered(tx_interval(), detect_mult_, jitter_);
}

// When the peer will have been silent for too long.
mplink_u64 BfdSession::detection() const
{
	if (!heard())
		return never;

	const mplink_u64 at = heard_at_ + detection_time();

	return at > excused_until_ ? at : excused_until_;
}

// If our own timer ran late by an interval or more (paused VM, starved CPU), packets may be
// waiting unread: allow one more interval.  Only once per silence, so that even a slow host
// finds a dead path.
bool BfdSession::excuse(mplink_u64 now)
{
	if (excused_until_ || elapsed(now, deadline()) < rx_interval())
		return false;
	excused_until_ = now + rx_interval();
	return true;
}

mplink_u64 BfdSession::deadline() const
{
	return earlier(transmission(), detection());
}

// Tells the peer what the user wants, as far as the state allows.  While Up, no poll sequence
// may be under way, because one Final cannot confirm two changes.  When the session comes Up,
// one may be: then only the interval changes, to a shorter one, and nothing waits for the
// Final.
void BfdSession::adopt()
{
	const mplink_u32 tx = up() ? config_.min_tx_us : larger(config_.min_tx_us, slow);
	const mplink_u32 rx = config_.min_rx_us;
	const bool differs = tx != desired_min_tx_ || rx != required_min_rx_ ||
			     config_.detect_mult != detect_mult_;

	desired_min_tx_ = tx;
	required_min_rx_ = rx;
	detect_mult_ = config_.detect_mult;

	// While Up, the peer must know first: it must expect fewer packets before we send fewer,
	// and send more before we expect more.
	if (!up() || tx < min_tx_in_use_)
		min_tx_in_use_ = tx;
	if (!up() || rx > min_rx_in_use_)
		min_rx_in_use_ = rx;

	// A peer that is not heard knows no older values.
	if (differs)
		poll_ = heard() ? Poll::due : Poll::none;
}

void BfdSession::enter(mplink_u8 state, mplink_u8 diag)
{
	state_ = state;
	diag_ = diag;
	news_ = true;
	adopt();
}

BfdStep BfdSession::step(mplink_u8 from, BfdSend send, mplink_u32 drop) const
{
	return {.drop = drop,
		.send = send,
		.from = from,
		.to = state_,
		.diag = diag_,
		.deadline = deadline()};
}

// Sends a report, which begins a new interval even if it is early.  So a change does not add a
// packet, but sends one sooner.
BfdStep BfdSession::report(mplink_u8 from, mplink_u64 now, mplink_u32 random)
{
	if (news_)
		news_paid_ = (now > news_paid_ ? now : news_paid_) + news_interval;
	sent_at_ = now;
	jitter_ = random;
	news_ = false;
	return step(from, BfdSend::report);
}

// Ends an input that may have changed something: tells the peer if it did.
BfdStep BfdSession::report_news(mplink_u8 from, mplink_u64 now, mplink_u32 random)
{
	if (news_ && now >= news_from())
		return report(from, now, random);
	return step(from, BfdSend::nothing);
}

mplink_u32 BfdSession::check(mplink_u64 now, const BfdPacket &packet) const
{
	if (packet.your_discr && packet.your_discr != local_discr_)
		return MPLINK_BFD_DROP_SESSION;

	BfdAuth auth = auth_;

	// 6.8.1, bfd.AuthSeqKnown
	if (now >= (heard() ? heard_at_ + 2 * detection_time() : auth_until_))
		auth.forget();
	return auth.check(config_, packet);
}

void BfdSession::hear_final(bool final)
{
	if (poll_ == Poll::sent && final) {
		min_tx_in_use_ = desired_min_tx_;
		min_rx_in_use_ = required_min_rx_;
		poll_ = Poll::settling;
	} else if (poll_ == Poll::settling && !final) {
		poll_ = Poll::none;
		adopt();
	}
}

void BfdSession::hear(const BfdPacket &packet)
{
	auth_.accept(packet);
	excused_until_ = 0;
	remote_discr_ = packet.my_discr;
	remote_state_ = packet.state;
	remote_diag_ = packet.diag;
	remote_demand_ = packet.demand;
	remote_min_rx_ = packet.required_min_rx;
	remote_min_tx_ = packet.desired_min_tx;
	remote_detect_mult_ = packet.detect_mult;
	hear_final(packet.final);
}

// Forgets what the peer asked for.  Else a last packet that asked for few or no packets would
// keep us from ever finding the restarted peer.  RFC 5880 6.8.1 requires this for the
// discriminator only; BIRD resets the same variables as we do.  The sequence number counts for
// a while longer (6.8.1, bfd.AuthSeqKnown), so that old packets cannot be replayed at once.
void BfdSession::forget_peer()
{
	auth_until_ = heard_at_ + 2 * detection_time();
	remote_discr_ = 0;
	remote_state_ = MPLINK_BFD_DOWN;
	remote_demand_ = false;
	remote_min_rx_ = 1;
	remote_min_tx_ = 0;
	remote_detect_mult_ = 0;
	poll_ = Poll::none;
}

BfdStep BfdSession::receive(mplink_u64 now, const BfdPacket &packet, mplink_u32 random)
{
	const mplink_u8 was = state_;

	if (const mplink_u32 drop = check(now, packet))
		return step(was, BfdSend::nothing, drop);
	hear(packet);
	heard_at_ = now;
	if (was == MPLINK_BFD_ADMIN_DOWN)
		return step(was, BfdSend::nothing, MPLINK_BFD_DROP_ADMIN_DOWN);

	const mplink_u8 next = bfd_next_state(was, packet.state);

	// Users can read the reason of the last failure until the session is Up again.
	if (next != was)
		enter(next, next == MPLINK_BFD_UP     ? mplink_u8{MPLINK_BFD_DIAG_NONE}
			    : next == MPLINK_BFD_DOWN ? mplink_u8{MPLINK_BFD_DIAG_NEIGHBOUR}
						      : diag_);
	if (packet.poll) {
		// The answer also tells what has changed.
		news_ = false;
		return step(was, BfdSend::final);
	}
	return report_news(was, now, random);
}

BfdStep BfdSession::expire(mplink_u64 now, mplink_u32 random)
{
	const mplink_u8 was = state_;

	if (now >= detection() && !excuse(now)) {
		forget_peer();
		if (was == MPLINK_BFD_INIT || was == MPLINK_BFD_UP)
			enter(MPLINK_BFD_DOWN, MPLINK_BFD_DIAG_TIMEOUT);
	}
	if (now >= transmission())
		return report(was, now, random);
	return step(was, BfdSend::nothing);
}

BfdStep BfdSession::configure(mplink_u64 now, const mplink_bfd_config &config, mplink_u32 random)
{
	// Each key has its own sequence numbers.
	if (config.auth_type != config_.auth_type || config.auth_key_id != config_.auth_key_id)
		auth_.forget();
	config_ = config;
	if (!up() || poll_ == Poll::none)
		adopt();
	return report_news(state_, now, random);
}

BfdStep BfdSession::disable(mplink_u64 now, mplink_u8 diag, mplink_u32 random)
{
	const mplink_u8 was = state_;

	if (was != MPLINK_BFD_ADMIN_DOWN || diag != diag_)
		enter(MPLINK_BFD_ADMIN_DOWN, diag);
	return report_news(was, now, random);
}

BfdStep BfdSession::enable(mplink_u64 now, mplink_u32 random)
{
	const mplink_u8 was = state_;

	if (was == MPLINK_BFD_ADMIN_DOWN)
		enter(MPLINK_BFD_DOWN, diag_);
	return report_news(was, now, random);
}

BfdPacket BfdSession::packet(BfdSend what)
{
	const bool final = what == BfdSend::final;
	const bool poll = !final && (poll_ == Poll::due || poll_ == Poll::sent);
	const bool auth = config_.auth_type != MPLINK_BFD_AUTH_NONE;

	if (poll)
		poll_ = Poll::sent;
	return {
		.diag = diag_,
		.state = state_,
		.poll = poll,
		.final = final,
		// BFD runs in the kernel, where packets are forwarded.  It does not end with a
		// daemon.
		.control_plane_independent = true,
		.demand = false,
		.detect_mult = detect_mult_,
		.my_discr = local_discr_,
		.your_discr = remote_discr_,
		.desired_min_tx = desired_min_tx_,
		.required_min_rx = required_min_rx_,
		.required_min_echo_rx = 0,
		.auth_type = static_cast<mplink_u8>(config_.auth_type),
		.auth_key_id = auth ? config_.auth_key_id : mplink_u8{0},
		.auth_seq = auth ? auth_.next() : 0,
	};
}

} // namespace mplink
