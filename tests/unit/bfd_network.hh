// SPDX-License-Identifier: GPL-2.0
// Two BFD sessions in virtual time, joined by a channel that can do its worst.
#pragma once
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "bfd/session.hh"
#include "random.hh"

namespace mplink
{

// One direction of it.  Times are microseconds.
struct BfdChannel {
	mplink_u64 delay = 1000;
	mplink_u64 spread = 0;     // more delay, up to that: packets overtake each other
	mplink_u32 loss = 0;       // in a hundred
	mplink_u32 burst = ~0U;    // never loses more than that in a row
	mplink_u32 duplicates = 0; // in a hundred
	bool dead = false;
};

struct BfdHost {
	BfdHost(const mplink_bfd_config &config, mplink_u32 discr, mplink_u32 random)
	    : session(config, discr, random)
	{
	}

	BfdSession session;
	mplink_u64 starts_at = 0;
	mplink_u64 armed = never; // the kernel's timer
	BfdChannel out;
	mplink_u32 lost_in_row = 0;

	std::vector<std::pair<mplink_u64, BfdStep>> changes;
	std::vector<mplink_u64> reports; // when periodic packets were sent
	unsigned finals = 0;
	unsigned polls_heard = 0;
	std::map<mplink_u32, unsigned> drops;
};

class BfdNetwork
{
public:
	BfdNetwork(mplink_u32 seed, const mplink_bfd_config &a, const mplink_bfd_config &b)
	    : random(seed), hosts{BfdHost(a, 1, random()), BfdHost(b, 2, random())}
	{
		hosts[0].armed = hosts[1].armed = 0;
	}

	void start_at(int i, mplink_u64 time)
	{
		host(i).starts_at = host(i).armed = time;
	}
	BfdHost &host(int i)
	{
		return hosts[static_cast<std::size_t>(i)];
	}
	void both(const BfdChannel &channel)
	{
		host(0).out = host(1).out = channel;
	}
	bool up() const
	{
		return hosts[0].session.state() == MPLINK_BFD_UP &&
		       hosts[1].session.state() == MPLINK_BFD_UP;
	}
	bool down(int i)
	{
		return host(i).session.state() == MPLINK_BFD_DOWN;
	}

	void run_until(mplink_u64 end)
	{
		while (advance(end))
			;
		now = end;
	}
	// When, or never.
	template <class Condition>
	mplink_u64 run_until(mplink_u64 end, Condition condition)
	{
		while (!condition())
			if (!advance(end)) {
				now = end;
				return never;
			}
		return now;
	}

	// What the user does.
	void configure(int i, const mplink_bfd_config &config)
	{
		take(i, host(i).session.configure(now, config, random()));
	}
	void disable(int i)
	{
		take(i, host(i).session.disable(now, MPLINK_BFD_DIAG_ADMIN, random()));
	}
	void enable(int i)
	{
		take(i, host(i).session.enable(now, random()));
	}
	// Switched off and on: it knows nothing, and has another discriminator.
	void restart(int i, const mplink_bfd_config &config)
	{
		host(i).session = BfdSession(config, 100 + random.below(1000), random());
		host(i).armed = now;
	}

	fake::Random random;
	mplink_u64 now = 0;
	std::string wrong; // the first thing that may never be

private:
	struct Flight {
		int to;
		mplink_u8 bytes[bfd_max_len];
		mplink_u32 len;
	};

	bool advance(mplink_u64 end)
	{
		const mplink_u64 timer = std::min(host(0).armed, host(1).armed);
		const mplink_u64 arrival = flights_.empty() ? never : flights_.begin()->first;

		if (std::min(timer, arrival) > end)
			return false;
		now = std::max(now, std::min(timer, arrival));
		if (arrival <= timer) {
			const Flight flight = flights_.begin()->second;

			flights_.erase(flights_.begin());
			arrive(flight);
			return true;
		}

		const int i = host(0).armed == timer ? 0 : 1;

		host(i).armed = never;
		take(i, host(i).session.expire(now, random()));
		return true;
	}

	void arrive(const Flight &flight)
	{
		BfdHost &h = host(flight.to);
		BfdPacket packet;

		if (now < h.starts_at)
			return;
		require(bfd_parse(flight.bytes, flight.len, packet) == MPLINK_BFD_DROP_NONE,
			"a packet sent is refused");
		h.polls_heard += packet.poll;
		take(flight.to, h.session.receive(now, packet, random()));
	}

	void take(int i, const BfdStep &step)
	{
		BfdHost &h = host(i);

		if (step.changed())
			h.changes.emplace_back(now, step);
		if (step.drop)
			h.drops[step.drop]++;
		if (step.send != BfdSend::nothing)
			send(i, step.send);
		// Re-armed only when it became earlier, as the kernel does.
		if (step.deadline < h.armed)
			h.armed = std::max(step.deadline, now);
		require(step.deadline == h.session.deadline() || step.send != BfdSend::nothing,
			"a deadline that is none");
	}

	void send(int i, BfdSend what)
	{
		BfdHost &h = host(i);
		const BfdPacket packet = h.session.packet(what);
		Flight flight = {.to = 1 - i, .bytes = {}, .len = 0};

		require(!(packet.poll && packet.final), "poll and final");
		require(packet.final == (what == BfdSend::final), "a final unasked");
		require(packet.state == MPLINK_BFD_UP || packet.desired_min_tx >= 1000000,
			"fast while not up");
		require(packet.state != MPLINK_BFD_UP || packet.your_discr, "up with nobody");
		if (packet.final)
			h.finals++;
		else
			h.reports.push_back(now);
		flight.len = bfd_write(packet, flight.bytes);

		if (h.out.dead)
			return;
		if (random.below(100) < h.out.loss && h.lost_in_row < h.out.burst) {
			h.lost_in_row++;
			return;
		}
		h.lost_in_row = 0;
		for (bool again = true; again; again = random.below(100) < h.out.duplicates) {
			const mplink_u64 spread =
				h.out.spread ? random.below(static_cast<mplink_u32>(h.out.spread))
					     : 0;

			flights_.emplace(now + h.out.delay + spread, flight);
		}
	}

	void require(bool holds, const char *what)
	{
		if (!holds && wrong.empty())
			wrong = what;
	}

	std::vector<BfdHost> hosts;
	std::multimap<mplink_u64, Flight> flights_;
};

} // namespace mplink
