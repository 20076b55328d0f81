// SPDX-License-Identifier: GPL-2.0
// One virtual NIC in a namespace full of devices, and the events that Linux
// would send for what happens to them, in its order.  It knows from the devices
// alone what must be true of the virtual NIC, and says where it is not.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "fake_net.hh"
#include "fake_rcu.hh"
#include "platform.hh"

namespace fake
{

inline mplink_u64 count_rescheduled(const mplink_device *device)
{
	mplink_device_counters counters;

	mplink_core_device_counters(device, &counters);
	return counters.rescheduled;
}

class World
{
public:
	World();
	~World();
	World(const World &) = delete;
	World &operator=(const World &) = delete;

	// --- set-up: "eth1", 10.0.i.2 for the i'th from 1 on ---

	// NICs that are named only, and a peer 10.99.0.2 with a link over each.
	void name_nics(mplink_u32 n, const std::vector<mplink_u16> &weights = {});
	int add_peer(const std::vector<mplink_addr> &remotes,
		     const std::vector<mplink_u16> &weights = {});
	// As mplink_core_*(); a device that is there already is told of.
	int add_nic(const std::string &name);
	void remove_nic(mplink_u32 id);
	int set_link(mplink_u32 id, const mplink_addr &remote, mplink_u16 weight = 0);
	int remove_link(mplink_u32 id);
	int set_links(const std::vector<mplink_link_config> &links);
	void remove_peer();
	// name_nics(), and their devices, up and running.
	void start(mplink_u32 n, const std::vector<mplink_u16> &weights = {});

	// --- what happens to devices ---

	Netdev &create(const std::string &name); // without telling
	Netdev &plug(const std::string &name);   // REGISTER
	// plug(), with carrier and address i, up.
	Netdev &plug_running(const std::string &name, mplink_u32 i);
	void set_up(Netdev &dev);
	void set_down(Netdev &dev);
	void cable(Netdev &dev, bool in); // at once; linkwatch tells with CHANGE
	void cable_told(Netdev &dev, bool in);
	void set_inet(Netdev &dev, const mplink_addr &address); // all zero: removes it
	void rename(Netdev &dev, const std::string &to);
	// Down, its addresses gone, UNREGISTER; after a grace period nothing may
	// hold it.  It is freed by reap().
	void unplug(Netdev &dev);
	// The same, but the device lives on where nobody hears of it.
	void move_away(Netdev &dev);
	void move_back(Netdev &dev);
	// A grace period, then all that was unplugged goes.  False: something
	// still holds one of them.
	bool reap();
	int event(mplink_u32 event, Netdev &dev);
	void refresh();
	// What packets have asked for, as the worker does.  False: nothing.
	bool make_lanes();
	int set_policy(mplink_u32 policy);
	// The waits are 0 until a test sets them: most tests are about the state at once.
	mplink_liveness_config liveness() const;
	int set_liveness(const mplink_liveness_config &config);
	void set_peer_liveness(mplink_u32 liveness);
	// Time passes, and the core is asked whenever it wanted to be.
	void run(mplink_u64 ms);
	// A session over the device changes, and the core is told, or not yet.
	void session(Netdev &dev, bool up);
	void session_told(Netdev &dev, bool up);
	void recheck(mplink_u32 event);

	// --- packets ---

	struct Sent {
		std::vector<const Netdev *> over;
	};
	// The caller holds a ReadLock if the devices are to stay.
	Sent send(mplink_u32 len, mplink_u32 flow = 0, mplink_u32 lane = 0);
	// A packet that takes one link also takes a second one, as with duplicate all.
	bool twice = false;
	// send() does not leave time for the worker.
	bool worker_waits = false;
	// Asks the core as src/kernel does.
	mplink_choice choose(mplink_u32 len, mplink_u32 lane, const mplink_u8 *l3,
			     mplink_u32 l3_len);

	// --- the present state, and what it should be ---

	mplink_device *device() const
	{
		return device_;
	}
	mplink_peer *peer() const
	{
		return peer_;
	}
	mplink_nic *nic(mplink_u32 id) const;
	mplink_nic_info nic_info(mplink_u32 id) const;
	bool link_exists(mplink_u32 id) const;
	mplink_link_info link_info(mplink_u32 id) const;
	mplink_counters link_counters(mplink_u32 id) const;
	bool valid(mplink_u32 id) const
	{
		return nic_info(id).reason == MPLINK_REASON_NONE;
	}
	Netdev *find(const std::string &name) const;
	mplink_u32 nics() const
	{
		return static_cast<mplink_u32>(names_.size());
	}
	// Empty if there is no such NIC.
	const std::string &name(mplink_u32 id) const
	{
		return names_[id];
	}
	// All zero if there is no such link.
	mplink_addr remote(mplink_u32 id) const
	{
		return id < remotes_.size() ? remotes_[id] : mplink_addr{};
	}

	// What is wrong with the virtual NIC, by what the core was told; empty:
	// nothing.  shortage: memory has failed, so that less may work than could.
	std::string wrong(bool shortage = false) const;
	// Sends a packet of that flow, and tells what is wrong with where it went.
	std::string wrong_way(mplink_u32 flow = 0);

	Owner owner;
	mplink_extack extack = {}; // of the last request

private:
	mplink_u32 expected(const std::string &name) const;
	void told(mplink_u32 event, Netdev &dev);
	void leave(Netdev &dev);

	mplink_device *device_;
	mplink_peer *peer_ = nullptr;
	std::vector<std::string> names_;
	std::vector<mplink_addr> remotes_;
	std::vector<std::unique_ptr<Netdev>> devices_;
	std::vector<std::unique_ptr<Netdev>> leaving_;
	std::vector<std::unique_ptr<Netdev>> away_;
	mplink_u32 next_ifindex_ = 2;
};

mplink_addr local_address(mplink_u32 i);
mplink_addr remote_address(mplink_u32 i);

} // namespace fake
