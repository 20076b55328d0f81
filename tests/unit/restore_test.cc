// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>

#include <vector>

#include "link/restore.hh"

namespace mplink
{

namespace
{

using Phase = RestoreState::Phase;

// A link whose conditions change, and whose deadlines are kept.
class RestoreTest : public testing::Test
{
protected:
	void at(mplink_u64 ms, Health now_is)
	{
		run(ms);
		health = now_is;
		take();
	}
	void run(mplink_u64 ms)
	{
		while (step.deadline_ms <= ms) {
			ASSERT_GE(step.deadline_ms, now);
			now = step.deadline_ms;
			take();
		}
		now = ms;
	}
	void take()
	{
		const bool was = step.next.usable();

		step = restore_step(step.next, config, health, now);
		lengthened += step.lengthened;
		if (step.wait_ms)
			waits.push_back(step.wait_ms);
		if (step.next.usable() != was)
			changes.push_back(now);
	}
	bool usable() const
	{
		return step.next.usable();
	}

	RestoreConfig config;
	RestoreStep step = {.next = {}, .deadline_ms = never, .wait_ms = 0, .lengthened = false};
	Health health = Health::dead;
	mplink_u64 now = 0;
	std::vector<mplink_u64> changes;
	std::vector<mplink_u32> waits;
	int lengthened = 0;
};

TEST_F(RestoreTest, AtOnceForTheFirstTime)
{
	at(10, Health::dead);
	at(20, Health::in_doubt);
	EXPECT_FALSE(usable());
	EXPECT_EQ(step.next.phase, Phase::fresh);
	at(1000, Health::good);
	EXPECT_TRUE(usable());
	EXPECT_EQ(step.deadline_ms, never);
	EXPECT_TRUE(waits.empty());
}

TEST_F(RestoreTest, OneWayBack)
{
	at(0, Health::good);
	at(20000, Health::dead);
	EXPECT_FALSE(usable());
	EXPECT_EQ(step.next.phase, Phase::down);
	at(21000, Health::good);
	EXPECT_FALSE(usable());
	EXPECT_EQ(step.next.phase, Phase::waiting);
	EXPECT_EQ(step.deadline_ms, 21500U);
	EXPECT_EQ(step.wait_ms, 500U);
	run(21499);
	take();
	EXPECT_FALSE(usable());
	run(21500);
	EXPECT_TRUE(usable());
	EXPECT_EQ(changes, (std::vector<mplink_u64>{0, 20000, 21500}));
	EXPECT_EQ(lengthened, 0);
}

TEST_F(RestoreTest, AFailureBeginsTheWaitAnew)
{
	at(0, Health::good);
	at(20000, Health::dead);
	for (mplink_u64 t = 21000; t < 25000; t += 600) {
		at(t, Health::good);
		at(t + 499, t % 1000 ? Health::dead : Health::in_doubt);
		EXPECT_EQ(step.next.phase, Phase::down);
	}
	at(25000, Health::good);
	run(26000);
	EXPECT_EQ(changes, (std::vector<mplink_u64>{0, 20000, 25500}));
	EXPECT_EQ(lengthened, 0);
}

TEST_F(RestoreTest, NoWait)
{
	config.wtr_ms = 0;
	for (mplink_u64 t = 0; t < 100; t += 2) {
		at(t, Health::good);
		EXPECT_TRUE(usable());
		at(t + 1, Health::dead);
		EXPECT_FALSE(usable());
	}
	EXPECT_TRUE(waits.empty());
	EXPECT_EQ(lengthened, 0);
}

TEST_F(RestoreTest, HoldOffIsForDoubt)
{
	config.holdoff_ms = 100;
	at(0, Health::good);
	at(1000, Health::in_doubt);
	EXPECT_TRUE(usable());
	EXPECT_EQ(step.deadline_ms, 1100U);
	at(1099, Health::good);
	EXPECT_EQ(step.deadline_ms, never);
	at(2000, Health::in_doubt);
	run(2099);
	take();
	EXPECT_TRUE(usable());
	run(2100);
	EXPECT_FALSE(usable());
	at(3000, Health::good);
	run(4000);
	EXPECT_EQ(changes, (std::vector<mplink_u64>{0, 2100, 3500}));
	// What loses packets is not held.
	at(5000, Health::dead);
	EXPECT_FALSE(usable());
	at(6000, Health::good);
	run(8000);
	at(8000, Health::in_doubt);
	at(8010, Health::dead);
	EXPECT_EQ(changes.back(), 8010U);
}

TEST_F(RestoreTest, NoHoldOffIsTheDefault)
{
	at(0, Health::good);
	at(1000, Health::in_doubt);
	EXPECT_FALSE(usable());
}

TEST_F(RestoreTest, FlappingLengthensTheWaitAndSaysSoOnce)
{
	mplink_u64 t = 0;

	at(t, Health::good);
	for (int i = 0; i < 9; i++) {
		at(t + 5000, Health::dead);
		at(t + 5100, Health::good);
		t = step.deadline_ms;
		run(t);
		ASSERT_TRUE(usable());
		EXPECT_EQ(lengthened, i ? 1 : 0);
	}
	EXPECT_EQ(waits, (std::vector<mplink_u32>{500, 1000, 2000, 4000, 8000, 16000, 16000, 16000,
						  16000}));

	// Twice the last wait, without failure, and all is forgotten.
	waits.clear();
	at(t + 31999, Health::dead);
	at(t + 32000, Health::good);
	EXPECT_EQ(waits.back(), 16000U);
	t = step.deadline_ms;
	at(t + 32000, Health::dead);
	at(t + 32001, Health::good);
	EXPECT_EQ(waits.back(), 500U);
	EXPECT_EQ(lengthened, 1);
	// Another episode, another line.
	t = step.deadline_ms;
	at(t + 5000, Health::dead);
	at(t + 5001, Health::good);
	EXPECT_EQ(waits.back(), 1000U);
	EXPECT_EQ(lengthened, 2);
}

TEST_F(RestoreTest, TheFirstFailureIsNoFlap)
{
	at(0, Health::good);
	at(1, Health::dead);
	at(2, Health::good);
	EXPECT_EQ(waits, (std::vector<mplink_u32>{500}));
	run(502);
	at(10502, Health::dead); // has held for 10 s
	at(10503, Health::good);
	EXPECT_EQ(waits.back(), 500U);
	run(11003);
	at(21002, Health::dead); // has not
	at(21003, Health::good);
	EXPECT_EQ(waits.back(), 1000U);
}

TEST_F(RestoreTest, TheBoundIsAMinuteUnlessTheUserWaitsLonger)
{
	for (mplink_u32 wtr : {1000U, 5000U, 60000U, 300000U, ~0U}) {
		mplink_u32 longest = 0;

		config.wtr_ms = wtr;
		step = {.next = {}, .deadline_ms = never, .wait_ms = 0, .lengthened = false};
		now = 0;
		lengthened = 0;
		at(now, Health::good);
		for (int i = 0; i < 12; i++) {
			at(now + 1, Health::dead);
			at(now + 1, Health::good);
			longest = std::max(longest, step.wait_ms);
			run(step.deadline_ms);
			ASSERT_TRUE(usable());
		}
		EXPECT_EQ(longest, wtr == 1000 ? 32000 : std::max(60000U, wtr));
		EXPECT_EQ(lengthened, wtr < 60000 ? 1 : 0);
	}
}

TEST_F(RestoreTest, AChangedWaitCountsFromTheNextCall)
{
	at(0, Health::good);
	at(20000, Health::dead);
	at(20001, Health::good);
	config.wtr_ms = 3000;
	take();
	EXPECT_EQ(step.deadline_ms, 23001U);
	config.wtr_ms = 0;
	take();
	EXPECT_TRUE(usable());
}

// Every sequence of eight conditions at uneven distances, against the words of the
// header: usable, with no memory but that of when what was so.
TEST(Restore, AllShortSequences)
{
	constexpr int length = 8;
	constexpr Health kinds[] = {Health::dead, Health::in_doubt, Health::good};
	constexpr mplink_u64 gaps[] = {1, 99, 100, 499, 500, 7000, 21000};
	const RestoreConfig config = {.wtr_ms = 500, .holdoff_ms = 100};
	unsigned sequences = 0;

	for (int code = 0; code < 6561; code++) { // 3^8
		RestoreState state;
		Health health = Health::dead;
		mplink_u64 deadline = never, now = 0, change_at = 0;
		// When it has last become good, and doubtful; and when it was last dead.
		mplink_u64 good_since = never, doubt_since = never;
		bool ever = false, was = false;
		int rest = code;

		for (int i = 0; i < length; i++, rest /= 3) {
			change_at +=
				gaps[static_cast<std::size_t>(code * 7 + i * 3) % std::size(gaps)];
			// Ticks between: deadlines, and calls for nothing.
			while (now < change_at) {
				const mplink_u64 next =
					earlier(earlier(deadline, now + 211), change_at);

				now = next;
				if (now == change_at) {
					const Health is = kinds[rest % 3];

					if (is == Health::good && health != Health::good)
						good_since = now;
					if (is == Health::in_doubt && health != Health::in_doubt)
						doubt_since = now;
					health = is;
				}

				const RestoreStep step = restore_step(state, config, health, now);
				const RestoreStep again =
					restore_step(step.next, config, health, now);

				// A call for nothing changes nothing.
				ASSERT_EQ(again.next, step.next);
				ASSERT_EQ(again.deadline_ms, step.deadline_ms);
				ASSERT_FALSE(again.lengthened);
				ASSERT_GT(step.deadline_ms, now);

				const bool usable = step.next.usable();

				if (health == Health::dead) {
					ASSERT_FALSE(usable) << code;
				}
				if (health == Health::good && (was || !ever)) {
					ASSERT_TRUE(usable) << code;
				}
				if (was && !usable && health == Health::in_doubt) {
					ASSERT_EQ(now, doubt_since + config.holdoff_ms) << code;
				}
				if (!was && usable && ever) {
					const mplink_u64 waited = now - good_since;

					ASSERT_EQ(health, Health::good);
					ASSERT_TRUE(waited == 500 || waited == 1000 ||
						    waited == 2000)
						<< code << " " << waited;
				}
				if (!usable && health == Health::good) {
					ASSERT_NE(step.deadline_ms, never);
				}
				ever |= usable;
				was = usable;
				state = step.next;
				deadline = step.deadline_ms;
			}
		}
		sequences++;
	}
	EXPECT_EQ(sequences, 6561U);
}

} // namespace

} // namespace mplink
