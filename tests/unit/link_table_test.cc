// SPDX-License-Identifier: GPL-2.0
// The table itself: what is in it, how its memory is laid out, and the
// tournament that balance-rr keeps there.
#include "link/link_table.hh"

#include <cmath>
#include <set>

#include "fixture.hh"
#include "policy/policies.hh"
#include "random.hh"

namespace mplink
{

namespace
{

class LinkTables : public fake::Clean
{
protected:
	// n ports on as many devices; every link over them is valid.
	void make(mplink_u32 n)
	{
		const fake::RtnlLock rtnl;

		for (mplink_u32 i = 0; i < n; i++) {
			mplink_port *port;
			const char *why;

			devices_.push_back(
				std::make_unique<fake::Netdev>("nic" + std::to_string(i), i + 1));
			devices_.back()->header_len = 14 + i;
			ASSERT_EQ(mplink_port_attach(nullptr, devices_.back().get(), nullptr, &port,
						     &why),
				  0);
			ports_.push_back(port);
			specs_.push_back({.valid = true,
					  .weight = static_cast<mplink_u16>(i + 1),
					  .port = port,
					  .path = nullptr,
					  .shared = nullptr,
					  .nic_counters = nullptr,
					  .place = place_of(i),
					  .id = i});
		}
	}
	Box<LinkTable> build(std::span<const LinkSpec> specs, mplink_u32 policy)
	{
		return build_table(specs, policy, *lanes_, ++serial_);
	}
	void TearDown() override
	{
		{
			const fake::RtnlLock rtnl;

			for (mplink_port *port : ports_) {
				mplink_port_detach(port);
				mplink_port_retire(port);
			}
		}
		fake::grace_period();
		devices_.clear();
		lanes_ = {};
		none_ = {};
		Clean::TearDown();
	}

	std::vector<std::unique_ptr<fake::Netdev>> devices_;
	std::vector<mplink_port *> ports_;
	std::vector<LinkSpec> specs_;
	Box<NoLanes> none_ = mplink::make<NoLanes>();
	Box<Lanes> lanes_ = mplink::make<Lanes>(*none_);
	mplink_u64 serial_ = 0;
};

TEST_F(LinkTables, ASuspectLinkIsAliveAndNothingIsSentByIt)
{
	LinkShared shared[3] = {};

	make(3);
	for (mplink_u32 i = 0; i < 3; i++) {
		specs_[i].shared = &shared[i];
		devices_[i]->set_running(true);
		devices_[i]->set_carrier(true);
	}
	specs_[1].valid = false;
	shared[0].pace.set(1, LinkPace::suspect_ns, LinkPace::suspect_ns);

	const auto table = build(specs_, MPLINK_POLICY_ADAPTIVE);

	ASSERT_TRUE(table);
	EXPECT_EQ(table->alive_ids(), 5U);
	EXPECT_EQ(table->sendable_ids(), 4U);
	shared[0].pace.set(1, 0, 0);
	EXPECT_EQ(table->sendable_ids(), 5U);
}

TEST_F(LinkTables, ListTheValidLinksInOrder)
{
	make(5);
	specs_[0].valid = specs_[3].valid = false;

	const Box<LinkTable> table = build(specs_, MPLINK_POLICY_BALANCE_RR);

	ASSERT_TRUE(table);
	ASSERT_EQ(table->size(), 3U);
	EXPECT_EQ(table->policy(), mplink_u32{MPLINK_POLICY_BALANCE_RR});
	EXPECT_EQ((*table)[0].header_len, 15U);
	EXPECT_EQ((*table)[1].header_len, 16U);
	EXPECT_EQ((*table)[2].header_len, 18U);
	EXPECT_EQ((*table)[2].scale, (mplink_u64{1} << 32) / 5);
}

TEST_F(LinkTables, AliveIsReadFromTheDeviceEachTime)
{
	make(1);

	const Box<LinkTable> table = build(specs_, MPLINK_POLICY_BROADCAST);

	EXPECT_FALSE((*table)[0].alive());
	devices_[0]->set_running(true);
	EXPECT_FALSE((*table)[0].alive());
	devices_[0]->set_carrier(true);
	EXPECT_TRUE((*table)[0].alive());
	devices_[0]->set_running(false);
	EXPECT_FALSE((*table)[0].alive());
}

TEST_F(LinkTables, TheLinksThatAreAliveByTheirIds)
{
	make(5);
	for (mplink_u32 i = 0; i < 5; i++) {
		specs_[i].id = 63 - 7 * i;
		devices_[i]->set_running(true);
		devices_[i]->set_carrier(i != 2);
	}
	specs_[0].valid = false;

	const Box<LinkTable> table = build(specs_, MPLINK_POLICY_BALANCE_RR);

	EXPECT_EQ(table->alive_ids(), 1ULL << 56 | 1ULL << 42 | 1ULL << 35);
	EXPECT_EQ(table->find(42)->id, 42);
	EXPECT_EQ(table->find(63), nullptr);
	devices_[2]->set_carrier(true);
	EXPECT_EQ(table->alive_ids(), 1ULL << 56 | 1ULL << 49 | 1ULL << 42 | 1ULL << 35);

	// The far end may be sooner in taking one back.
	specs_[0].waiting = true;
	const Box<LinkTable> next = build(specs_, MPLINK_POLICY_BALANCE_RR);

	EXPECT_EQ(next->alive_ids(), table->alive_ids() | 1ULL << 63);
}

TEST_F(LinkTables, EveryClockAndBucketLiesWithinTheAllocation)
{
	make(64);
	for (mplink_size n = 1; n <= 64; n++) {
		const std::span<const LinkSpec> specs(specs_.data(), n);
		const Box<LinkTable> rr = build(specs, MPLINK_POLICY_BALANCE_RR);
		const Box<LinkTable> by_flow = build(specs, MPLINK_POLICY_BALANCE_XOR);

		for (mplink_u32 i = 0; i < n; i++) {
			BalanceRr::shared_clocks(*rr)[i].add(1);
			EXPECT_EQ(&LinkTable::of((*rr)[i]), rr.get());
		}
		EXPECT_EQ(rr->last_place(), place_of(static_cast<mplink_u32>(n) - 1));
		for (mplink_u64 hash = 0; hash < 1ULL << 32; hash += 1U << 24)
			EXPECT_LT(static_cast<mplink_size>(
					  &BalanceXor::link_of(*by_flow,
							       static_cast<mplink_u32>(hash)) -
					  &(*by_flow)[0]),
				  n);
	}
}

// How many of balance-xor's buckets each of the links has.
std::vector<mplink_u32> buckets_of(const LinkTable &table)
{
	std::vector<mplink_u32> count(table.size());

	for (mplink_u64 hash = 0; hash < 1ULL << 32; hash += 1U << 24)
		count[static_cast<mplink_size>(
			&BalanceXor::link_of(table, static_cast<mplink_u32>(hash)) - &table[0])]++;
	return count;
}

TEST_F(LinkTables, TheLightestLinkHasABucket)
{
	make(2);
	specs_[0].weight = 1;
	for (const mplink_u16 weight : {mplink_u16{300}, mplink_u16{65535}}) {
		specs_[1].weight = weight;

		const Box<LinkTable> table = build(specs_, MPLINK_POLICY_BALANCE_XOR);

		EXPECT_EQ(buckets_of(*table), (std::vector<mplink_u32>{1, 255}));
	}
}

TEST_F(LinkTables, BucketsFollowTheWeights)
{
	fake::Random random(19);

	make(64);
	for (unsigned round = 0; round < 2000; round++) {
		const mplink_u32 n = 1 + random.below(64);
		const mplink_u32 limit = 1U << random.below(17);
		const std::span<LinkSpec> specs(specs_.data(), n);
		mplink_u64 total = 0;

		for (LinkSpec &spec : specs) {
			spec.weight = static_cast<mplink_u16>(
				1 + random.below(std::min(limit, MPLINK_MAX_WEIGHT + 0U)));
			total += spec.weight;
		}

		const Box<LinkTable> table = build(specs, MPLINK_POLICY_BALANCE_XOR);
		const std::vector<mplink_u32> count = buckets_of(*table);
		const auto due = [&](mplink_u32 i) {
			return 256.0 * specs[i].weight / static_cast<double>(total);
		};
		bool all_due = true;

		for (mplink_u32 i = 0; i < n; i++)
			all_due = all_due && due(i) >= 1;
		for (mplink_u32 i = 0; i < n; i++) {
			ASSERT_GE(count[i], 1U) << "no flow goes over link " << i << " of " << n;
			ASSERT_LE(count[i], std::max(1.0, std::ceil(due(i))));
			if (all_due) {
				ASSERT_GE(count[i], std::floor(due(i)));
			}
			// What the lightest have too much is taken from the others evenly.
			for (mplink_u32 j = 0; j < n; j++)
				if (count[i] > 1 && count[j] > 1) {
					ASSERT_LE(mplink_u64{count[i] - 1} * specs[j].weight,
						  mplink_u64{count[j] + 1} * specs[i].weight);
				}
		}
	}
}

TEST_F(LinkTables, ShortOfMemoryThereIsNone)
{
	make(2);

	const fake::NoMemory none;

	EXPECT_FALSE(build(specs_, MPLINK_POLICY_BALANCE_RR));
}

std::vector<mplink_u64> memory_for(mplink_u32 n)
{
	return std::vector<mplink_u64>(tournament_size(n) / sizeof(mplink_u64));
}

TEST(Tournaments, TheWinnerIsFurthestBehind)
{
	fake::Random random(7);

	for (mplink_u32 n = 1; n <= 64; n++) {
		std::vector<mplink_u64> memory = memory_for(n);
		std::vector<mplink_u64> clocks(n);
		Tournament t(memory.data(), n);

		t.set(clocks.data());
		for (unsigned step = 0; step < 500; step++) {
			const mplink_u32 winner = t.winner();
			const mplink_u64 by = random.below(1000);

			ASSERT_LT(winner, n);
			for (const mplink_u64 clock : clocks)
				ASSERT_LE(clocks[winner], clock);
			clocks[winner] = Tournament::moved(clocks[winner], by);
			t.advance(by);
		}
		std::vector<mplink_u64> read(n);

		t.get(read.data());
		EXPECT_EQ(read, clocks);
	}
}

TEST(Tournaments, TakeAnyClocks)
{
	fake::Random random(8);

	for (mplink_u32 n = 1; n <= 64; n++) {
		std::vector<mplink_u64> memory = memory_for(n);
		std::vector<mplink_u64> clocks(n);
		std::vector<mplink_u64> read(n);
		Tournament t(memory.data(), n);

		for (mplink_u64 &clock : clocks)
			clock = Tournament::moved(0, random.below(1000));
		t.set(clocks.data());
		t.get(read.data());
		EXPECT_EQ(read, clocks);
		// One after the other goes to the end: sorted, and each once.
		mplink_u64 last = 0;

		for (mplink_u32 i = 0; i < n; i++) {
			const mplink_u32 winner = t.winner();

			EXPECT_GE(clocks[winner], last);
			last = clocks[winner];
			clocks[winner] = ~0ULL;
			t.advance(1'000'000);
		}
	}
}

TEST(Tournaments, ClocksWrapAround)
{
	for (const mplink_u32 n : {1U, 2U, 3U, 5U, 64U}) {
		std::vector<mplink_u64> memory = memory_for(n);
		std::vector<mplink_u64> clocks(n);
		Tournament t(memory.data(), n);
		std::vector<unsigned> turns(n);
		// The clocks wrap every 2^20 turns; begin just before.
		const mplink_u64 step = mplink_u64{1} << 38;

		for (mplink_u64 &clock : clocks)
			clock = Tournament::moved(0, -100 * step);
		t.set(clocks.data());
		for (unsigned turn = 0; turn < 300 * n; turn++) {
			turns[t.winner()]++;
			t.advance(step);
		}
		for (const unsigned count : turns)
			EXPECT_EQ(count, 300U);
	}
}

} // namespace

} // namespace mplink
