// SPDX-License-Identifier: GPL-2.0
#include "link/flow_hash.hh"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <vector>

namespace mplink
{

namespace
{

using Packet = std::vector<mplink_u8>;

Packet inet(mplink_u8 protocol, mplink_u32 ports, mplink_u8 host = 1)
{
	Packet p(28);

	p[0] = 0x45;
	p[9] = protocol;
	p[12] = 10;
	p[15] = host;
	p[16] = 10;
	p[19] = 2;
	for (unsigned i = 0; i < 4; i++)
		p[20 + i] = static_cast<mplink_u8>(ports >> (24 - 8 * i));
	return p;
}

Packet inet6(mplink_u8 next, mplink_u32 ports)
{
	Packet p(48);

	p[0] = 0x60;
	p[6] = next;
	p[8] = p[24] = 0x20;
	p[23] = 1;
	p[39] = 2;
	for (unsigned i = 0; i < 4; i++)
		p[40 + i] = static_cast<mplink_u8>(ports >> (24 - 8 * i));
	return p;
}

// In a block of its own, so that ASan sees the first byte too many.
mplink_u32 hash(const Packet &packet)
{
	const auto copy = std::make_unique<mplink_u8[]>(packet.size());

	std::copy(packet.begin(), packet.end(), copy.get());
	return flow_hash(copy.get(), static_cast<mplink_u32>(packet.size()));
}

constexpr mplink_u8 icmp = 1, tcp = 6, udp = 17, esp = 50, dccp = 33, sctp = 132, fragment = 44;

TEST(FlowHash, TheSameFlowHashesAlike)
{
	Packet a = inet(tcp, 0x12345678);
	Packet b = a;

	// The fields that differ from packet to packet of one flow.
	b[1] = 0xb8;          // DSCP
	b[2] = 5;             // length
	b[4] = b[5] = 0x77;   // identification
	b[6] = 0x40;          // don't fragment
	b[8] = 3;             // TTL
	b[10] = b[11] = 0x99; // checksum
	b.resize(1500);
	b[24] = 0xab; // sequence number
	EXPECT_EQ(hash(a), hash(b));
}

TEST(FlowHash, PortsTellFlowsApartWhereThereArePorts)
{
	for (const mplink_u8 protocol : {tcp, udp, dccp, sctp}) {
		EXPECT_NE(hash(inet(protocol, 1)), hash(inet(protocol, 2)));
		EXPECT_NE(hash(inet6(protocol, 1)), hash(inet6(protocol, 2)));
	}
	for (const mplink_u8 protocol : {icmp, esp}) {
		EXPECT_EQ(hash(inet(protocol, 1)), hash(inet(protocol, 2)));
		EXPECT_EQ(hash(inet6(protocol, 1)), hash(inet6(protocol, 2)));
	}
	EXPECT_NE(hash(inet(tcp, 1)), hash(inet(udp, 1)));
	EXPECT_NE(hash(inet(icmp, 1, 1)), hash(inet(icmp, 1, 2)));
}

TEST(FlowHash, AllFragmentsOfADatagramHashAlike)
{
	Packet first = inet(udp, 0x11112222);
	Packet middle = inet(udp, 0xdeadbeef); // payload where the ports would be
	Packet last = inet(udp, 0xfeedface);

	first[6] = 0x20;
	middle[6] = 0x20;
	middle[7] = 185;
	last[6] = 0x01;
	EXPECT_EQ(hash(first), hash(middle));
	EXPECT_EQ(hash(first), hash(last));
	EXPECT_EQ(hash(inet6(fragment, 1)), hash(inet6(fragment, 2)));
}

TEST(FlowHash, OptionsShiftThePorts)
{
	Packet a(32);
	const Packet plain = inet(tcp, 0x12345678);

	std::copy(plain.begin(), plain.begin() + 20, a.begin());
	a[0] = 0x46;
	a[20] = 0x94; // a router alert
	std::copy(plain.begin() + 20, plain.begin() + 24, a.begin() + 24);
	EXPECT_EQ(hash(a), hash(plain));
}

TEST(FlowHash, TruncatedInputIsReadNoFurtherThanItGoes)
{
	for (const Packet &whole : {inet(tcp, 5), inet6(tcp, 5)})
		for (std::size_t len = 0; len <= whole.size(); len++) {
			const Packet cut(whole.begin(),
					 whole.begin() + static_cast<std::ptrdiff_t>(len));
			const std::size_t header = whole[0] == 0x45 ? 20 : 40;

			EXPECT_EQ(hash(cut) == 0, len < header) << len;
			if (len >= header + 4) {
				EXPECT_EQ(hash(cut), hash(whole));
			}
		}
	for (unsigned ihl = 0; ihl < 16; ihl++)
		for (std::size_t len = 20; len < 70; len++) {
			Packet odd = inet(tcp, 5);

			odd.resize(len);
			odd[0] = static_cast<mplink_u8>(0x40 | ihl);
			hash(odd);
		}
}

TEST(FlowHash, WhatIsNotIpHashesToZero)
{
	EXPECT_EQ(hash({}), 0U);
	for (const unsigned version : {0U, 1U, 5U, 7U, 15U}) {
		Packet p = inet(tcp, 1);

		p.resize(60);
		p[0] = static_cast<mplink_u8>(version << 4 | 5);
		EXPECT_EQ(hash(p), 0U);
	}
}

// The topmost byte picks the bucket: it must be even over flows that differ
// only a little, such as the connections of one host.
void expect_even(const std::vector<mplink_u32> &hashes)
{
	std::array<double, 256> count = {};
	const double mean = static_cast<double>(hashes.size()) / 256;
	double chi = 0;

	for (const mplink_u32 h : hashes)
		count[h >> 24]++;
	for (const double c : count)
		chi += (c - mean) * (c - mean) / mean;
	// 255 degrees of freedom: above 360 once in 100,000.
	EXPECT_LT(chi, 360);
	EXPECT_GT(std::set<mplink_u32>(hashes.begin(), hashes.end()).size(),
		  hashes.size() * 999 / 1000);
}

TEST(FlowHash, SpreadsFlowsThatDifferInLittle)
{
	std::vector<mplink_u32> source, dest, six, hosts;

	for (mplink_u32 i = 0; i < 20000; i++) {
		source.push_back(hash(inet(tcp, (20000 + i) << 16 | 443)));
		dest.push_back(hash(inet(udp, 5000U << 16 | i)));
		six.push_back(hash(inet6(tcp, (20000 + i) << 16 | 443)));

		Packet p = inet(icmp, 0);

		p[18] = static_cast<mplink_u8>(i >> 8);
		p[19] = static_cast<mplink_u8>(i);
		hosts.push_back(hash(p));
	}
	expect_even(source);
	expect_even(dest);
	expect_even(six);
	expect_even(hosts);
}

} // namespace

} // namespace mplink
