// SPDX-License-Identifier: GPL-2.0
#include "netlink/extack.hh"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace mplink::cli
{

namespace
{

// Offset of the extended acknowledgement, which follows the part of the request that the kernel
// quotes.
std::size_t tlv_offset(const Received &message, int error)
{
	if (message.header.nlmsg_type == NLMSG_DONE)
		return sizeof(int);

	nlmsgerr quoted;

	if (message.payload.size() < sizeof(quoted))
		throw Malformed("an acknowledgement that is cut short");
	std::memcpy(&quoted, message.payload.data(), sizeof(quoted));
	if (!error || message.header.nlmsg_flags & NLM_F_CAPPED)
		return sizeof(quoted);
	return sizeof(int) + NLMSG_ALIGN(quoted.msg.nlmsg_len);
}

} // namespace

ExtAck parse_extack(const Received &message)
{
	ExtAck answer;
	int error;

	if (message.payload.size() < sizeof(error))
		throw Malformed("an acknowledgement that is cut short");
	std::memcpy(&error, message.payload.data(), sizeof(error));
	answer.error = -error;
	if (!(message.header.nlmsg_flags & NLM_F_ACK_TLVS))
		return answer;
	for_each_attribute(message.attributes(tlv_offset(message, error)),
			   [&](const Attribute &attribute) {
				   if (attribute.type == NLMSGERR_ATTR_MSG)
					   answer.why = attribute.string();
				   else if (attribute.type == NLMSGERR_ATTR_OFFS)
					   answer.offset = attribute.u32();
			   });
	return answer;
}

std::string explain(const Message &request, const ExtAck &answer)
{
	const std::string origin = answer.offset ? request.origin_at(*answer.offset) : "";
	std::string line = request.what();

	if (!origin.empty())
		line += ": " + origin;
	line += ": " + (answer.why.empty() ? std::string(std::strerror(answer.error)) : answer.why);
	if (answer.error == EPERM)
		line += "; this needs CAP_NET_ADMIN in the namespace: run it as root";
	return line;
}

} // namespace mplink::cli
