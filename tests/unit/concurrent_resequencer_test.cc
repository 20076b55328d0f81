// SPDX-License-Identifier: GPL-2.0
// One peer's buckets on several CPUs, while links are added and others look on.
#include <atomic>
#include <deque>
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

struct Bucket {
	explicit Bucket(Resequencer &all) : core(all)
	{
	}
	std::mutex lock; // the kernel's
	mplink_u32 next = 0;
	Resequencer::Bucket core;
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

void receive(std::deque<Bucket> &buckets, const std::atomic<mplink_u32> &links, mplink_u32 seed,
	     Totals &totals)
{
	Random random(seed);

	for (mplink_u32 i = 0; i < per_cpu; i++) {
		Bucket &bucket = buckets[random.below(nr_buckets)];
		const std::scoped_lock guard(bucket.lock);
		const mplink_u32 ahead = random.below(4) ? 0 : random.below(6);
		auto *packet = new mplink_held{.next = nullptr,
					       .held_us = 0,
					       .seq = bucket.next + ahead,
					       .link = static_cast<mplink_u8>(random.below(links)),
					       .drop = 0};
		mplink_release release = {};

		bucket.next += !ahead;
		if (bucket.core.in_order(*packet)) {
			totals.delivered++;
			delete packet;
			continue;
		}
		bucket.core.arrive(LinksAlive((mplink_u64{1} << links) - 1), *packet, release);
		totals.add(release);
		if (!random.below(64)) {
			bucket.core.expire(LinksAlive(mplink_u64{random.below(16)}), release);
			totals.add(release);
		}
	}
}

TEST_F(ConcurrentResequencer, EachPacketIsCountedOnce)
{
	mplink::TunnelSettings config{mplink_tunnel_config{.flow_buckets = 256,
							   .outoforder_min_us = 1,
							   .outoforder_max_us = 200000,
							   .max_perflow_buffer = 20,
							   .max_peer_buffer = 60}};
	const mplink::Box<Resequencer> all = mplink::make<Resequencer>(config);
	std::deque<Bucket> buckets;
	Totals totals[nr_cpus];
	std::atomic<mplink_u32> links = 1;
	std::atomic<bool> stop = false;
	std::vector<std::thread> threads;
	for (mplink_u32 i = 0; i < nr_buckets; i++)
		buckets.emplace_back(*all);
	for (mplink_u32 cpu = 0; cpu < nr_cpus; cpu++)
		threads.emplace_back([&, cpu] { receive(buckets, links, cpu + 1, totals[cpu]); });

	const auto counters = [&] {
		mplink_resequencer_counters sum;

		all->counters(sum);
		for (const Bucket &bucket : buckets)
			bucket.core.add_to(sum);
		return sum;
	};
	std::thread onlooker([&] {
		mplink_u64 before = 0;

		while (!stop) {
			const mplink_resequencer_counters sum = counters();

			EXPECT_GE(sum.in_order, before);
			before = sum.in_order;
			pass_time(1);
			std::this_thread::yield();
		}
	});

	// More than a bucket has room for at first.
	for (mplink_u32 nr = 2; nr <= 40; nr++) {
		std::this_thread::yield();
		links = nr;
	}
	for (std::thread &thread : threads)
		thread.join();
	stop = true;
	onlooker.join();

	mplink_release release = {};
	Totals total;

	for (Bucket &bucket : buckets) {
		bucket.core.flush(release);
		total.add(release);
	}
	for (const Totals &one : totals) {
		total.delivered += one.delivered;
		total.refused += one.refused;
	}

	const mplink_resequencer_counters sum = counters();

	EXPECT_EQ(total.delivered + total.refused, mplink_u64{nr_cpus} * per_cpu);
	EXPECT_EQ(sum.in_order + sum.reordered, total.delivered);
	EXPECT_EQ(sum.duplicates + sum.late, total.refused);
	EXPECT_EQ(sum.held, 0U);
	EXPECT_LE(sum.held_max, 20U);
}

} // namespace

} // namespace fake
