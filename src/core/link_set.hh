// SPDX-License-Identifier: GPL-2.0
// The links of a peer, by their NICs' ids: what a packet that comes in is accounted
// to.  Published under RCU; a link may be taken out, but none put in.
#pragma once
#include "link.hh"

namespace mplink
{

class LinkSet : public mplink_rcu
{
public:
	// With room for the ids below size, none of which has a link.  Null where
	// memory is short.
	[[nodiscard]] static Box<LinkSet> create(mplink_u32 size)
	{
		return make_with<LinkSet>(size * sizeof(Link *), size);
	}
	explicit LinkSet(mplink_u32 size) : mplink_rcu(), size_(size)
	{
	}

	mplink_u32 size() const
	{
		return size_;
	}
	[[gnu::always_inline]] Link *at(mplink_u32 nic_id) const
	{
		return nic_id < size_ ? read_once(links()[nic_id]) : nullptr;
	}
	// Readers may hold the link until a grace period ends.  Needs no memory: a NIC
	// that goes cannot wait for any.
	Link *take(Rtnl, mplink_u32 nic_id)
	{
		Link *link = links()[nic_id];

		write_once(links()[nic_id], nullptr);
		return link;
	}
	// Before it is published.
	void put(mplink_u32 nic_id, Link *link)
	{
		links()[nic_id] = link;
	}

	// for (Link &link : set)
	class Iterator
	{
	public:
		Iterator(Link **p, Link **end) : p_(p), end_(end)
		{
			skip();
		}
		Link &operator*() const
		{
			return **p_;
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
			while (p_ != end_ && !*p_)
				p_++;
		}

		Link **p_;
		Link **end_;
	};
	Iterator begin() const
	{
		return {links(), links() + size_};
	}
	Iterator end() const
	{
		return {links() + size_, links() + size_};
	}

private:
	Link **links() const
	{
		return reinterpret_cast<Link **>(const_cast<LinkSet *>(this) + 1);
	}

	mplink_u32 size_;
};

} // namespace mplink
