// GRE in UDP as nobody should send it, and as a hostile far end would.
//
// usage: gre-packets FROM TO KEY COUNT SEED KIND...
//
// COUNT datagrams of each KIND from the address FROM to TO's port 4754, IPv4 or IPv6;
// prints how many they were altogether. No host has the inner packets' destination. KEY is the
// peer's, 24 bits.
//   truncated version flags protocol no_key key checksum inner ecn
//              must be refused for that reason, the word of `ethtool -S`'s gre_drop_*
//   random     any bytes; mutated: a good packet with one byte changed
//   good       in order, in all buckets; checksummed: the same, with GRE's checksum
//   replayed   as good, but sent once more first: each number comes twice, so COUNT is even
//   half       a bucket's numbers jump by half of their range, to and fro; jump: to anywhere
//   flood      of a bucket every other number is missing
//   withhold   the same, in all buckets
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>
#include <vector>

namespace
{

using Bytes = std::vector<unsigned char>;

constexpr unsigned kPort = 4754;
constexpr unsigned kBuckets = 256;
constexpr unsigned kBatch = 32;
constexpr unsigned kChecksum = 0x8000;
constexpr unsigned kKey = 0x2000;
constexpr unsigned kSequence = 0x1000;
constexpr unsigned kIpv4 = 0x0800;
constexpr unsigned kReplay = 0x88b6;
constexpr unsigned kCongested = 3;

[[noreturn]] void die(const char *what)
{
	std::perror(what);
	std::exit(1);
}

[[noreturn]] void usage()
{
	std::fputs("usage: gre-packets FROM TO KEY COUNT SEED KIND...\n", stderr);
	std::exit(2);
}

std::uint32_t number(std::string_view text)
{
	std::uint32_t value = 0;
	const auto [end, error] = std::from_chars(text.begin(), text.end(), value);
	if (error != std::errc{} || end != text.end())
		usage();
	return value;
}

void put16(Bytes &to, unsigned value)
{
	to.push_back(static_cast<unsigned char>(value >> 8));
	to.push_back(static_cast<unsigned char>(value));
}

void put32(Bytes &to, std::uint32_t value)
{
	put16(to, value >> 16);
	put16(to, value & 0xffff);
}

unsigned checksum(const Bytes &bytes)
{
	std::uint32_t sum = 0;
	for (std::size_t i = 0; i < bytes.size(); i++)
		sum += i % 2 != 0 ? bytes[i] : bytes[i] << 8;
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

// Of which every header has something.
struct Gre {
	unsigned flags = kKey | kSequence;
	unsigned protocol = kIpv4;
	std::uint32_t key = 0; // with the bucket
	std::uint32_t seq = 0;
};

Bytes written(const Gre &gre)
{
	// An IPv4 packet of 40 bytes, of an experimental protocol, not ECN-capable.
	static const unsigned char inner[] = {0x45, 0, 0,  40, 0, 0,  0x40, 0,  64, 253,
					      0,    0, 10, 99, 0, 77, 10,   99, 0,  99};
	Bytes out;
	put16(out, gre.flags);
	put16(out, gre.protocol);
	if (gre.flags & kChecksum)
		put32(out, 0);
	if (gre.flags & kKey)
		put32(out, gre.key);
	if (gre.flags & kSequence)
		put32(out, gre.seq);
	const std::size_t at = out.size();
	out.insert(out.end(), std::begin(inner), std::end(inner));
	out.resize(at + 40);
	const unsigned sum = checksum({out.begin() + static_cast<std::ptrdiff_t>(at),
				       out.begin() + static_cast<std::ptrdiff_t>(at) + 20});
	out[at + 10] = static_cast<unsigned char>(sum >> 8);
	out[at + 11] = static_cast<unsigned char>(sum);
	return out;
}

class Maker
{
public:
	Maker(std::uint32_t key, std::uint32_t seed) : key_(key << 8), random_(seed)
	{
	}

	Bytes make(std::string_view kind, std::uint32_t i)
	{
		Gre gre{.key = key_};
		if (kind == "truncated")
			return truncated(i);
		if (kind == "random")
			return bytes(any(200));
		if (kind == "mutated")
			return mutated();
		if (kind == "checksum")
			return wrong_checksum();
		if (kind == "inner")
			return wrong_inner(i);
		if (kind == "version")
			gre.flags |= 1 + i % 7;
		else if (kind == "flags")
			gre.flags |= i % 3 == 0 ? 0x4000 : i % 3 == 1 ? 0x0800 : 0x0400;
		else if (kind == "protocol")
			gre = no_protocol(i);
		else if (kind == "no_key")
			gre.flags &= ~kKey;
		else if (kind == "key")
			gre.key ^= 0x100 << i % 24;
		else if (kind == "ecn")
			gre.key |= i % kBuckets;
		else if (kind == "good" || kind == "checksummed")
			return good(kind == "checksummed");
		else if (kind == "replayed")
			return replayed(i);
		else if (kind == "half")
			gre = {.key = key_ | 3, .seq = (i % 2 << 31) + i};
		else if (kind == "jump")
			gre = {.key = key_ | 4, .seq = static_cast<std::uint32_t>(random_())};
		else if (kind == "flood")
			gre = {.key = key_ | 5, .seq = 2 * i + 1};
		else if (kind == "withhold")
			gre = {.key = key_ | i % kBuckets, .seq = 1 + i / kBuckets * 2};
		else
			usage();
		return written(gre);
	}

private:
	std::size_t any(std::size_t below)
	{
		return random_() % below;
	}

	Bytes bytes(std::size_t length)
	{
		Bytes out(length);
		for (unsigned char &byte : out)
			byte = static_cast<unsigned char>(random_());
		return out;
	}

	// A replay without a number is none.
	Gre no_protocol(std::uint32_t i) const
	{
		if (i % 3 == 0)
			return {.flags = kKey, .protocol = kReplay, .key = key_};
		return {.protocol = i % 3 == 1 ? 0x88beU : 0x6558U, .key = key_};
	}

	// Shorter than what its flags say.
	Bytes truncated(std::uint32_t i)
	{
		const unsigned flags = i % 3 == 0   ? kKey
				       : i % 3 == 1 ? kKey | kSequence
						    : kKey | kSequence | kChecksum;
		Bytes whole = written({.flags = flags, .key = key_});
		whole.resize(any(i % 3 == 0 ? 8 : i % 3 == 1 ? 12 : 16));
		return whole;
	}

	Bytes good(bool checksummed)
	{
		const std::uint32_t bucket = next_ % kBuckets;
		const std::uint32_t seq = next_++ / kBuckets;
		Bytes out = written({.flags = kKey | kSequence | (checksummed ? kChecksum : 0),
				     .key = key_ | bucket,
				     .seq = seq});
		if (checksummed) {
			const unsigned sum = checksum(out);
			out[4] = static_cast<unsigned char>(sum >> 8);
			out[5] = static_cast<unsigned char>(sum);
		}
		return out;
	}

	Bytes replayed(std::uint32_t i)
	{
		Bytes out = good(false);
		if (i % 2 == 0) {
			out[2] = kReplay >> 8;
			out[3] = kReplay & 0xff;
			next_--;
		}
		return out;
	}

	Bytes wrong_checksum()
	{
		Bytes out = good(true);
		out[5] ^= static_cast<unsigned char>(1 << any(8));
		next_--;
		return out;
	}

	Bytes wrong_inner(std::uint32_t i)
	{
		const bool replay = i % 4 >= 2;
		Bytes out = written({.protocol = replay ? kReplay : kIpv4, .key = key_});
		if (i % 2 != 0)
			out.resize(12 + any(20));
		else
			out[12] = static_cast<unsigned char>(i % 3 == 0 && !replay ? 0x60 : 0x15);
		return out;
	}

	Bytes mutated()
	{
		Bytes out = good(any(2) != 0);
		out[any(out.size())] ^= static_cast<unsigned char>(1 + any(255));
		return out;
	}

	std::uint32_t key_;
	std::mt19937 random_;
	std::uint32_t next_ = 0;
};

struct Address {
	sockaddr_storage storage{};
	socklen_t length = 0;
};

Address address(const char *text, unsigned port)
{
	Address out;
	auto *to6 = reinterpret_cast<sockaddr_in6 *>(&out.storage);
	auto *to4 = reinterpret_cast<sockaddr_in *>(&out.storage);
	if (inet_pton(AF_INET6, text, &to6->sin6_addr) == 1) {
		to6->sin6_family = AF_INET6;
		to6->sin6_port = htons(static_cast<std::uint16_t>(port));
		out.length = sizeof(*to6);
	} else if (inet_pton(AF_INET, text, &to4->sin_addr) == 1) {
		to4->sin_family = AF_INET;
		to4->sin_port = htons(static_cast<std::uint16_t>(port));
		out.length = sizeof(*to4);
	} else {
		usage();
	}
	return out;
}

void mark(int fd, int family, int congested)
{
	const bool inet6 = family == AF_INET6;
	if (setsockopt(fd, inet6 ? IPPROTO_IPV6 : IPPROTO_IP, inet6 ? IPV6_TCLASS : IP_TOS,
		       &congested, sizeof(congested)) != 0)
		die("traffic class");
}

void send_all(int fd, std::vector<Bytes> &packets)
{
	std::vector<iovec> pieces(packets.size());
	std::vector<mmsghdr> messages(packets.size());
	for (std::size_t i = 0; i < packets.size(); i++) {
		pieces[i] = {packets[i].data(), packets[i].size()};
		messages[i].msg_hdr.msg_iov = &pieces[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	for (std::size_t done = 0; done < messages.size();) {
		const int sent = sendmmsg(fd, &messages[done],
					  static_cast<unsigned>(messages.size() - done), 0);
		if (sent < 0)
			die("sendmmsg");
		done += static_cast<std::size_t>(sent);
	}
	packets.clear();
}

} // namespace

int main(int argc, char **argv)
{
	if (argc < 7)
		usage();
	const Address from = address(argv[1], 0);
	const Address to = address(argv[2], kPort);
	const std::uint32_t count = number(argv[4]);
	Maker maker(number(argv[3]), number(argv[5]));
	const int family = from.storage.ss_family;
	const int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    bind(fd, reinterpret_cast<const sockaddr *>(&from.storage), from.length) != 0 ||
	    connect(fd, reinterpret_cast<const sockaddr *>(&to.storage), to.length) != 0)
		die("socket");
	std::vector<Bytes> packets;
	std::uint64_t sent = 0;
	for (int kind = 6; kind < argc; kind++) {
		mark(fd, family, std::string_view(argv[kind]) == "ecn" ? kCongested : 0);
		for (std::uint32_t i = 0; i < count; i++) {
			packets.push_back(maker.make(argv[kind], i));
			if (packets.size() == kBatch || i + 1 == count)
				send_all(fd, packets);
		}
		sent += count;
	}
	std::printf("%ju\n", static_cast<std::uintmax_t>(sent));
	return 0;
}
