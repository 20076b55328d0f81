// SPDX-License-Identifier: GPL-2.0
#include "nic.hh"

#include "errors.hh"

namespace mplink
{

Nic::Nic(void *owner, mplink_u32 id, const char *name)
    : owner_(owner), id_(id), since_ms_(mplink_now_ms())
{
	__builtin_strncpy(name_, name, sizeof(name_) - 1);
}

bool Nic::addressed() const
{
	if (needs_)
		return has_ & needs_;
	return has_ & (bit(Family::inet) | bit(Family::inet6));
}

void Nic::read(const mplink_facts &facts)
{
	const mplink_addr addresses[] = {facts.inet, facts.inet6, facts.inet6_local};

	has_ = 0;
	for (unsigned f = 0; f < static_cast<unsigned>(Family::count); f++) {
		address_[f] = addresses[f];
		if (given(addresses[f]))
			has_ |= 1U << f;
	}
	carrier_ = facts.carrier;
}

int Nic::attach(const mplink_facts &facts)
{
	mplink_port *port = nullptr;
	const char *why = nullptr;
	int err = -einval;

	if (facts.loopback)
		why = "is a loopback";
	else
		err = mplink_port_attach(owner_, facts.netdev, id_, &port, &why);
	if (!err) {
		ref_ = make<DevRef>(port);
		if (!ref_) {
			mplink_port_detach(port);
			mplink_port_retire(port);
			err = -enomem;
		}
	}
	if (err) {
		// Once a cause, not once an event.
		if (why && why != refused_)
			mplink_report_refusal(owner_, name_, why);
		refused_ = why;
		return err;
	}
	refused_ = nullptr;
	ifindex_ = facts.ifindex;
	return 0;
}

bool Nic::handle(Rtnl, mplink_u32 event, const mplink_facts &facts, bool present, int &err)
{
	const bool was_valid = state_.valid();

	err = 0;
	if (present)
		read(facts);
	NicStep step = nic_step(state_, event,
				{.registered = present,
				 .up = !!facts.up,
				 .carrier = carrier_,
				 .addressed = addressed()});
	if (step.attach) {
		err = attach(facts);
		if (err)
			step.next = {};
	}
	state_ = step.next;
	if (!state_.attached) {
		has_ = 0;
		carrier_ = false;
	}
	if (state_.valid() != was_valid) {
		transitions_++;
		since_ms_ = mplink_now_ms();
	}
	return step.detach;
}

void Nic::detach(Rtnl)
{
	if (!ref_)
		return;
	mplink_port_detach(ref_->port());
	ref_ = {};
	ifindex_ = 0;
	// Where no event said so, it is the virtual NIC that goes.
	state_ = {};
	has_ = 0;
	carrier_ = false;
}

void Nic::info(mplink_nic_info &info) const
{
	const mplink_u32 wanted = needs_ ? has_ & needs_ : has_;

	info = {};
	__builtin_memcpy(info.name, name_, sizeof(name_));
	info.reason = state_.reason;
	info.ifindex = ifindex_;
	info.carrier = carrier_;
	info.transitions = transitions_;
	info.since_ms = mplink_now_ms() - since_ms_;
	if (const mplink_u32 shown = wanted ? wanted : has_)
		info.address = address_[__builtin_ctz(shown)];
}

} // namespace mplink
