// SPDX-License-Identifier: GPL-2.0
// Network devices as far as the core can tell them from Linux's: a state word
// that changes under the reader, references that must come back, routes.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "mplink/platform.h"

namespace fake
{

class Netdev
{
public:
	// What the core was last told of the device.
	struct Told {
		bool ever = false; // and not UNREGISTER since
		std::string name;
		bool attachable = false;
		bool up = false;
		bool closing = false;
		bool carrier = false;
		mplink_addr inet = {};
		mplink_addr inet6 = {};
		mplink_addr inet6_local = {};
	};

	Netdev(std::string called, mplink_u32 index) : name(std::move(called)), ifindex(index)
	{
		live++;
	}
	~Netdev();
	Netdev(const Netdev &) = delete;
	Netdev &operator=(const Netdev &) = delete;

	// As in Linux, the bits are those of __LINK_STATE_START and _NOCARRIER.
	static constexpr unsigned long start = 1UL << 0;
	static constexpr unsigned long no_carrier = 1UL << 2;
	// A bit that has nothing to do with it.
	static constexpr unsigned long dormant = 1UL << 4;

	bool running() const;
	bool has_carrier() const;
	void set_running(bool on);
	void set_carrier(bool on);
	mplink_snapshot snapshot() const;
	bool owns(const mplink_addr &local) const;

	std::string name;
	mplink_u32 ifindex;
	bool loopback = false;
	bool up = false;
	bool unregistered = false;
	mplink_u32 header_len = 14;
	mplink_addr inet = {};
	mplink_addr inet6 = {};
	mplink_addr inet6_local = {};
	// Why it lets itself not be attached; null: it does.
	const char *refuses = nullptr;
	// All routes exist, except these.
	std::set<std::pair<mplink_u64, mplink_u64>> unreachable;
	// All addresses are the host's, except these.
	std::set<std::pair<mplink_u64, mplink_u64>> foreign;
	unsigned route_generation = 0;

	unsigned long state = no_carrier | dormant;
	std::atomic<int> refs{0};
	int sessions = 0;
	mplink_port *port = nullptr;
	Told told;

	static std::atomic<int> live;
};

// Bound to the packet path: readers may look into them.
const Netdev &device_of(const mplink_path *path);
const mplink_addr &remote_of(const mplink_path *path);
// As asked for; all zero: as routing has it.
const mplink_addr &local_of(const mplink_path *path);
// False once it was freed, if the memory still tells.
bool usable(const mplink_path *path);

// Whether the core has given it up.  A reader that had it before still may use it.
bool retired(const mplink_path *path);
// Called at the very moment when a path is given up, or a port detached.
void on_release(std::function<void()> hook);
const mplink_nic *nic_of(const mplink_port *port);
Netdev &device_of(const mplink_port *port);
bool attached(const mplink_port *port);

} // namespace fake
