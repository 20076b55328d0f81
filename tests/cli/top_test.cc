// SPDX-License-Identifier: GPL-2.0
// `mplink top`: the page as text, and the view on a terminal of its own.
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "common/failure.hh"
#include "sample.hh"
#include "top/page.hh"
#include "top/top.hh"

namespace mplink::cli
{
namespace
{

using namespace std::chrono_literals;

DeviceStatus measured()
{
	DeviceStatus device = sample();

	device.settings[Setting::policy] = MPLINK_POLICY_ADAPTIVE;
	device.settings[Setting::encap] = MPLINK_ENCAP_GRE_UDP;
	device.peers[0].links[0].estimate =
		Estimate{.capacity = 2500000, .rtt_us = 10250, .lost_ppm = 2500};
	device.peers[0].links[1].reason = MPLINK_REASON_NO_CARRIER;
	return device;
}

std::string text(const TopPage &page, std::size_t width)
{
	std::string all;

	for (const Line &line : page.lines(width)) {
		std::string one = plain(line);

		one.erase(one.find_last_not_of(' ') + 1);
		all += one + "\n";
	}
	return all;
}

// Eight seconds, in which the load of the first link grows to 15 of 20 Mbit/s.
void eight_seconds(TopPage &page)
{
	DeviceStatus device = measured();
	LinkStatus &link = device.peers[0].links[0];
	TopPage::Clock::time_point at;

	for (unsigned i = 0; i < 9; i++) {
		page.take(at, {device});
		at += 2s;
		link.counters.tx_bytes += 2 * 234375 * std::uint64_t{i + 1};
		link.counters.rx_bytes += 2 * 15000;
		link.estimate->rtt_us = 10250 + 1000 * i;
		link.estimate->lost_ppm = i == 4 ? 20000 : 2500;
	}
}

TEST(Top, PageAt80Columns)
{
	TopPage page(false);

	eight_seconds(page);
	EXPECT_EQ(text(page, 80),
		  R"(mpl0: adaptive, gre-udp, carrier on; out 15.0 Mbit/s, in 120.0 kbit/s
  LINK         LOAD                                SENT    ROUND TRIP      LOSS
10.99.0.2
  eth1         ###############.....  75 %   15.0 Mbit/s     17.250 ms    0.25 %
               sent     _..:--=+  round trip     --===+++  loss     ____#___
  eth2         no-carrier
fd99::3
  no links
)");
}

TEST(Top, NoLineIsTooWide)
{
	for (const bool blocks : {false, true}) {
		TopPage page(blocks);

		eight_seconds(page);
		for (std::size_t width = 20; width < 250; width++)
			for (const Line &line : page.lines(width)) {
				const std::string all = plain(line);

				EXPECT_LE(std::count_if(all.begin(), all.end(),
							[](char c) { return (c & 0xc0) != 0x80; }),
					  static_cast<long>(std::max<std::size_t>(width, 48)))
					<< all;
			}
	}
}

TEST(Top, PageWithBlocks)
{
	TopPage page(true);

	eight_seconds(page);
	EXPECT_NE(text(page, 80).find("sent     ▁▂▂▃▄▄▅▆  "), std::string::npos) << text(page, 80);
	EXPECT_NE(text(page, 80).find(" ███████████████·····  75 %"), std::string::npos);
}

TEST(Top, PageWithoutMeasurements)
{
	TopPage page(false);
	DeviceStatus device = sample();
	TopPage::Clock::time_point at;

	page.take(at, {device});
	EXPECT_NE(text(page, 80).find("  eth1         valid\n"), std::string::npos);
	device.peers[0].links[0].counters.tx_bytes += 1000000;
	page.take(at += 1s, {device});
	device.peers[0].links[0].counters.tx_bytes += 500000;
	page.take(at += 1s, {device});
	// Half of the most that was seen.
	EXPECT_NE(text(page, 80).find("##########..........          4.0 Mbit/s             -"),
		  std::string::npos)
		<< text(page, 80);
	EXPECT_EQ(text(page, 80).find("round trip"), std::string::npos);
}

TEST(Top, ALinkThatCountsAnewHasNotSentAll)
{
	TopPage page(false);
	DeviceStatus device = sample();
	TopPage::Clock::time_point at;

	page.take(at, {device});
	device.peers[0].links[0].counters = {};
	page.take(at += 1s, {device});
	EXPECT_NE(text(page, 80).find("out 0 bit/s, in 0 bit/s"), std::string::npos)
		<< text(page, 80);
}

TEST(Top, ANameCannotWriteToTheTerminal)
{
	TopPage page(true);
	DeviceStatus device = sample();

	device.name = "m\033]0;x\a";
	device.peers[0].links[0].nic = "e\xc3\x28\x9b";
	page.take({}, {device});
	for (const char bad : {'\033', '\a', '\x9b'})
		EXPECT_EQ(text(page, 80).find(bad), std::string::npos);
}

// The view in a process of its own, on a terminal of 80 columns.
class TopOnTerminal : public testing::Test
{
protected:
	void start(const char *term = "xterm")
	{
		winsize size{.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
		int slave = -1;

		ASSERT_EQ(openpty(&master_, &slave, nullptr, nullptr, &size), 0);
		ASSERT_EQ(tcgetattr(slave, &before_), 0);
		child_ = fork();
		ASSERT_GE(child_, 0);
		if (child_ == 0) {
			login_tty(slave);
			setenv("TERM", term, 1);
			unsetenv("LC_ALL");
			setenv("LC_ALL", "C.UTF-8", 1);
			_exit(view());
		}
		slave_ = slave;
	}
	void TearDown() override
	{
		if (child_ > 0) {
			kill(child_, SIGKILL);
			waitpid(child_, nullptr, 0);
		}
		close(master_);
		close(slave_);
	}
	// Reads until the text has come.
	bool shows(const std::string &wanted)
	{
		const auto end = TopPage::Clock::now() + 60s;
		char some[4096];

		while (said_.find(wanted) == std::string::npos && TopPage::Clock::now() < end) {
			pollfd fd{.fd = master_, .events = POLLIN, .revents = 0};

			if (poll(&fd, 1, 100) <= 0)
				continue;

			const ssize_t n = read(master_, some, sizeof(some));

			if (n <= 0)
				break;
			said_.append(some, static_cast<std::size_t>(n));
		}
		return said_.find(wanted) != std::string::npos;
	}
	void forget()
	{
		said_.clear();
	}
	void press(const char *keys)
	{
		ASSERT_GT(write(master_, keys, std::strlen(keys)), 0);
	}
	void resize(unsigned short columns)
	{
		const winsize size{.ws_row = 30, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};

		ASSERT_EQ(ioctl(master_, TIOCSWINSZ, &size), 0);
	}
	// Its exit status, when it has ended; the terminal is then as it was.
	int ends()
	{
		int status = -1;
		const auto end = TopPage::Clock::now() + 60s;

		while (waitpid(child_, &status, WNOHANG) == 0 && TopPage::Clock::now() < end) {
			// What it still writes must not block it.
			pollfd fd{.fd = master_, .events = POLLIN, .revents = 0};
			char some[4096];

			if (poll(&fd, 1, 20) > 0)
				if (const ssize_t n = read(master_, some, sizeof(some)); n > 0)
					said_.append(some, static_cast<std::size_t>(n));
		}
		child_ = -1;
		shows("\033[?1049l");

		termios after{};

		EXPECT_EQ(tcgetattr(slave_, &after), 0);
		EXPECT_EQ(after.c_lflag, before_.c_lflag);
		EXPECT_EQ(after.c_iflag, before_.c_iflag);
		EXPECT_EQ(after.c_oflag, before_.c_oflag);
		EXPECT_NE(said_.find("\033[?1049l"), std::string::npos);
		return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	}

	// How often the state can be read before there is no device any more.
	unsigned reads_ = 1000000;

private:
	// Each state is a second after the one before.
	int view()
	{
		DeviceStatus device = measured();

		try {
			top(
				[&] {
					if (!reads_--)
						throw failed("no device");
					device.peers[0].links[0].counters.tx_bytes += 10000;
					return std::vector<DeviceStatus>{device};
				},
				10ms);
		} catch (const Failure &) {
			return 7;
		}
		return 0;
	}

	int master_ = -1;
	int slave_ = -1;
	pid_t child_ = -1;
	termios before_{};
	std::string said_;
};

TEST_F(TopOnTerminal, ShowsAndQuits)
{
	start();
	EXPECT_TRUE(shows("\033[?1049h"));
	EXPECT_TRUE(shows("carrier on"));
	EXPECT_TRUE(shows("10.99.0.2"));
	EXPECT_TRUE(shows("q: quit"));
	press("q");
	EXPECT_EQ(ends(), 0);
}

TEST_F(TopOnTerminal, EndsWithControlC)
{
	start();
	EXPECT_TRUE(shows("q: quit"));
	press("\003");
	EXPECT_EQ(ends(), 0);
}

TEST_F(TopOnTerminal, FollowsTheTerminalsSize)
{
	start();
	EXPECT_TRUE(shows("q: quit"));
	// The last row is another one now.
	forget();
	resize(132);
	EXPECT_TRUE(shows("q: quit"));
	forget();
	resize(50);
	EXPECT_TRUE(shows("q: quit"));
	press("q");
	EXPECT_EQ(ends(), 0);
}

TEST_F(TopOnTerminal, RestoresTheTerminalWhenTheDeviceGoes)
{
	reads_ = 5;
	start();
	EXPECT_TRUE(shows("q: quit"));
	EXPECT_EQ(ends(), 7);
}

TEST(TopWithoutTerminal, SaysSo)
{
	int pipes[2];

	ASSERT_EQ(pipe(pipes), 0);

	const int saved = dup(STDOUT_FILENO);
	std::string said;

	dup2(pipes[1], STDOUT_FILENO);
	try {
		top([] { return std::vector<DeviceStatus>{}; }, 10ms);
	} catch (const Failure &failure) {
		said = failure.what();
	}
	dup2(saved, STDOUT_FILENO);
	for (const int fd : {saved, pipes[0], pipes[1]})
		close(fd);
	EXPECT_EQ(said.find("top: needs a terminal"), 0U) << said;
}

} // namespace
} // namespace mplink::cli
