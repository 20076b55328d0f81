// SPDX-License-Identifier: GPL-2.0
#include "link/nic.hh"

#include "base/deadline.hh"
#include "base/errors.hh"

namespace mplink
{

Nic::Nic(void *owner, mplink_u32 id, const char *name, LaneCounters *traffic)
    : mplink_rcu(), owner_(owner), id_(id), since_ms_(mplink_now_ms()), traffic_(traffic)
{
	// Kernels from 7.0 on export no strncpy().
	for (mplink_u32 i = 0; i < sizeof(name_) - 1 && name[i]; i++)
		name_[i] = name[i];
	add(before_, traffic_);
	for (mplink_u64 &stage : stages_ms_)
		stage = never;
}

mplink_counters Nic::counters() const
{
	mplink_counters sum = {};

	add(sum, traffic_);
	subtract(sum, before_);
	return sum;
}

bool Nic::need(Family family)
{
	return !needed_[static_cast<unsigned>(family)]++;
}

bool Nic::need_no_more(Family family)
{
	return !--needed_[static_cast<unsigned>(family)];
}

// A bit per Family.
mplink_u32 Nic::needs() const
{
	mplink_u32 needs = 0;

	for (unsigned f = 0; f < static_cast<unsigned>(Family::count); f++)
		if (needed_[f])
			needs |= 1U << f;
	return needs;
}

bool Nic::addressed() const
{
	const mplink_u32 needs = this->needs();

	if (needs)
		return has_ & needs;
	return has_ & (bit(Family::inet) | bit(Family::inet6));
}

void Nic::read(const mplink_snapshot &snapshot)
{
	const mplink_addr addresses[] = {snapshot.inet, snapshot.inet6, snapshot.inet6_local};

	has_ = 0;
	for (unsigned f = 0; f < static_cast<unsigned>(Family::count); f++) {
		address_[f] = addresses[f];
		if (given(addresses[f]))
			has_ |= 1U << f;
	}
	up_ = snapshot.up;
	carrier_ = snapshot.carrier;
}

void Nic::enter(const NicState &state)
{
	const bool was_valid = state_.valid();

	state_ = state;
	if (!state_.attached) {
		has_ = 0;
		carrier_ = false;
	}
	if (state_.valid() != was_valid) {
		transitions_++;
		since_ms_ = mplink_now_ms();
	}
	stamp();
}

void Nic::stamp()
{
	const mplink_u64 now = mplink_now_ms();
	const bool up = state_.attached && up_ && !state_.closing;

	stamp_stage(stages_ms_[MPLINK_NIC_REGISTERED], state_.attached, now);
	stamp_stage(stages_ms_[MPLINK_NIC_UP], up, now);
	stamp_stage(stages_ms_[MPLINK_NIC_CARRIER], state_.attached && carrier_, now);
	stamp_stage(stages_ms_[MPLINK_NIC_ADDRESS], state_.attached && addressed(), now);
}

int Nic::attach(const mplink_snapshot &snapshot)
{
	mplink_port *port = nullptr;
	const char *why = nullptr;
	int err = -einval;

	if (snapshot.loopback)
		why = "is a loopback";
	else
		err = mplink_port_attach(owner_, snapshot.netdev,
					 reinterpret_cast<const mplink_nic *>(this), &port, &why);
	if (err) {
		// Report each cause once, not at each event.
		if (why && why != refused_)
			mplink_report_not_attached(owner_, name_, why);
		refused_ = why;
		return err;
	}
	ref_ = DevRef(port);
	refused_ = nullptr;
	ifindex_ = snapshot.ifindex;
	return 0;
}

bool Nic::handle(Rtnl, mplink_u32 event, const mplink_snapshot &snapshot, bool present, int &err)
{
	err = 0;
	if (present)
		read(snapshot);
	if (!present || event == MPLINK_EVENT_UNREGISTER)
		refused_ = nullptr;
	NicStep step = nic_step(
		state_, event,
		{.registered = present, .up = up_, .carrier = carrier_, .addressed = addressed()});
	if (step.attach) {
		err = attach(snapshot);
		if (err)
			step.next = {};
	}
	enter(step.next);
	return step.detach;
}

void Nic::reassess(Rtnl)
{
	if (state_.attached)
		enter(nic_step(state_, MPLINK_EVENT_CONTROL,
			       {.registered = true,
				.up = up_,
				.carrier = carrier_,
				.addressed = addressed()})
			      .next);
}

void Nic::detach(Rtnl)
{
	if (!ref_)
		return;
	mplink_port_detach(ref_.get());
	ref_ = {};
	ifindex_ = 0;
	// If no event came before, the virtual NIC itself goes.
	state_ = {};
	has_ = 0;
	carrier_ = false;
	stamp();
}

void Nic::info(mplink_nic_info &info) const
{
	const mplink_u32 wanted = needs() ? has_ & needs() : has_;

	info = {};
	__builtin_memcpy(info.name, name_, sizeof(name_));
	info.reason = state_.reason;
	info.ifindex = ifindex_;
	info.carrier = carrier_;
	info.transitions = transitions_;
	info.refused = refused_;
	info.since_ms = mplink_now_ms() - since_ms_;
	__builtin_memcpy(info.stages_ms, stages_ms_, sizeof(stages_ms_));
	if (const mplink_u32 shown = wanted ? wanted : has_)
		info.address = address_[__builtin_ctz(shown)];
}

} // namespace mplink
