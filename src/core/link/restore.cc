// SPDX-License-Identifier: GPL-2.0
#include "link/restore.hh"

namespace mplink
{

namespace
{

using Phase = RestoreState::Phase;

// The limit applies to doubled waits only: a longer wait that the user set is kept.
mplink_u32 wait_ms(const RestoreState &state, const RestoreConfig &config)
{
	const mplink_u64 wait = mplink_u64{config.wtr_ms} << state.doublings;
	const mplink_u64 most =
		config.wtr_ms > restore_max_wait_ms ? config.wtr_ms : restore_max_wait_ms;

	return static_cast<mplink_u32>(earlier(wait, most));
}

mplink_u64 stable_ms(const RestoreState &state, const RestoreConfig &config)
{
	const mplink_u64 twice = 2 * mplink_u64{wait_ms(state, config)};

	return twice > restore_stable_ms ? twice : restore_stable_ms;
}

void begin(RestoreState &state, Phase phase, mplink_u64 now_ms)
{
	state.phase = phase;
	state.since_ms = now_ms;
}

void use(RestoreState &state, mplink_u64 now_ms)
{
	state.came_back = state.phase != Phase::fresh;
	state.usable_ms = now_ms;
	begin(state, Phase::usable, now_ms);
}

// Only a failure while the link is in use tells whether it flaps.  A failure while it waits costs
// no packet; the wait begins again.
void fail(RestoreState &state, const RestoreConfig &config, mplink_u64 now_ms)
{
	if (state.usable()) {
		if (now_ms - state.usable_ms >= stable_ms(state, config)) {
			state.doublings = 0;
			state.told = false;
		} else if (state.came_back && state.doublings < restore_max_doublings) {
			state.doublings++;
		}
	}
	begin(state, Phase::down, now_ms);
}

void work(RestoreState &state, const RestoreConfig &config, mplink_u64 now_ms)
{
	switch (state.phase) {
	case Phase::fresh:
		use(state, now_ms);
		break;
	case Phase::usable:
		break;
	case Phase::held:
		begin(state, Phase::usable, now_ms);
		break;
	case Phase::down:
		begin(state, Phase::waiting, now_ms);
		[[fallthrough]];
	case Phase::waiting:
		if (now_ms - state.since_ms >= wait_ms(state, config))
			use(state, now_ms);
		break;
	}
}

void doubt(RestoreState &state, const RestoreConfig &config, mplink_u64 now_ms)
{
	if (state.phase == Phase::usable)
		begin(state, Phase::held, now_ms);
	if (state.phase == Phase::waiting ||
	    (state.phase == Phase::held && now_ms - state.since_ms >= config.holdoff_ms))
		fail(state, config, now_ms);
}

mplink_u64 deadline_ms(const RestoreState &state, const RestoreConfig &config)
{
	switch (state.phase) {
	case Phase::held:
		return state.since_ms + config.holdoff_ms;
	case Phase::waiting:
		return state.since_ms + wait_ms(state, config);
	default:
		return never;
	}
}

} // namespace

RestoreStep restore_step(const RestoreState &state, const RestoreConfig &config, Health health,
			 mplink_u64 now_ms)
{
	RestoreState next = state;

	if (health == Health::good)
		work(next, config, now_ms);
	else if (health == Health::in_doubt)
		doubt(next, config, now_ms);
	else if (next.usable() || next.phase == Phase::waiting)
		fail(next, config, now_ms);

	const bool begins = next.phase == Phase::waiting && state.phase != Phase::waiting;
	const mplink_u32 wait = begins ? wait_ms(next, config) : 0;
	const bool lengthened = wait > config.wtr_ms && !next.told;

	if (lengthened)
		next.told = true;
	return {.next = next,
		.deadline_ms = deadline_ms(next, config),
		.wait_ms = wait,
		.lengthened = lengthened};
}

} // namespace mplink
