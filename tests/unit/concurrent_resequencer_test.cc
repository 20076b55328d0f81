// SPDX-License-Identifier: GPL-2.0
// One peer's buckets on several CPUs, while links are added and others look on.
#include <atomic>
#include <mutex>
#include <thread>

#include "fixture.hh"
#include "random.hh"
#include "tunnel/resequencer.hh"

namespace fake
{

namespace
{

using mplink::LinksAlive;
using mplink::Resequencer;

constexpr mplink_u32 nr_cpus = 4;
constexpr mplink_u32 nr_buckets = 8;
constexpr mplink_u32 per_cpu = 20000;

class ConcurrentResequencer : public Clean
{
};

// What the kernel's locks would guard.
struct Buckets {
	std::mutex locks[nr_buckets];
	mplink_u32 next[nr_buckets] = {};
};

struct Totals {
	mplink_u64 delivered = 0;
	mplink_u64 refused = 0;

	void add(const mplink_release &release)
	{
		for (mplink_held *p = release.deliver, *next; p; p = next, delivered++) {
			next = p->next;
			delete p;
		}
		for (mplink_held *p = release.refused, *next; p; p = next, refused++) {
			next = p->next;
			delete p;
		}
	}
};

void receive(Resequencer &all, Buckets &buckets, const std::atomic<mplink_u32> &links,
	     mplink_u32 seed, Totals &totals)
{
	Random random(seed);

	for (mplink_u32 i = 0; i < per_cpu; i++) {
		const mplink_u32 bucket = random.below(nr_buckets);
		const std::scoped_lock guard(buckets.locks[bucket]);
		const mplink_u32 ahead = random.below(4) ? 0 : random.below(6);
		auto *packet = new mplink_held{.next = nullptr,
					       .held_us = 0,
					       .seq = buckets.next[bucket] + ahead,
					       .link = static_cast<mplink_u8>(random.below(links)),
					       .drop = 0};
		mplink_release release = {};

		buckets.next[bucket] += !ahead;
		if (all.in_order(bucket, *packet)) {
			totals.delivered++;
			delete packet;
			continue;
		}
		all.arrive(bucket, LinksAlive((mplink_u64{1} << links) - 1), *packet, release);
		totals.add(release);
		if (!random.below(64)) {
			all.expire(bucket, LinksAlive(mplink_u64{random.below(16)}), release);
			totals.add(release);
		}
	}
}

TEST_F(ConcurrentResequencer, EachPacketIsCountedOnce)
{
	mplink_tunnel_config config = {.flow_buckets = 256,
				       .outoforder_min_us = 1,
				       .outoforder_max_us = 200000,
				       .max_perflow_buffer = 20,
				       .max_peer_buffer = 60};
	const mplink::Box<Resequencer> all = mplink::make<Resequencer>(config);
	Buckets buckets;
	Totals totals[nr_cpus];
	std::atomic<mplink_u32> links = 1;
	std::atomic<bool> stop = false;
	std::vector<std::thread> threads;
	const auto cover = [&all](mplink_u64 ids) {
		const RtnlLock rtnl;

		return all->cover({}, ids);
	};

	ASSERT_TRUE(cover(1));
	for (mplink_u32 cpu = 0; cpu < nr_cpus; cpu++)
		threads.emplace_back(
			[&, cpu] { receive(*all, buckets, links, cpu + 1, totals[cpu]); });

	std::thread onlooker([&] {
		mplink_u64 before = 0;

		while (!stop) {
			mplink_resequencer_counters sum;

			all->counters(sum);
			EXPECT_GE(sum.in_order, before);
			before = sum.in_order;
			pass_time(1);
			std::this_thread::yield();
		}
	});

	for (mplink_u32 id = 1; id < 4; id++) {
		std::this_thread::yield();
		ASSERT_TRUE(cover(mplink_u64{1} << id));
		links = id + 1;
	}
	for (std::thread &thread : threads)
		thread.join();
	stop = true;
	onlooker.join();

	mplink_release release = {};
	mplink_resequencer_counters sum;
	Totals total;

	for (mplink_u32 bucket = 0; bucket < nr_buckets; bucket++) {
		all->flush(bucket, release);
		total.add(release);
	}
	for (const Totals &one : totals) {
		total.delivered += one.delivered;
		total.refused += one.refused;
	}
	all->counters(sum);
	EXPECT_EQ(total.delivered + total.refused, mplink_u64{nr_cpus} * per_cpu);
	EXPECT_EQ(sum.in_order + sum.reordered, total.delivered);
	EXPECT_EQ(sum.duplicates + sum.late, total.refused);
	EXPECT_EQ(sum.held, 0U);
	EXPECT_LE(sum.held_max, 20U);
}

} // namespace

} // namespace fake
