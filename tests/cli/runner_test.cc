// SPDX-License-Identifier: GPL-2.0
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "monitor/runner.hh"

namespace mplink::cli
{
namespace
{

using namespace std::chrono_literals;

// The message about the end of the command; "" after the timeout.
std::string until_ended(Runner &runner, std::chrono::milliseconds patience = 10s)
{
	const auto end = Runner::Clock::now() + patience;
	std::string said;

	while (runner.running() && Runner::Clock::now() < end) {
		said += runner.reap();
		poll(nullptr, 0, 5);
	}
	EXPECT_FALSE(runner.running());
	return said;
}

class RunnerTest : public testing::Test
{
protected:
	std::string file = testing::TempDir() + "mplink-runner." + std::to_string(getpid());
	std::string content() const
	{
		std::ostringstream all;

		all << std::ifstream(file).rdbuf();
		return all.str();
	}
	void TearDown() override
	{
		std::remove(file.c_str());
	}
};

TEST_F(RunnerTest, ReadsNothingOfOurs)
{
	Runner runner("readlink /proc/self/fd/0 >" + file + "; cat");

	runner.add({});
	EXPECT_EQ(until_ended(runner), "");
	EXPECT_EQ(content(), "/dev/null\n");
}

TEST_F(RunnerTest, RunsForOneChangeAfterTheOther)
{
	Runner runner("echo $MPLINK_N >>" + file);

	for (const char *n : {"MPLINK_N=1", "MPLINK_N=2", "MPLINK_N=3"})
		EXPECT_EQ(runner.add({n}), "");
	EXPECT_EQ(until_ended(runner), "");
	EXPECT_EQ(content(), "1\n2\n3\n");
}

TEST_F(RunnerTest, WhatDoesNotEndIsKilledWithAllThatItStarted)
{
	Runner runner("(sleep 1; echo late >>" + file + ") & sleep 60", 200ms);

	runner.add({});
	EXPECT_LE(runner.timeout_ms(), 200);
	EXPECT_EQ(until_ended(runner), "--exec: \"(sleep 1; echo late >>" + file +
					       ") & sleep 60\" has not ended within 0.2 s: killed");
	EXPECT_EQ(runner.timeout_ms(), -1);
	poll(nullptr, 0, 1200);
	EXPECT_EQ(content(), "");
}

TEST_F(RunnerTest, TellsHowItEnded)
{
	Runner three("exit 3"), killed("kill -9 $$");

	three.add({});
	killed.add({});
	EXPECT_EQ(until_ended(three), "--exec: \"exit 3\" ended with status 3");
	EXPECT_EQ(until_ended(killed), "--exec: \"kill -9 $$\" was ended by signal 9");
}

TEST_F(RunnerTest, WhenStoppedItEndsWithinASecond)
{
	Runner quick("sleep 0.2; echo done >" + file), slow("sleep 60");

	quick.add({});
	slow.add({});
	quick.stop();
	slow.stop();
	EXPECT_EQ(until_ended(quick), "");
	EXPECT_EQ(content(), "done\n");
	EXPECT_EQ(until_ended(slow, 5s), "--exec: \"sleep 60\" has not ended within 1.0 s: killed");
}

TEST_F(RunnerTest, NoMoreWaitThanCanBeBorne)
{
	Runner runner("sleep 60");

	// One command runs.
	for (std::size_t i = 0; i <= Runner::most_waiting; i++)
		EXPECT_EQ(runner.add({}), "");
	EXPECT_NE(runner.add({}), "") << "the first that does not wait";
	EXPECT_EQ(runner.add({}), "");
	EXPECT_EQ(runner.stop(), Runner::most_waiting);
	EXPECT_LE(runner.timeout_ms(), 1000) << "the last one may not keep the user waiting";
	EXPECT_EQ(runner.add({}), "--exec: not run for 2 changes");
}

} // namespace
} // namespace mplink::cli
