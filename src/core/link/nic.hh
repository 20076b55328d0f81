// SPDX-License-Identifier: GPL-2.0
// A NIC that the user named: its state and, while there is one, its device.
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
	// traffic: the counters for that id, one per lane.  They outlive the NIC, and earlier NICs
	// with the same id have counted there.
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
	// Null unless attached.
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
	// Traffic since this NIC was added.
	mplink_counters counters() const;

	// A link over this NIC begins, or ceases, to need an address of that family.  While no link
	// needs one, an IPv4 or IPv6 address will do.  True: call reassess().
	[[nodiscard]] bool need(Family family);
	[[nodiscard]] bool need_no_more(Family family);
	bool has(Family family) const
	{
		return has_ & bit(family);
	}

	// Takes an event.  present: snapshot shows this NIC's device; else there is no such device.
	// Returns true if the caller must call detach(), after no table names the device any more.
	// err: 0, or a negative errno if the device could not be attached.
	[[nodiscard]] bool handle(Rtnl, mplink_u32 event, const mplink_snapshot &snapshot,
				  bool present, int &err);
	// Follows a change of what links need, and of nothing else.
	void reassess(Rtnl);
	// Detaches the device.  No table may name it any more.
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
	mplink_counters before_ = {}; // what traffic_ had counted for earlier NICs
};

} // namespace mplink
