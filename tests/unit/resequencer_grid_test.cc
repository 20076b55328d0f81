// SPDX-License-Identifier: GPL-2.0
// The resequencer over a grid of delay, jitter, loss, duplication, rate and links, from
// printed seeds. MPLINK_SEED=n runs only that seed at each point.
//
// At every point packets come out in order, none twice. None is held past the upper bound of
// outoforder_timer, and none that arrived within the bound is refused. The exception: the first
// packets that overtake each other on a link, and the first ones that are later than the timer,
// may be late, because the resequencer learns from them.
#include <map>

#include "random.hh"
#include "resequencer_fixture.hh"
#include "seeds.hh"

namespace fake
{

namespace
{

constexpr mplink_u64 ms = 1000;
constexpr mplink_u64 second = 1000 * ms;

struct Point {
	mplink_u32 links;
	mplink_u32 rate;    // packets a second
	mplink_u64 spread;  // each link is that much slower than the one before
	mplink_u64 jitter;  // of each packet by itself: links let packets overtake each other
	mplink_u32 loss;    // in ten thousand
	mplink_u32 doubles; // in ten thousand, with a delay of their own
};

std::ostream &operator<<(std::ostream &out, const Point &p)
{
	return out << p.links << " links, " << p.rate << "/s, spread " << p.spread << " us, jitter "
		   << p.jitter << " us, loss " << p.loss << ", doubles " << p.doubles;
}

class Grid : public Clean
{
protected:
	struct Result {
		mplink_u64 arrived = 0;  // packets, each but once
		mplink_u64 refused = 0;  // of these
		mplink_u64 late_end = 0; // refused in the second half
		mplink_u64 twice = 0;
		mplink_resequencer_counters sum = {};
		mplink_u32 first = 0; // number that arrived
		std::string wrong;
	};

	static Result send(const Point &p, mplink_u32 seed, mplink_u32 count)
	{
		struct Arrival {
			mplink_u32 number;
			mplink_u32 link;
		};
		Random random(seed);
		Resequencing all((1U << p.links) - 1);
		std::multimap<mplink_u64, Arrival> arrivals;
		std::vector<mplink_u8> seen(count), out(count);
		Result result;
		mplink_u64 at = all.now();
		const auto jitter = [&] {
			return p.jitter ? random.below(static_cast<mplink_u32>(2 * p.jitter)) : 0;
		};

		all.quick = true;
		all.config.outoforder_max_us.write(2000000);
		all.config.max_perflow_buffer.write(60000);
		all.config.max_peer_buffer.write(60000);
		for (mplink_u32 n = 0; n < count; n++) {
			const mplink_u32 link = n % p.links;

			at += 2 * second / p.rate * random.below(1000) / 999;
			if (random.below(10000) < p.loss)
				continue;

			const mplink_u64 base = at + 3 * ms + link * p.spread;

			arrivals.emplace(base + jitter(), Arrival{n, link});
			if (random.below(10000) < p.doubles)
				arrivals.emplace(base + jitter(), Arrival{n, link});
		}

		const auto see = [&](const std::vector<Resequencing::Out> &outs) {
			for (const auto &o : outs) {
				if (!o.drop)
					result.twice += out[o.seq]++;
				else if (o.drop == MPLINK_GRE_DROP_LATE)
					result.late_end += o.seq > count / 2;
			}
		};

		result.first = arrivals.begin()->second.number;
		for (const auto &[when, arrival] : arrivals) {
			see(all.pass(when - all.now()));
			see(all.arrive(arrival.number, arrival.link));
			result.arrived += !seen[arrival.number]++;
		}
		see(all.pass(3 * second));
		for (mplink_u32 n = 0; n < count; n++)
			result.refused += seen[n] && !out[n];
		result.sum = all.counters();
		result.wrong = all.wrong;
		return result;
	}
	// So many packets pass before a link brings its first one that it is not waited for.
	static bool beyond_patience(mplink_u32 links, mplink_u32 rate, mplink_u64 spread)
	{
		return rate * spread * (links - 1) / second > mplink::Resequencer::patience / 2;
	}
	static void holds(const Point &p, mplink_u32 seed, mplink_u32 count)
	{
		std::ostringstream what;

		what << p;
		SCOPED_TRACE(what.str());

		const Result r = send(p, seed, count);

		EXPECT_EQ(r.wrong, "");
		EXPECT_EQ(r.twice, 0U);
		// If the first packet has overtaken many, the bucket begins anew with those.
		if (r.first < mplink::Resequencer::first_numbers) {
			EXPECT_EQ(r.sum.restarts, 0U);
		}
		EXPECT_EQ(r.sum.held, 0U);
		// Where no link reorders, and all are within the first guess, there is
		// nothing to learn.
		if (!p.jitter && p.spread * (p.links - 1) < 150 * ms) {
			EXPECT_EQ(r.refused, 0U);
		}
		// Otherwise learning costs some packets: at most those that are sent while a
		// packet may be overtaken.  In the end it costs few, because an event that
		// happens once in a minute is learned each time.
		EXPECT_LE(r.refused, r.arrived / 100 + 3 + 2 * p.jitter * p.rate / second);
		EXPECT_LE(r.late_end, 4U);
	}
};

TEST_F(Grid, EveryPoint)
{
	each_seed(1, [](mplink_u32 seed) {
		for (const mplink_u32 links : {1U, 2U, 3U})
			for (const mplink_u32 rate : {50U, 1000U, 10000U})
				for (const mplink_u64 spread : {mplink_u64{0}, 10 * ms, 90 * ms})
					for (const mplink_u64 jitter :
					     {mplink_u64{0}, 1 * ms, 5 * ms, 20 * ms})
						for (const mplink_u32 loss : {0U, 10U, 100U})
							for (const mplink_u32 doubles :
							     {0U, 500U}) {
								if (links == 1 && spread)
									continue;
								if (beyond_patience(links, rate,
										    spread))
									continue;
								holds({links, rate, spread, jitter,
								       loss, doubles},
								      seed * 7919, 2000);
							}
	});
}

// Anywhere between, for longer.
TEST_F(Grid, AnyPoint)
{
	each_seed(40, [](mplink_u32 seed) {
		Random random(seed);
		const Point p = {.links = 1 + random.below(4),
				 .rate = 20U << random.below(10),
				 .spread = random.below(2) * random.below(100000),
				 .jitter = random.below(2) * random.below(50000),
				 .loss = random.below(2) * random.below(1000),
				 .doubles = random.below(2) * random.below(2000)};

		if (!beyond_patience(p.links, p.rate, p.spread))
			holds(p, seed, 8000);
	});
}

} // namespace

} // namespace fake
