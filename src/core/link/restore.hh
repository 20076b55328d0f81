// SPDX-License-Identifier: GPL-2.0
// When a link may carry packets again (wait to restore and hold-off, terms
// of ITU-T G.8031), as a pure function of (state, time, conditions).
//
// What works for the first time is taken at once: only what has failed has to prove
// itself.  Times are milliseconds of a clock that does not go back.
#pragma once
#include "base/deadline.hh"

namespace mplink
{

struct RestoreConfig {
	mplink_u32 wtr_ms = 500;   // how long a link that came back has to work; 0: at once
	mplink_u32 holdoff_ms = 0; // how long one in doubt is given; 0: not at all
};

// A link that comes back, and fails again within 10 s of carrying packets or twice its
// last wait, whichever is longer, flaps: each time its wait doubles, up to 32 times
// wtr_ms and a minute.  At the default, 500 ms become 16 s: a link that flaps for good
// then takes part in three switches a minute, and one that was plugged in twice by a
// clumsy hand waits a second.  One that holds for longer has its past forgotten.
inline constexpr mplink_u32 restore_stable_ms = 10000;
inline constexpr mplink_u32 restore_max_doublings = 5;
inline constexpr mplink_u32 restore_max_wait_ms = 60000;

// What all conditions of a link (carrier, address, route, BFD) come to.
enum class Health {
	dead,     // packets are lost, or cannot be sent at all
	in_doubt, // packets may be lost, or not: the hold-off is for this
	good,
};

struct RestoreState {
	enum class Phase : mplink_u8 {
		fresh, // has never worked
		usable,
		held, // usable, while in doubt for less than the hold-off
		down,
		waiting, // works, but has to prove that it lasts
	};
	Phase phase = Phase::fresh;
	bool came_back = false;   // is usable after a failure
	bool told = false;        // of this episode of flapping
	mplink_u8 doublings = 0;  // of the wait
	mplink_u64 since_ms = 0;  // when the phase began
	mplink_u64 usable_ms = 0; // when it was last taken into use

	constexpr bool usable() const
	{
		return phase == Phase::usable || phase == Phase::held;
	}
	friend bool operator==(const RestoreState &, const RestoreState &) = default;
};

struct RestoreStep {
	RestoreState next;
	mplink_u64 deadline_ms; // call again then, whatever has happened; or never
	mplink_u32 wait_ms;     // how long a wait that begins now takes; 0: none does
	bool lengthened;        // for flapping: worth a line in the log, once an episode
};

// Called when a condition may have changed, and at the deadline; any other time is
// harmless.  A changed config counts from the next call.
RestoreStep restore_step(const RestoreState &state, const RestoreConfig &config, Health health,
			 mplink_u64 now_ms);

} // namespace mplink
