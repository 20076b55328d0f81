// SPDX-License-Identifier: GPL-2.0
// An exhaustive walk: every sequence of six things that can happen to a device,
// in whatever order, told, told twice, or told too late.
#include <gtest/gtest.h>

#include <string>

#include "link/nic_state.hh"

namespace mplink
{

namespace
{

// A kernel's device, and what was last told of it.  It is written from what the
// words mean, and shares nothing with the state machine.
struct Model {
	bool registered = false;
	bool up = false;
	bool carrier = false;
	bool addressed = false;
	bool ours = true; // it has the name that the user gave

	bool told_present = false;
	bool told_up = false;
	bool told_carrier = false;
	bool told_addressed = false;
	bool told_closing = false;
};

enum class Happening {
	none,
	plug,      // REGISTER
	unplug,    // UNREGISTER
	leave,     // UNREGISTER of a device that lives on
	opening,   // PRE_UP
	open,      // UP
	closing,   // GOING_DOWN
	close,     // DOWN
	cable,     // in if out, out if in; linkwatch is late
	linkwatch, // CHANGE
	assign,    // INET_UP
	remove,    // INET_DOWN
	rename_away,
	rename_back,
	noise, // CHANGEMTU
	count
};

mplink_u32 happen(Happening what, Model &m)
{
	switch (what) {
	case Happening::plug:
		m.registered = true;
		return MPLINK_EVENT_REGISTER;
	case Happening::unplug:
		m.registered = m.up = m.carrier = m.addressed = false;
		return MPLINK_EVENT_UNREGISTER;
	case Happening::leave:
		return MPLINK_EVENT_UNREGISTER;
	case Happening::opening:
		return MPLINK_EVENT_PRE_UP;
	case Happening::open:
		m.up = m.registered;
		return MPLINK_EVENT_UP;
	case Happening::closing:
		return MPLINK_EVENT_GOING_DOWN;
	case Happening::close:
		m.up = false;
		return MPLINK_EVENT_DOWN;
	case Happening::cable:
		m.carrier = !m.carrier;
		return 0;
	case Happening::linkwatch:
		return MPLINK_EVENT_CHANGE;
	case Happening::assign:
		m.addressed = m.registered;
		return MPLINK_EVENT_INET_UP;
	case Happening::remove:
		m.addressed = false;
		return MPLINK_EVENT_INET_DOWN;
	case Happening::rename_away:
		m.ours = false;
		return MPLINK_EVENT_CHANGENAME;
	case Happening::rename_back:
		m.ours = true;
		return MPLINK_EVENT_CHANGENAME;
	default:
		return MPLINK_EVENT_CHANGEMTU;
	}
}

void tell(Model &m, mplink_u32 event)
{
	const bool was_present = m.told_present;

	m.told_present = m.registered && m.ours && event != MPLINK_EVENT_UNREGISTER;
	m.told_up = m.up;
	m.told_carrier = m.carrier;
	m.told_addressed = m.addressed;
	if (event == MPLINK_EVENT_GOING_DOWN)
		m.told_closing = m.told_present;
	else if (!m.told_present || !was_present || event == MPLINK_EVENT_DOWN ||
		 event == MPLINK_EVENT_UP || event == MPLINK_EVENT_PRE_UP ||
		 event == MPLINK_EVENT_REGISTER)
		m.told_closing = false;
}

NicSnapshot snapshot_of(const Model &m)
{
	return {.registered = m.registered && m.ours,
		.up = m.up,
		.carrier = m.carrier,
		.addressed = m.addressed};
}

class Walk
{
public:
	void from(const NicState &state, const Model &model, unsigned left)
	{
		for (unsigned i = 1; i < static_cast<unsigned>(Happening::count) && !failed_; i++) {
			path_[left] = i;

			Model m = model;
			NicState next = state;

			if (const mplink_u32 event = happen(Happening{static_cast<int>(i)}, m)) {
				const NicSnapshot snapshot = snapshot_of(m);
				const NicStep step = nic_step(state, event, snapshot);

				tell(m, event);
				next = step.next;
				check(state, step, m, event, snapshot, left);
			}
			steps_++;
			if (left > 1)
				from(next, m, left - 1);
		}
	}
	unsigned long steps() const
	{
		return steps_;
	}

private:
	void check(const NicState &was, const NicStep &step, const Model &m, mplink_u32 event,
		   const NicSnapshot &snapshot, unsigned left)
	{
		const NicState &now = step.next;
		const NicStep repeat = nic_step(now, event, snapshot);
		// The snapshot alone is enough to know the state, except between
		// GOING_DOWN and DOWN.
		NicState amnesiac;

		if (m.told_closing)
			amnesiac = nic_step(amnesiac, MPLINK_EVENT_GOING_DOWN, snapshot).next;

		require(now.attached == m.told_present, "attached iff registered", left);
		require(now.valid() == (m.told_present && m.told_up && !m.told_closing &&
					m.told_carrier && m.told_addressed),
			"valid iff all snapshot say so", left);
		require(step.attach == (!was.attached && now.attached), "attaches once", left);
		require(step.detach == (was.attached && !now.attached), "detaches once", left);
		require(repeat.next == now && !repeat.attach && !repeat.detach,
			"a repeated event changes nothing", left);
		if (event != MPLINK_EVENT_UNREGISTER)
			require(nic_step(amnesiac, MPLINK_EVENT_REFRESH, snapshot).next ==
					nic_step(now, MPLINK_EVENT_REFRESH, snapshot).next,
				"lost events do no lasting harm", left);
	}
	void require(bool holds, const char *what, unsigned left)
	{
		if (holds || failed_)
			return;
		failed_ = true;

		std::string path;

		for (unsigned i = depth; i >= left; i--)
			path += " " + std::to_string(path_[i]);
		ADD_FAILURE() << what << ", after" << path;
	}

public:
	static constexpr unsigned depth = 6;

private:
	unsigned path_[depth + 1] = {};
	unsigned long steps_ = 0;
	bool failed_ = false;
};

TEST(NicStateWalk, AllSequencesUpToLengthSix)
{
	Walk walk;
	unsigned long expected = 0;
	unsigned long power = 1;

	for (unsigned i = 0; i < Walk::depth; i++) {
		power *= static_cast<unsigned long>(Happening::count) - 1;
		expected += power;
	}
	walk.from({}, {}, Walk::depth);
	EXPECT_EQ(walk.steps(), expected);
}

} // namespace

} // namespace mplink
