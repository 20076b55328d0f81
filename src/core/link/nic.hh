// SPDX-License-Identifier: GPL-2.0
// A NIC that the user named: its state, and while it is registered the device.
#pragma once
#include "base/addr.hh"
#include "base/counters.hh"
#include "base/memory.hh"
#include "base/object_counts.hh"
#include "base/rcu.hh"
#include "base/ref.hh"
#include "link/nic_state.hh"

namespace mplink
{

inline void release_port(mplink_port *port)
{
	ObjectCounts::destroyed(Kind::dev_refs);
	mplink_port_retire(port);
}

// Owns one reference to a device, by its port.  Move-only.  Its end drops the reference after
// a grace period; the port must be detached by then.
class DevRef : public Ref<mplink_port, release_port>
{
public:
	constexpr DevRef() = default;
	explicit DevRef(mplink_port *port) : Ref(port)
	{
		ObjectCounts::created(Kind::dev_refs);
	}
};

class Nic : public mplink_rcu, Counted<Kind::nics>
{
public:
	// traffic: the counters of its place in the device, one a lane, which outlive it
	// and have counted for others before.
	Nic(void *owner, mplink_u32 id, const char *name, LaneCounters *traffic);

	const char *name() const
	{
		return name_;
	}
	void *owner() const
	{
		return owner_;
	}
	mplink_u32 id() const
	{
		return id_;
	}
	const NicState &state() const
	{
		return state_;
	}
	// NULL unless attached.
	mplink_port *port() const
	{
		return ref_.get();
	}

	bool is(const mplink_snapshot &snapshot) const
	{
		return ref_ && ifindex_ == snapshot.ifindex;
	}
	bool named(const char *name) const
	{
		return !__builtin_strncmp(name_, name, MPLINK_NAME_LEN);
	}
	LaneCounters *traffic() const
	{
		return traffic_;
	}
	// Since this NIC was added.
	mplink_counters counters() const;

	// A link over this NIC asks, or asks no more, for an address of that kind. While
	// none does, IPv4 or IPv6 will do.  True: reassess() is due.
	[[nodiscard]] bool need(Family family);
	[[nodiscard]] bool need_no_more(Family family);
	bool has(Family family) const
	{
		return has_ & bit(family);
	}

	// Takes the event.  present: snapshot is that of this NIC's device; else
	// there is no such device.  Detaching is left to detach(), for the
	// tables must let go of the device first; true: call it.
	// *err: 0, or why the device could not be attached.
	[[nodiscard]] bool handle(Rtnl, mplink_u32 event, const mplink_snapshot &snapshot,
				  bool present, int &err);
	// What is needed of it has changed, and nothing else.
	void reassess(Rtnl);
	// No table may list the device any more.
	void detach(Rtnl);

	void info(mplink_nic_info &info) const;

private:
	static constexpr mplink_u32 bit(Family family)
	{
		return 1U << static_cast<unsigned>(family);
	}
	mplink_u32 needs() const;
	bool addressed() const;
	void stamp();
	void enter(const NicState &state);
	int attach(const mplink_snapshot &snapshot);
	void read(const mplink_snapshot &snapshot);

	void *owner_;
	mplink_u32 id_;
	char name_[MPLINK_NAME_LEN] = {};
	NicState state_;
	DevRef ref_;
	mplink_u32 ifindex_ = 0;
	bool up_ = false;
	bool carrier_ = false;
	mplink_u32 needed_[static_cast<unsigned>(Family::count)] = {};
	mplink_u32 has_ = 0;
	mplink_addr address_[static_cast<unsigned>(Family::count)] = {};
	mplink_u32 transitions_ = 0;
	mplink_u64 since_ms_;
	mplink_u64 stages_ms_[MPLINK_NIC_STAGES];
	const char *refused_ = nullptr;
	LaneCounters *traffic_;
	mplink_counters before_ = {}; // what traffic_ counted for others
};

} // namespace mplink
