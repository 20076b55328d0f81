// SPDX-License-Identifier: GPL-2.0
#include "common/address.hh"

#include <arpa/inet.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace mplink::cli
{

namespace
{

constexpr std::array<std::uint8_t, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

} // namespace

std::optional<Address> Address::parse(std::string_view text)
{
	const std::string terminated(text);
	Address address;

	// inet_pton() would read "10.0.0.1" out of "10.0.0.1\0rest".
	if (terminated.find('\0') != std::string::npos)
		return {};
	if (inet_pton(AF_INET6, terminated.c_str(), address.bytes_.data()) == 1)
		return address;
	std::copy(mapped.begin(), mapped.end(), address.bytes_.begin());
	if (inet_pton(AF_INET, terminated.c_str(), address.bytes_.data() + mapped.size()) == 1)
		return address;
	return {};
}

std::optional<Address> Address::from_wire(std::span<const std::byte> wire)
{
	Address address;

	if (wire.size() == 4) {
		std::copy(mapped.begin(), mapped.end(), address.bytes_.begin());
		std::memcpy(address.bytes_.data() + mapped.size(), wire.data(), 4);
	} else if (wire.size() == 16) {
		std::memcpy(address.bytes_.data(), wire.data(), 16);
	} else {
		return {};
	}
	return address;
}

bool Address::is_inet() const
{
	return std::equal(mapped.begin(), mapped.end(), bytes_.begin());
}

std::string Address::text() const
{
	char buf[INET6_ADDRSTRLEN];

	if (is_inet())
		inet_ntop(AF_INET, bytes_.data() + mapped.size(), buf, sizeof(buf));
	else
		inet_ntop(AF_INET6, bytes_.data(), buf, sizeof(buf));
	return buf;
}

std::span<const std::uint8_t> Address::wire() const
{
	return std::span(bytes_).subspan(is_inet() ? mapped.size() : 0);
}

bool Address::same_network(const Address &other, unsigned prefix) const
{
	const std::span<const std::uint8_t> a = wire();
	const std::span<const std::uint8_t> b = other.wire();

	if (a.size() != b.size() || prefix > 8 * a.size())
		return false;
	for (unsigned bit = 0; bit < prefix; bit++)
		if ((a[bit / 8] ^ b[bit / 8]) & (0x80 >> bit % 8))
			return false;
	return true;
}

mplink_addr Address::core() const
{
	return std::bit_cast<mplink_addr>(bytes_);
}

} // namespace mplink::cli
