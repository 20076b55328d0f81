// SPDX-License-Identifier: GPL-2.0
#include "fake_net.hh"

#include <cerrno>
#include <cstring>

#include "complain.hh"
#include "fake_memory.hh"
#include "fake_rcu.hh"

// Ports and paths are plain heap objects, freed for good after a grace period,
// so that ASan and TSan see every use that comes too late.
struct mplink_port : mplink_rcu {
	fake::Netdev *dev;
	void *owner;
	const mplink_nic *nic;
	bool attached;
	int paths;
};

struct mplink_path : mplink_rcu {
	static constexpr mplink_u32 sane = 0x9a7b9a7b;

	mplink_u32 magic;
	mplink_port *port;
	fake::Netdev *dev;
	mplink_addr remote;
	mplink_addr local;
	unsigned route_generation;
	bool retired;
};

namespace fake
{

std::atomic<int> Netdev::live{0};

namespace
{

std::function<void()> on_release_hook;

} // namespace

Netdev::~Netdev()
{
	if (refs)
		complain("a device was freed that is still referred to");
	live--;
}

bool Netdev::running() const
{
	return __atomic_load_n(&state, __ATOMIC_RELAXED) & start;
}

bool Netdev::has_carrier() const
{
	return !(__atomic_load_n(&state, __ATOMIC_RELAXED) & no_carrier);
}

void Netdev::set_running(bool on)
{
	if (on)
		__atomic_fetch_or(&state, start, __ATOMIC_RELAXED);
	else
		__atomic_fetch_and(&state, ~start, __ATOMIC_RELAXED);
}

void Netdev::set_carrier(bool on)
{
	if (on)
		__atomic_fetch_and(&state, ~no_carrier, __ATOMIC_RELAXED);
	else
		__atomic_fetch_or(&state, no_carrier, __ATOMIC_RELAXED);
}

mplink_snapshot Netdev::snapshot() const
{
	mplink_snapshot snapshot = {};

	snapshot.netdev = const_cast<Netdev *>(this);
	std::strncpy(snapshot.name, name.c_str(), sizeof(snapshot.name) - 1);
	snapshot.ifindex = ifindex;
	snapshot.registered = true;
	snapshot.loopback = loopback;
	snapshot.up = up;
	snapshot.carrier = has_carrier();
	snapshot.inet = inet;
	snapshot.inet6 = inet6;
	snapshot.inet6_local = inet6_local;
	return snapshot;
}

bool Netdev::owns(const mplink_addr &local) const
{
	return (!local.hi && !local.lo) || !foreign.contains({local.hi, local.lo});
}

const Netdev &device_of(const mplink_path *path)
{
	return *path->dev;
}

const mplink_addr &remote_of(const mplink_path *path)
{
	return path->remote;
}

const mplink_addr &local_of(const mplink_path *path)
{
	return path->local;
}

bool usable(const mplink_path *path)
{
	return path && path->magic == mplink_path::sane;
}

bool retired(const mplink_path *path)
{
	return path->retired;
}

void on_release(std::function<void()> hook)
{
	on_release_hook = std::move(hook);
}

const mplink_nic *nic_of(const mplink_port *port)
{
	return port->nic;
}

Netdev &device_of(const mplink_port *port)
{
	return *port->dev;
}

bool attached(const mplink_port *port)
{
	return port->attached;
}

} // namespace fake

using fake::complain;
using fake::Memory;
using fake::Netdev;

extern "C" {

int mplink_port_attach(void *owner, void *netdev, const mplink_nic *nic, mplink_port **port,
		       const char **why)
{
	Netdev &dev = *static_cast<Netdev *>(netdev);

	mplink_assert_rtnl();
	*why = nullptr;
	if (dev.unregistered)
		complain("attaches a device that has been unregistered");
	if (dev.refuses) {
		*why = dev.refuses;
		return -EOPNOTSUPP;
	}
	// Linux hands a device's packets to one owner only.
	if (dev.port) {
		*why = "is in use";
		return -EBUSY;
	}
	if (Memory::refuses())
		return -ENOMEM;
	dev.refs++;
	dev.port = *port = new mplink_port{{}, &dev, owner, nic, true, 0};
	return 0;
}

void mplink_port_detach(mplink_port *port)
{
	mplink_assert_rtnl();
	if (!port->attached)
		complain("detaches a port twice");
	port->attached = false;
	port->dev->port = nullptr;
	if (port->dev->sessions)
		complain("detaches a port before its sessions have ended");
	// Those on the receive side; it is for the core to wait for its own.
	if (fake::in_read_section())
		complain("detaches a port inside a read section");
	if (fake::on_release_hook)
		fake::on_release_hook();
}

void mplink_port_retire(mplink_port *port)
{
	if (port->attached)
		complain("retires a port that is attached");
	if (port->paths)
		complain("retires a port before its paths");
	mplink_call_rcu(port, [](mplink_rcu *rcu) {
		mplink_port *p = static_cast<mplink_port *>(rcu);

		p->dev->refs--;
		delete p;
	});
}

const unsigned long *mplink_port_state(const mplink_port *port, mplink_u32 *mask, mplink_u32 *want)
{
	*mask = Netdev::start | Netdev::no_carrier;
	*want = Netdev::start;
	return &port->dev->state;
}

mplink_u32 mplink_port_header_len(const mplink_port *port)
{
	return port->dev->header_len;
}

mplink_path *mplink_path_create(mplink_port *port, const mplink_addr *remote,
				const mplink_addr *local, mplink_u32 /*link*/, mplink_u32 *reason)
{
	mplink_assert_rtnl();
	if (!port || !port->attached) {
		complain("looks up a path over a port that is not attached");
		return nullptr;
	}
	if (port->dev->unreachable.contains({remote->hi, remote->lo})) {
		*reason = MPLINK_REASON_NO_ROUTE;
		return nullptr;
	}
	if (!port->dev->owns(*local)) {
		*reason = MPLINK_REASON_NO_ADDRESS;
		return nullptr;
	}
	if (Memory::refuses()) {
		*reason = MPLINK_REASON_NONE;
		return nullptr;
	}
	port->paths++;
	port->dev->refs++;
	return new mplink_path{{},     mplink_path::sane,           port, port->dev, *remote,
			       *local, port->dev->route_generation, false};
}

void mplink_path_retire(mplink_path *path)
{
	if (!path)
		return;
	path->port->paths--;
	path->retired = true;
	if (fake::on_release_hook)
		fake::on_release_hook();
	mplink_call_rcu(path, [](mplink_rcu *rcu) {
		mplink_path *p = static_cast<mplink_path *>(rcu);

		p->dev->refs--;
		p->magic = 0;
		delete p;
	});
}

int mplink_path_current(const mplink_path *path)
{
	mplink_assert_rtnl();
	return path->route_generation == path->dev->route_generation;
}

} // extern "C"
