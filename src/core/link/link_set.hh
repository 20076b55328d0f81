// SPDX-License-Identifier: GPL-2.0
// The links of a peer, by id and by NIC.  A packet that comes in is accounted to one of them.
// Published under RCU.  Once published, a link may be taken out, but none may be put in.
#pragma once
#include <span>

#include "link/link.hh"

namespace mplink
{

class LinkSet : public mplink_rcu
{
public:
	// Makes an empty set, with room for links with ids below size over NICs with ids below
	// nics. Null: memory is short.
	[[nodiscard]] static Box<LinkSet> create(mplink_u32 nics, mplink_u32 size)
	{
		return make_with<LinkSet>((nics + size) * sizeof(Shared<Link *>), nics, size);
	}
	LinkSet(mplink_u32 nics, mplink_u32 size)
	    : mplink_rcu(), nics_(nics), size_(size), links_(by_nic() + nics)
	{
		for (Shared<mplink_u16> &place : places_)
			place.write(no_place);
	}

	// The link with that id, or null.
	[[gnu::always_inline]] Link *at(mplink_u32 id) const
	{
		return id < size_ ? links_[id].read() : nullptr;
	}
	// The first of the links over that NIC, or null.
	[[gnu::always_inline]] Link *over(mplink_u32 nic_id) const
	{
		return nic_id < nics_ ? by_nic()[nic_id].read() : nullptr;
	}
	// The place in a lane where packets from that NIC are counted, or no_place.
	[[gnu::always_inline]] mplink_u16 place(mplink_u32 nic_id) const
	{
		return places_[nic_id].read();
	}
	// Takes the link out.  Readers may hold it until a grace period ends.  This needs no
	// memory, because a NIC that goes cannot wait for memory.
	void take(Rtnl, const Link &link)
	{
		links_[link.id()].write(nullptr);
		find_first(link.nic().id());
	}
	// Call it only before the set is published.
	void put(Link &link)
	{
		links_[link.id()].write(&link);
		find_first(link.nic().id());
	}
	// Lists the links in the order of their NICs, and for one NIC in the order of their ids.
	// Returns how many there are.
	mplink_u32 ordered(std::span<Link *, MPLINK_MAX_LINKS> links) const
	{
		mplink_u32 n = 0;

		for (Link &link : *this) {
			mplink_u32 i = n++;

			for (; i && links[i - 1]->nic().id() > link.nic().id(); i--)
				links[i] = links[i - 1];
			links[i] = &link;
		}
		return n;
	}

	// for (Link &link : set), in the order of ids
	class Iterator
	{
	public:
		Iterator(const Shared<Link *> *p, const Shared<Link *> *end) : p_(p), end_(end)
		{
			skip();
		}
		Link &operator*() const
		{
			return *p_->read();
		}
		Iterator &operator++()
		{
			p_++;
			skip();
			return *this;
		}
		bool operator!=(const Iterator &other) const
		{
			return p_ != other.p_;
		}

	private:
		void skip()
		{
			while (p_ != end_ && !p_->read())
				p_++;
		}

		const Shared<Link *> *p_;
		const Shared<Link *> *end_;
	};
	Iterator begin() const
	{
		return {links_, links_ + size_};
	}
	Iterator end() const
	{
		return {links_ + size_, links_ + size_};
	}

private:
	Shared<Link *> *by_nic() const
	{
		return reinterpret_cast<Shared<Link *> *>(const_cast<LinkSet *>(this) + 1);
	}
	void find_first(mplink_u32 nic_id)
	{
		Link *first = nullptr;

		for (Link &link : *this)
			if (!first && link.nic().id() == nic_id)
				first = &link;
		by_nic()[nic_id].write(first);
		places_[nic_id].write(first ? first->place() : no_place);
	}

	mplink_u32 nics_;
	mplink_u32 size_;
	Shared<Link *> *links_; // behind by_nic(), in the same allocation
	Shared<mplink_u16> places_[MPLINK_MAX_NICS];
};

} // namespace mplink
