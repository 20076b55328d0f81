// SPDX-License-Identifier: GPL-2.0
// Packets of any kind for a BFD session, at any time, between changes of any kind:
// what is read is written alike, and the session never does what it must not.
#include <algorithm>
#include <cstring>
#include <vector>

#include "bfd/session.hh"
#include "require.hh"

namespace
{

using namespace mplink;

constexpr mplink_u32 our_discr = 0x01010101;

class Input
{
public:
	Input(const unsigned char *data, std::size_t size) : p_(data), end_(data + size)
	{
	}
	bool left() const
	{
		return p_ < end_;
	}
	mplink_u8 byte()
	{
		return left() ? *p_++ : mplink_u8{0};
	}
	mplink_u32 word()
	{
		const mplink_u32 high = byte();

		return (high << 8 | byte()) * 0x10001U;
	}
	// On the heap, with not a byte too many.
	std::vector<mplink_u8> bytes(std::size_t n)
	{
		n = std::min(n, static_cast<std::size_t>(end_ - p_));

		std::vector<mplink_u8> v(p_, p_ + n);

		p_ += n;
		return v;
	}

private:
	const unsigned char *p_;
	const unsigned char *end_;
};

mplink_bfd_config any_config(Input &in)
{
	mplink_bfd_config config = {};

	config.min_tx_us = MPLINK_BFD_MIN_INTERVAL_US + in.byte() * 20000U;
	config.min_rx_us = MPLINK_BFD_MIN_INTERVAL_US + in.byte() * 20000U;
	config.detect_mult = static_cast<mplink_u8>(in.byte() | 1);
	if (const mplink_u8 type = in.byte() % 3)
		config.auth_type = static_cast<mplink_u8>(MPLINK_BFD_AUTH_SHA1 - 1 + type);
	config.auth_key_id = in.byte() & 1;
	require(bfd_valid(config), "a valid config is not");
	return config;
}

void check_codec(const BfdPacket &packet)
{
	mplink_u8 bytes[bfd_max_len];
	BfdPacket again;
	const mplink_u32 len = bfd_write(packet, bytes);

	require(len == bfd_header_len || len == bfd_max_len, "a length of its own");
	require(bfd_parse(bytes, len, again) == MPLINK_BFD_DROP_NONE, "written, but not read");
	require(again == packet, "written is not read");
}

class World
{
public:
	explicit World(Input &in)
	    : in_(in), config_(any_config(in)), session_(config_, our_discr, 0)
	{
	}
	void run()
	{
		while (in_.left())
			happen();
	}

private:
	void happen()
	{
		const mplink_u8 what = in_.byte();

		// From microseconds to hours.
		now_ += mplink_u64{in_.byte()} << (what >> 3);
		switch (what & 7) {
		case 0:
			config_ = any_config(in_);
			take(session_.configure(now_, config_, in_.word()));
			break;
		case 1:
			take(session_.disable(now_, MPLINK_BFD_DIAG_ADMIN, in_.word()));
			require(session_.state() == MPLINK_BFD_ADMIN_DOWN, "not disabled");
			break;
		case 2:
			take(session_.enable(now_, in_.word()));
			require(session_.state() != MPLINK_BFD_ADMIN_DOWN, "not enabled");
			break;
		case 3:
		case 4:
			take(session_.expire(now_, in_.word()));
			require(session_.deadline() > now_, "expired, and still due");
			break;
		default:
			hear(what & 1);
		}
	}

	// Most of them with what has to be there: else the fuzzer would seek it for ever.
	void hear(bool likely)
	{
		std::vector<mplink_u8> bytes = in_.bytes(in_.byte() % 64);
		BfdPacket packet;

		if (likely && bytes.size() >= bfd_header_len) {
			bytes[0] = static_cast<mplink_u8>(0x20 | (bytes[0] & 0x1f));
			bytes[3] = static_cast<mplink_u8>(bytes.size());
			std::memset(bytes.data() + 8, bytes[8] & 1, 4);
		}
		if (bfd_parse(bytes.data(), bytes.size(), packet) != MPLINK_BFD_DROP_NONE)
			return;
		check_codec(packet);

		const mplink_u32 drop = session_.check(now_, packet);
		const mplink_u8 was = session_.state();
		const BfdStep step = session_.receive(now_, packet, in_.word());

		take(step);
		if (drop) {
			require(step.drop == drop && !step.changed() &&
					step.send == BfdSend::nothing,
				"refused, and received");
			return;
		}
		require(session_.remote_discr() == packet.my_discr, "not the peer it has heard");
		require(session_.state() == bfd_next_state(was, packet.state), "not the RFC's way");
		require(was == MPLINK_BFD_ADMIN_DOWN ||
				packet.poll == (step.send == BfdSend::final),
			"polls and finals do not pair");
	}

	void take(const BfdStep &step)
	{
		require(step.drop < MPLINK_BFD_DROPS && step.from < MPLINK_BFD_STATES,
			"no such thing");
		require(step.to == session_.state() && step.from == state_, "a state unheard of");
		state_ = step.to;
		require(step.deadline == session_.deadline(), "another deadline");
		if (step.send != BfdSend::nothing)
			check_sent(session_.packet(step.send), step.send);
		require(state_ != MPLINK_BFD_UP || session_.remote_discr(), "up with nobody");
		require(!session_.tx_interval() ||
				session_.tx_interval() >= MPLINK_BFD_MIN_INTERVAL_US,
			"too fast");
		require(!session_.remote_discr() ||
				session_.detection_time() >= MPLINK_BFD_MIN_INTERVAL_US,
			"too impatient");
	}

	void check_sent(const BfdPacket &packet, BfdSend what)
	{
		check_codec(packet);
		require(!(packet.poll && packet.final), "poll and final");
		require(packet.final == (what == BfdSend::final), "a final of its own");
		require(!packet.demand, "demand");
		require(packet.state == MPLINK_BFD_UP || packet.desired_min_tx >= 1000000,
			"fast while not up");
		require(packet.my_discr == our_discr &&
				packet.your_discr == session_.remote_discr(),
			"discriminators");
		require(packet.auth_type == config_.auth_type, "not the authentication asked for");
	}

	Input &in_;
	mplink_bfd_config config_;
	BfdSession session_;
	mplink_u64 now_ = 0;
	mplink_u8 state_ = MPLINK_BFD_DOWN;
};

} // namespace

// A config; then things that happen, each a byte that says what and how long after,
// and what belongs to it.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
	Input in(data, size);

	World(in).run();
	return 0;
}
