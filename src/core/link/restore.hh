// SPDX-License-Identifier: GPL-2.0
// When a link may carry packets again: wait to restore and hold-off (terms of ITU-T G.8031), as
// a pure function of (state, time, conditions).
//
// A link that works for the first time is used at once.  Only a link that has failed must wait.
// Times are milliseconds of a clock that does not go back.
#pragma once
#include "base/deadline.hh"

namespace mplink
{

struct RestoreConfig {
	mplink_u32 wtr_ms = 500; // how long a link that came back must work before use; 0: no wait
	mplink_u32 holdoff_ms = 0; // how long a link in doubt stays in use; 0: not at all
};

// A link flaps if it comes back and fails again soon: after less than 10 s of use, or less than
// twice its last wait, whichever is longer.  Each time its wait doubles, up to 32 times wtr_ms
// and at most a minute.  By default, 500 ms become 16 s.  So a link that flaps all the time
// causes three switches per minute, and a cable that was plugged in twice waits a second.  When
// a link works for longer, its past is forgotten.
inline constexpr mplink_u32 restore_stable_ms = 10000;
inline constexpr mplink_u32 restore_max_doublings = 5;
inline constexpr mplink_u32 restore_max_wait_ms = 60000;

// The sum of a link's conditions: carrier, address, route, BFD.
enum class Health {
	dead,     // packets are lost or cannot be sent
	in_doubt, // packets may be lost: the hold-off is for this
	good,
};

struct RestoreState {
	enum class Phase : mplink_u8 {
		fresh, // has never worked
		usable,
		held, // in doubt for less than the hold-off, and still usable
		down,
		waiting, // works, but must wait to restore
	};
	Phase phase = Phase::fresh;
	bool came_back = false;   // is usable again after a failure
	bool told = false;        // the user was told of this episode of flapping
	mplink_u8 doublings = 0;  // how often the wait has doubled
	mplink_u64 since_ms = 0;  // when the phase began
	mplink_u64 usable_ms = 0; // when it was last put into use

	constexpr bool usable() const
	{
		return phase == Phase::usable || phase == Phase::held;
	}
	friend bool operator==(const RestoreState &, const RestoreState &) = default;
};

struct RestoreStep {
	RestoreState next;
	mplink_u64 deadline_ms; // call again then, or never
	mplink_u32 wait_ms;     // the length of a wait that begins now; 0: none does
	bool lengthened;        // because the link flaps; true once per episode, for the log
};

// Call it when a condition may have changed, and at the deadline; other calls do no harm.  A
// changed config takes effect at the next call.
RestoreStep restore_step(const RestoreState &state, const RestoreConfig &config, Health health,
			 mplink_u64 now_ms);

} // namespace mplink
