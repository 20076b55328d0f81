// SPDX-License-Identifier: GPL-2.0
// Implements the BFD part of include/mplink/core.h.
#include "base/memory.hh"
#include "base/object_counts.hh"
#include "bfd/session.hh"
#include "mplink/core.h"

using namespace mplink;

namespace
{

struct Session : BfdSession, Counted<Kind::sessions> {
	using BfdSession::BfdSession;
};

Session &core(mplink_bfd_session *session)
{
	return *reinterpret_cast<Session *>(session);
}

const Session &core(const mplink_bfd_session *session)
{
	return *reinterpret_cast<const Session *>(session);
}

void carry_out(BfdSession &session, const BfdStep &from, mplink_bfd_step &to)
{
	to = {.deadline_us = from.deadline,
	      .drop = from.drop,
	      .len = 0,
	      .was = from.from,
	      .now = from.to,
	      .digest = 0,
	      .bytes = {}};
	if (from.send != BfdSend::nothing) {
		static_assert(sizeof(to.bytes) == bfd_max_len);
		const BfdPacket packet = session.packet(from.send);

		to.len = bfd_write(packet, to.bytes);
		to.digest = packet.auth_type != MPLINK_BFD_AUTH_NONE;
	}
}

} // namespace

extern "C" {

mplink_bfd_session *mplink_core_bfd_create(const mplink_bfd_config *config, mplink_u32 discr,
					   mplink_u32 random)
{
	return reinterpret_cast<mplink_bfd_session *>(
		make<Session>(*config, discr, random).release());
}

void mplink_core_bfd_free(mplink_bfd_session *session)
{
	destroy(reinterpret_cast<Session *>(session));
}

mplink_u32 mplink_core_bfd_peek(const mplink_u8 *bytes, mplink_size len, mplink_u32 *discr)
{
	BfdPacket packet;
	const mplink_u32 drop = bfd_parse(bytes, len, packet);

	if (!drop)
		*discr = packet.your_discr;
	return drop;
}

mplink_u32 mplink_core_bfd_check(const mplink_bfd_session *session, mplink_u64 now_us,
				 const mplink_u8 *bytes, mplink_size len, mplink_u8 *digest)
{
	BfdPacket packet;
	mplink_u32 drop = bfd_parse(bytes, len, packet);

	if (!drop)
		drop = core(session).check(now_us, packet);
	*digest = !drop && packet.auth_type != MPLINK_BFD_AUTH_NONE;
	return drop;
}

void mplink_core_bfd_receive(mplink_bfd_session *session, mplink_u64 now_us, const mplink_u8 *bytes,
			     mplink_size len, mplink_u32 random, mplink_bfd_step *step)
{
	BfdPacket packet;

	if (const mplink_u32 drop = bfd_parse(bytes, len, packet)) {
		*step = {};
		step->drop = drop;
		return;
	}
	carry_out(core(session), core(session).receive(now_us, packet, random), *step);
}

void mplink_core_bfd_expire(mplink_bfd_session *session, mplink_u64 now_us, mplink_u32 random,
			    mplink_bfd_step *step)
{
	carry_out(core(session), core(session).expire(now_us, random), *step);
}

void mplink_core_bfd_configure(mplink_bfd_session *session, mplink_u64 now_us,
			       const mplink_bfd_config *config, mplink_u32 random,
			       mplink_bfd_step *step)
{
	carry_out(core(session), core(session).configure(now_us, *config, random), *step);
}

void mplink_core_bfd_disable(mplink_bfd_session *session, mplink_u64 now_us, mplink_u8 diag,
			     mplink_u32 random, mplink_bfd_step *step)
{
	carry_out(core(session), core(session).disable(now_us, diag, random), *step);
}

void mplink_core_bfd_enable(mplink_bfd_session *session, mplink_u64 now_us, mplink_u32 random,
			    mplink_bfd_step *step)
{
	carry_out(core(session), core(session).enable(now_us, random), *step);
}

void mplink_core_bfd_info(const mplink_bfd_session *session, mplink_bfd_info *info)
{
	const BfdSession &s = core(session);

	*info = {.local_discr = s.local_discr(),
		 .remote_discr = s.remote_discr(),
		 .tx_interval_us = s.tx_interval(),
		 .rx_interval_us = s.rx_interval(),
		 .detection_us = s.detection_time(),
		 .state = s.state(),
		 .diag = s.diag(),
		 .remote_state = s.remote_state(),
		 .remote_diag = s.remote_diag()};
}

} // extern "C"
