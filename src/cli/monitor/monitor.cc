// SPDX-License-Identifier: GPL-2.0
#include "monitor/monitor.hh"

#include <fmt/format.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "common/failure.hh"
#include "monitor/monitor_state.hh"
#include "monitor/runner.hh"
#include "netlink/client.hh"
#include "netlink/replies.hh"
#include "uapi/mplink_netlink.h"

namespace mplink::cli
{

namespace
{

WallTime now()
{
	return std::chrono::system_clock::now();
}

void tell(const std::string &report)
{
	if (!report.empty())
		fmt::print(stderr, "mplink: {}\n", report);
}

// Makes the signals that end the monitor, and SIGCHLD, readable from a file descriptor.
class Signals
{
public:
	Signals()
	{
		sigset_t set;

		sigemptyset(&set);
		sigaddset(&set, SIGINT);
		sigaddset(&set, SIGTERM);
		sigaddset(&set, SIGCHLD);
		sigprocmask(SIG_BLOCK, &set, nullptr);
		// If our parent ignored SIGCHLD, we would not hear of a child's end.
		std::signal(SIGCHLD, SIG_DFL);
		fd_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
		if (fd_ < 0)
			throw failed(fmt::format("signalfd: {}", std::strerror(errno)));
	}
	~Signals()
	{
		close(fd_);
	}
	Signals(const Signals &) = delete;
	Signals &operator=(const Signals &) = delete;

	int fd() const
	{
		return fd_;
	}
	// Returns whether a signal that ends the monitor has arrived.
	bool take()
	{
		signalfd_siginfo info;
		bool end = false;

		while (read(fd_, &info, sizeof(info)) == sizeof(info))
			end |= info.ssi_signo != SIGCHLD;
		return end;
	}

private:
	int fd_;
};

class Monitor
{
public:
	explicit Monitor(const MonitorOptions &options);
	void run();

private:
	void show(const MonitorState::Changes &changes);
	void drain(Socket &socket, void (Monitor::*handle)(const Received &));
	void on_event(const Received &message);
	void on_link(const Received &message);
	void resync();
	void end();

	const MonitorOptions options_;
	// Must come before the runner: SIGCHLD must be blocked before there is a child.
	Signals signals_;
	Client client_;
	Socket events_{NETLINK_GENERIC};
	Socket links_{NETLINK_ROUTE, RTMGRP_LINK};
	std::optional<MonitorState> state_;
	std::optional<Runner> runner_;
	bool lost_ = false;
};

Monitor::Monitor(const MonitorOptions &options) : options_(options)
{
	if (options.exec)
		runner_.emplace(*options.exec);
	events_.join(client_.family().events);
	// The controller's own group announces that the family goes.
	events_.join(GENL_ID_CTRL);
	// Read the state after joining: changes from now on arrive as events.
	const std::vector<DeviceStatus> devices = client_.state({});

	state_.emplace(devices, client_.netdevs());
}

void Monitor::show(const MonitorState::Changes &changes)
{
	for (const Change &change : changes) {
		if (options_.json)
			fmt::print("{}\n", json(change));
		else
			fmt::print("{} {}\n", local_time(change.time), text(change));
		if (!runner_)
			continue;
		if (std::vector<std::string> variables = environment(change); !variables.empty())
			tell(runner_->add(std::move(variables)));
	}
	std::fflush(stdout);
}

void Monitor::on_event(const Received &message)
{
	genlmsghdr header;
	const Bytes attributes = message.attributes(sizeof(header));
	const WallTime at = now();

	std::memcpy(&header, message.payload.data(), sizeof(header));
	if (message.header.nlmsg_type == GENL_ID_CTRL) {
		if (header.cmd == CTRL_CMD_DELFAMILY &&
		    parse_family(attributes).id == client_.family().id)
			throw Failure(Exit::no_module, "the module has been unloaded");
		return;
	}
	if (message.header.nlmsg_type != client_.family().id)
		return;
	switch (header.cmd) {
	case MPLINK_CMD_DEVICE_NTF:
		return show(state_->device(at, parse_device(attributes)));
	case MPLINK_CMD_NIC_NTF:
		return show(state_->nic(at, parse_nic(attributes)));
	case MPLINK_CMD_NIC_DEL_NTF:
		return show(state_->nic_removed(at, parse_nic(attributes)));
	case MPLINK_CMD_PEER_NTF:
		return show(state_->peer(at, parse_peer(attributes)));
	case MPLINK_CMD_PEER_DEL_NTF:
		return show(state_->peer_removed(at, parse_peer(attributes)));
	case MPLINK_CMD_LINK_NTF:
		return show(state_->link(at, parse_peer(attributes)));
	}
}

void Monitor::on_link(const Received &message)
{
	const std::uint16_t type = message.header.nlmsg_type;

	if (type != RTM_NEWLINK && type != RTM_DELLINK)
		return;
	if (const auto netdev = parse_netdev(message))
		show(type == RTM_NEWLINK ? state_->netdev(now(), *netdev)
					 : state_->netdev_removed(now(), *netdev));
}

void Monitor::drain(Socket &socket, void (Monitor::*handle)(const Received &))
{
	for (;;) {
		try {
			const Bytes datagram = socket.receive(false);

			if (datagram.empty())
				return;
			for_each_message(datagram, [&](const Received &message) {
				(this->*handle)(message);
			});
		} catch (const Overrun &) {
			lost_ = true;
		}
	}
}

// Call only when the queues are empty: what is queued is older than the state that is read
// here.
void Monitor::resync()
{
	lost_ = false;
	show({{.kind = Change::Kind::overrun,
	       .time = now(),
	       .detail = "changes were lost because too many came at once; changes since then:"}});

	const std::vector<DeviceStatus> devices = client_.state({});

	show(state_->resync(now(), devices, client_.netdevs()));
}

void Monitor::end()
{
	if (!runner_)
		return;
	if (const std::size_t left = runner_->stop())
		fmt::print(stderr, "mplink: --exec: not run for the last {} changes\n", left);
	// Let a running command finish, unless the user insists or it takes too long.  The
	// signal that brought us here may have hidden its SIGCHLD, so look at once.
	for (;;) {
		pollfd fd{.fd = signals_.fd(), .events = POLLIN, .revents = 0};

		tell(runner_->reap());
		if (!runner_->running())
			return;
		poll(&fd, 1, runner_->timeout_ms());
		if (signals_.take())
			return;
	}
}

void Monitor::run()
{
	pollfd fds[] = {
		{.fd = signals_.fd(), .events = POLLIN, .revents = 0},
		{.fd = links_.fd(), .events = POLLIN, .revents = 0},
		{.fd = events_.fd(), .events = POLLIN, .revents = 0},
	};

	for (;;) {
		if (poll(fds, std::size(fds), runner_ ? runner_->timeout_ms() : -1) < 0 &&
		    errno != EINTR)
			throw failed(fmt::format("poll: {}", std::strerror(errno)));
		if (signals_.take())
			return end();
		if (runner_)
			tell(runner_->reap());
		// Network devices first: rtnetlink reports IFF_UP before the module does.
		drain(links_, &Monitor::on_link);
		drain(events_, &Monitor::on_event);
		if (lost_)
			resync();
		if (std::ferror(stdout))
			throw failed("cannot write to standard output");
	}
}

} // namespace

void monitor(const MonitorOptions &options)
{
	Monitor(options).run();
}

} // namespace mplink::cli
