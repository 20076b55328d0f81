// SPDX-License-Identifier: GPL-2.0
#include "top/top.hh"

#include <curses.h>
#include <fmt/format.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstring>
#include <string_view>

#include "common/failure.hh"
#include "netlink/client.hh"
#include "top/page.hh"

namespace mplink::cli
{

namespace
{

volatile sig_atomic_t ended;

// QuitSignals that end the view come only while it waits for input.
class QuitSignals
{
public:
	QuitSignals()
	{
		struct sigaction action = {};
		sigset_t blocked;

		ended = 0;
		action.sa_handler = [](int) { ended = 1; };
		sigemptyset(&blocked);
		for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
			sigaction(signal, &action, nullptr);
			sigaddset(&blocked, signal);
		}
		sigprocmask(SIG_BLOCK, &blocked, &waiting_);
	}
	void wait(std::chrono::milliseconds time) const
	{
		pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
		const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
		const timespec limit{.tv_sec = seconds.count(),
				     .tv_nsec = std::chrono::nanoseconds(time - seconds).count()};

		// A new size of the terminal interrupts it, too.
		if (ppoll(&input, 1, &limit, &waiting_) < 0 && errno != EINTR)
			throw failed(fmt::format("poll: {}", std::strerror(errno)));
		// The terminal has gone.
		if (input.revents & (POLLHUP | POLLERR))
			ended = 1;
	}

private:
	sigset_t waiting_; // the mask while it waits
};

// The terminal is as it was when this object is gone.
class Screen
{
public:
	Screen()
	{
		screen_ = newterm(nullptr, stdout, stdin);
		if (!screen_)
			throw failed("top: the terminal cannot be used; is TERM set as it should "
				     "be?");
		cbreak();
		noecho();
		curs_set(0);
		keypad(stdscr, TRUE);
		nodelay(stdscr, TRUE);
		if (has_colors()) {
			start_color();
			use_default_colors();
			init_pair(1, COLOR_GREEN, -1);
			init_pair(2, COLOR_RED, -1);
		}
	}
	~Screen()
	{
		endwin();
		delscreen(screen_);
	}
	Screen(const Screen &) = delete;
	Screen &operator=(const Screen &) = delete;

	void draw(const std::vector<Line> &lines, std::size_t from) const;

private:
	static attr_t attributes(Colour colour)
	{
		switch (colour) {
		case Colour::bold:
			return A_BOLD;
		case Colour::good:
			return has_colors() ? static_cast<attr_t>(COLOR_PAIR(1)) : A_NORMAL;
		case Colour::wrong:
			return has_colors() ? static_cast<attr_t>(COLOR_PAIR(2)) : A_BOLD;
		default:
			return A_NORMAL;
		}
	}

	SCREEN *screen_;
};

// The last line tells the keys.
void Screen::draw(const std::vector<Line> &lines, std::size_t from) const
{
	const auto rows = static_cast<std::size_t>(std::max(LINES - 1, 0));

	erase();
	for (std::size_t i = 0; i < rows && from + i < lines.size(); i++) {
		move(static_cast<int>(i), 0);
		for (const Span &span : lines[from + i]) {
			attrset(static_cast<int>(attributes(span.colour)));
			addstr(span.text.c_str());
		}
	}
	attrset(A_NORMAL);
	mvaddnstr(LINES - 1, 0, lines.size() > rows ? "q: quit, up and down: scroll" : "q: quit",
		  COLS);
	refresh();
}

bool shows_blocks()
{
	std::setlocale(LC_ALL, "");
	return std::string_view(nl_langinfo(CODESET)) == "UTF-8";
}

// What the user sees, and where.
class View
{
public:
	void press(int key, std::size_t lines)
	{
		if (key == 'q' || key == 'Q')
			quit_ = true;
		else if (key == KEY_DOWN && first_ + 1 < lines)
			first_++;
		else if (key == KEY_UP && first_)
			first_--;
	}
	std::size_t first() const
	{
		return first_;
	}
	bool quit() const
	{
		return quit_ || ended;
	}

private:
	std::size_t first_ = 0;
	bool quit_ = false;
};

} // namespace

void top(const std::function<std::vector<DeviceStatus>()> &read, std::chrono::milliseconds interval)
{
	using Clock = TopPage::Clock;

	if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO))
		throw failed("top: needs a terminal for input and output; for programs there are "
			     "`mplink -j show` and `mplink show --prometheus`");

	TopPage page(shows_blocks());

	// Whatever fails at first is said on an ordinary screen.
	page.take(Clock::now(), read());

	const QuitSignals signals;
	const Screen screen;
	View view;
	auto next = Clock::now() + interval;

	while (!view.quit()) {
		const std::vector<Line> lines = page.lines(static_cast<std::size_t>(COLS));

		screen.draw(lines, view.first());
		signals.wait(std::max(
			std::chrono::milliseconds(0),
			std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now())));
		for (int key = getch(); key != ERR; key = getch())
			view.press(key, lines.size());
		if (Clock::now() < next)
			continue;
		page.take(Clock::now(), read());
		next = Clock::now() + interval;
	}
}

void top(const std::optional<std::string> &device)
{
	Client client;
	const auto read = [&] {
		std::vector<DeviceStatus> devices = client.state(device);

		// Tells how to make one.
		if (devices.empty())
			client.pick(device);
		return devices;
	};

	top(read, std::chrono::seconds(1));
}

} // namespace mplink::cli
