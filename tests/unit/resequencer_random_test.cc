// SPDX-License-Identifier: GPL-2.0
// Packets over links that lose, double and delay them, compared with a model. The seeds are
// printed. MPLINK_SEED=n runs only that seed.
#include <deque>

#include "random.hh"
#include "resequencer_fixture.hh"
#include "resequencer_model.hh"
#include "seeds.hh"

namespace fake
{

namespace
{

// One link's way: what goes in comes out in the same order.
struct Way {
	mplink_u64 delay = 0;
	mplink_u64 jitter = 0;
	mplink_u32 loss = 0;    // in a thousand
	mplink_u32 doubles = 0; // in a thousand
	mplink_u32 weight = 1;
	mplink_u64 last = 0;
};

struct Arrival {
	mplink_u64 number; // that does not wrap
	mplink_u32 life;
	mplink_u32 link;
};

// All that a sender sends over some links, by the time when it arrives.
class Traffic
{
public:
	explicit Traffic(Random &random) : random_(random), ways(1 + random.below(4))
	{
		for (Way &way : ways) {
			way.delay = random_.below(3) ? random_.below(40000) : 0;
			way.jitter = 1 + random_.below(2) * random_.below(20000);
			way.loss = random_.below(3) ? 0 : random_.below(200);
			way.doubles = random_.below(3) ? 0 : random_.below(100);
			way.weight = 1 + random_.below(5);
		}
		broadcast = random_.below(5) == 0;
	}

	void send(mplink_u64 number, mplink_u32 life, mplink_u64 now)
	{
		if (broadcast) {
			for (mplink_u32 link = 0; link < ways.size(); link++)
				send(number, life, now, link);
			return;
		}

		mplink_u32 total = 0;
		mplink_u32 link = 0;

		for (const Way &way : ways)
			total += way.weight;
		for (mplink_u32 at = random_.below(total); at >= ways[link].weight; link++)
			at -= ways[link].weight;
		send(number, life, now, link);
	}
	void send(mplink_u64 number, mplink_u32 life, mplink_u64 now, mplink_u32 link)
	{
		Way &way = ways[link];
		const auto jitter = static_cast<mplink_u32>(way.jitter);

		way.last = std::max(way.last, now + way.delay + random_.below(jitter));
		if (random_.below(1000) < way.loss)
			return;
		arrivals.emplace(way.last, Arrival{number, life, link});
		if (random_.below(1000) < way.doubles)
			arrivals.emplace(way.last, Arrival{number, life, link});
	}

private:
	Random &random_;

public:
	std::vector<Way> ways;
	bool broadcast;
	std::multimap<mplink_u64, Arrival> arrivals;
};

class RandomPackets : public Clean
{
protected:
	static void same(const std::vector<Resequencing::Out> &out, const Model::Numbers &expected,
			 mplink_u64 base, const Model &model)
	{
		Numbers numbers;

		for (const mplink_u64 number : expected)
			numbers.push_back(static_cast<mplink_u32>(base + number));
		ASSERT_EQ(delivered(out), numbers);
		for (const auto &o : out)
			if (o.drop == MPLINK_GRE_DROP_DUPLICATE) {
				ASSERT_TRUE(model.has(o.tag)) << o.tag;
			} else if (o.drop == MPLINK_GRE_DROP_LATE) {
				ASSERT_LT(o.tag, model.next());
			}
	}
};

TEST_F(RandomPackets, AreDeliveredAsTheModelSays)
{
	each_seed(60, [](mplink_u32 seed) {
		Random random(seed);
		Traffic traffic(random);
		// Both wrap now and then.
		const mplink_u64 base =
			random.below(2) ? (1ULL << 32) - 64 - random.below(1500) : 0;
		Resequencing all(0, 1000000 + random.below(1000000));
		Model model(base);
		mplink_u64 at = all.now();
		const mplink_u32 interval = 1 + random.below(2000);
		const bool flapping = random.below(3) == 0;

		all.alive = (1U << traffic.ways.size()) - 1;
		all.config.max_perflow_buffer.write(60000);
		all.config.max_peer_buffer.write(60000);
		for (mplink_u64 n = 0; n < 3000; n++) {
			// It rests, too.
			at += random.below(500) ? random.below(2 * interval) : 500000;
			traffic.send(n, 0, at);
		}

		for (const auto &[when, arrival] : traffic.arrivals) {
			while (all.deadline() <= when) {
				const auto out =
					all.pass(std::max(all.deadline(), all.now()) - all.now());

				ASSERT_NO_FATAL_FAILURE(same(
					out,
					model.settle(all.now(), all.alive, all.counters().timer_us),
					base, model));
			}
			all.pass(when - all.now());
			if (flapping && !random.below(200)) {
				all.alive = random() & ((1U << traffic.ways.size()) - 1);

				const auto out = all.expire();

				ASSERT_NO_FATAL_FAILURE(same(
					out,
					model.settle(all.now(), all.alive, all.counters().timer_us),
					base, model));
			}

			const auto out = all.arrive(static_cast<mplink_u32>(base + arrival.number),
						    arrival.link, 0, arrival.number);

			ASSERT_NO_FATAL_FAILURE(
				same(out,
				     model.arrive(arrival.number, arrival.link, all.now(),
						  all.alive, all.counters().timer_us),
				     base, model));
			// What one packet alone has passed over is not counted yet.
			ASSERT_LE(all.lost(), model.lost());
			ASSERT_EQ(all.wrong, "");
		}
		EXPECT_EQ(all.counters().restarts, 0U);
		all.flush();
		// Each number was delivered, or lost, or is one of a packet refused.
		EXPECT_EQ(all.arrived, all.delivered + all.refused);
	});
}

// A sender that begins anew, again and again, with what it had sent still under way, and
// often over other links than before.
TEST_F(RandomPackets, AreHeardAgainAfterARestart)
{
	each_seed(40, [](mplink_u32 seed) {
		Random random(seed);
		Traffic traffic(random);
		Resequencing all(0);
		const mplink_u32 links = static_cast<mplink_u32>(traffic.ways.size());
		std::vector<mplink_u64> starts;
		mplink_u64 at = all.now();

		traffic.broadcast = false;
		for (Way &way : traffic.ways)
			way.loss = way.doubles = 0;
		all.alive = 15;
		for (mplink_u32 life = 0; life < 5; life++) {
			const mplink_u32 count = 1 + random.below(random.below(3) ? 3000 : 100);
			const mplink_u32 interval = 1 + random.below(5000);
			const mplink_u32 only = random.below(2 * links);

			starts.push_back(at);
			for (mplink_u64 n = 0; n < count; n++) {
				at += random.below(2 * interval);
				if (only < links)
					traffic.send(n, life, at, only);
				else
					traffic.send(n, life, at);
			}
			at += random.below(300000);
		}

		mplink_u64 last = 0;
		unsigned deaf = 0;

		for (const auto &[when, arrival] : traffic.arrivals) {
			const auto check = [&](const std::vector<Resequencing::Out> &out) {
				for (const auto &o : out) {
					const mplink_u64 life = o.tag >> 32;

					// Short ones cannot be told apart for certain.
					if (!o.drop && o.seq > 200 && (last & 0xffffffff) > 200) {
						EXPECT_GT(o.tag, last);
					}
					if (!o.drop)
						last = o.tag;
					else
						deaf += all.now() > starts[life] + 3000000;
				}
			};

			check(all.pass(when - all.now()));
			check(all.arrive(static_cast<mplink_u32>(arrival.number), arrival.link, 0,
					 mplink_u64{arrival.life} << 32 | arrival.number));
			ASSERT_EQ(all.wrong, "");
			if (HasFailure())
				return;
		}
		EXPECT_LE(all.counters().restarts, 8U);
		// Where the timer follows a spread that has grown, some are late.
		EXPECT_LE(deaf, 20U);
	});
}

// Any of the last packets is sent once more, at any time and by any link, whether it has come or
// not.  Nothing is delivered twice, or after what was sent behind it.
TEST_F(RandomPackets, SentOnceMoreAreDeliveredOnce)
{
	mplink_u64 replayed = 0;
	mplink_u64 waited = 0;

	each_seed(60, [&](mplink_u32 seed) {
		Random random(seed);
		Traffic traffic(random);
		const mplink_u64 base =
			random.below(2) ? (1ULL << 32) - 64 - random.below(1500) : 0;
		Resequencing all(0);
		const mplink_u32 links = static_cast<mplink_u32>(traffic.ways.size());
		const mplink_u32 interval = 1 + random.below(2000);
		const mplink_u32 promise = random.below(3) ? random.below(100) : 0;
		mplink_u64 at = all.now();
		mplink_u64 sent = 0;

		all.alive = (1U << links) - 1;
		all.config.max_perflow_buffer.write(1 + random.below(2000));
		traffic.broadcast = false;
		for (; sent < 3000; sent++) {
			at += random.below(500) ? random.below(2 * interval) : 500000;
			traffic.send(sent, 0, at);
		}
		sent = 0;
		for (const auto &[when, arrival] : traffic.arrivals) {
			all.pass(when - all.now());
			if (!random.below(50)) {
				// What the sender may tell wrongly.
				all.resent = random.below(4) ? 0 : mplink_u64{random()} << 32;
				all.mark(random.below(links), random.below(50000), promise);
			}
			if (!random.below(200))
				all.alive = random() & ((1U << links) - 1);
			while (!random.below(4)) {
				// Now and then it comes before its first copy.
				const mplink_u64 number =
					sent + random.below(8) - random.below(200);

				if (number < 3000)
					all.replay(static_cast<mplink_u32>(base + number),
						   random.below(links));
			}
			all.arrive(static_cast<mplink_u32>(base + arrival.number), arrival.link);
			sent = std::max(sent, arrival.number);
			if (!random.below(300))
				all.review();
			ASSERT_EQ(all.wrong, "");
		}
		all.flush();
		EXPECT_EQ(all.arrived, all.delivered + all.refused);
		EXPECT_EQ(all.counters().restarts, 0U);
		replayed += all.counters().replayed;
		waited += promise > 0;
	});
	EXPECT_GT(replayed, 0U);
	EXPECT_GT(waited, 0U);
}

// A full buffer takes no packet that came, and what comes is kept within its bounds.
TEST_F(RandomPackets, OfManyBucketsStayWithinTheBuffers)
{
	mplink_u64 lost = 0;

	each_seed(30, [&lost](mplink_u32 seed) {
		Random random(seed);
		Resequencing all(7);
		mplink_u32 next[4] = {};

		all.config.max_perflow_buffer.write(1 + random.below(20));
		all.config.max_peer_buffer.write(1 + random.below(40));
		for (int i = 0; i < 3000; i++) {
			const mplink_u32 bucket = random.below(4);
			const mplink_u32 seq = next[bucket] + random.below(30);

			all.pass(random.below(2000));
			if (random.below(2))
				all.arrive(seq, random.below(3), bucket);
			else
				all.arrive(next[bucket]++, random.below(3), bucket);
			ASSERT_EQ(all.wrong, "");
		}
		lost += all.counters().lost_overflow;
	});
	EXPECT_GT(lost, 0U);
}

} // namespace

} // namespace fake
