// SPDX-License-Identifier: GPL-2.0
#include "api/params.hh"

#include "api/param_text.hh"
#include "base/defaults.hh"
#include "base/names.hh"
#include "base/validation.hh"
#include "link/settings.hh"
#include "mplink/platform.h"

namespace mplink
{

namespace
{

class Parser
{
public:
	Parser(const mplink_params &in, mplink_config &out, mplink_param_error &error)
	    : in_(in), out_(out), error_(error)
	{
	}
	bool parse();

private:
	bool fail(const char *param, Text value, const char *why)
	{
		error_ = {.param = param, .value = value.p, .value_len = value.len, .why = why};
		return false;
	}
	// A parameter that would have no effect is refused: the user expects something of it.
	struct Given {
		const char *param;
		const char *value;
	};
	template <mplink_size n>
	bool none_of(const Given (&given)[n], const char *why)
	{
		for (const Given &one : given)
			if (one.value)
				return fail(one.param, whole(one.value), why);
		return true;
	}
	bool without_nics();
	bool name();
	bool nics();
	bool policy();
	bool encap();
	bool peer();
	bool remotes();
	bool weights();
	bool liveness();
	bool number(const char *param, const char *value, Values values, mplink_u32 least,
		    mplink_u32 most, const char *why, mplink_u32 &number);
	bool on_off(const char *param, const char *value, const char *why, mplink_u32 &on);
	template <auto parse>
	bool choice(const char *param, const char *value, const char *why, mplink_u32 most,
		    mplink_u32 &to);
	bool waits();
	bool bfd();
	bool without_tunnel(const char *why);
	bool key();
	bool outoforder();
	bool tunnel();

	const mplink_params &in_;
	mplink_config &out_;
	mplink_param_error &error_;
};

bool Parser::without_nics()
{
	const Given others[] = {
		{"peer", in_.peer},
		{"remotes", in_.remotes},
		{"weights", in_.weights},
		{"name", in_.name},
		{"bfd_interval_us", in_.bfd_interval_us},
		{"bfd_multiplier", in_.bfd_multiplier},
#define MPLINK_DEVICE_SETTING(id, name, ...) {#name, in_.name},
#include "uapi/mplink_attributes.def"
	};

	return none_of(others, "has no effect without nics=") &&
	       without_tunnel("has no effect without nics=");
}

bool Parser::name()
{
	const Text text = whole(in_.name ? in_.name : "mpl0");

	if (const char *why = why_no_nic_name(text.p, text.len))
		return fail("name", text, why);
	__builtin_memcpy(out_.name, text.p, text.len);
	return true;
}

bool Parser::nics()
{
	Items items(in_.nics);
	Text item;

	while (items.next(item)) {
		if (const char *why = why_no_nic_name(item.p, item.len))
			return fail("nics", item, why);
		if (item.is(out_.name))
			return fail("nics", item, "is the virtual NIC itself");
		if (mplink_is_loopback(item.p, item.len))
			return fail("nics", item, "is a loopback");
		for (mplink_u32 i = 0; i < out_.nr_nics; i++)
			if (item.is(out_.nics[i]))
				return fail("nics", item, "is named twice");
		if (out_.nr_nics == MPLINK_MAX_NICS)
			return fail("nics", item, "is one too many: 64 NICs at most");
		__builtin_memcpy(out_.nics[out_.nr_nics], item.p, item.len);
		out_.weights[out_.nr_nics] = 1;
		out_.nr_nics++;
	}
	return true;
}

// Call it after encap(), because the default depends on the encap.
bool Parser::policy()
{
	out_.policy = default_policy(out_.encap);
	if (!in_.policy)
		return true;

	const Text text = whole(in_.policy);
	const int policy = policy_parse(text.p, text.len);

	if (policy < 0)
		return fail("policy", text, why_no_policy());
	out_.policy = static_cast<mplink_u32>(policy);
	return true;
}

bool Parser::encap()
{
	if (!in_.encap)
		return true;

	const Text text = whole(in_.encap);
	const int encap = encap_parse(text.p, text.len);

	if (encap < 0)
		return fail("encap", text, "is neither none nor gre-udp");
	out_.encap = static_cast<mplink_u32>(encap);
	return true;
}

bool Parser::peer()
{
	if (!in_.peer)
		return true;

	const Text text = whole(in_.peer);

	if (mplink_parse_addr(text.p, text.len, &out_.peer))
		return fail("peer", text, "is not an IPv4 or IPv6 address");
	if (const char *why = why_no_peer(out_.peer))
		return fail("peer", text, why);
	if (!in_.remotes)
		return fail("peer", text, "needs remotes=, one for each NIC");
	return true;
}

bool Parser::remotes()
{
	if (!in_.remotes)
		return true;
	if (!in_.peer)
		return fail("remotes", whole(in_.remotes), "needs peer=");

	Items items(in_.remotes);
	Text item;
	mplink_u32 n = 0;

	while (items.next(item)) {
		if (n == out_.nr_nics)
			return fail("remotes", item, "has no NIC: more remotes than NICs");

		mplink_addr &remote = out_.remotes[n];

		if (mplink_parse_addr(item.p, item.len, &remote))
			return fail("remotes", item, "is not an IPv4 or IPv6 address");
		if (const char *why = why_no_remote(remote, out_.peer))
			return fail("remotes", item, why);
		n++;
	}
	if (n < out_.nr_nics)
		return fail("remotes", whole(in_.remotes), "has fewer remotes than there are NICs");
	return true;
}

bool Parser::weights()
{
	if (!in_.weights)
		return true;

	Items items(in_.weights);
	Text item;
	mplink_u32 n = 0;

	while (items.next(item)) {
		mplink_u32 weight = 0;

		if (n == out_.nr_nics)
			return fail("weights", item, "has no NIC: more weights than NICs");
		if (!parse_number(item, 1, MPLINK_MAX_WEIGHT, weight))
			return fail("weights", item, "is not a number from 1 to 65535");
		out_.weights[n++] = static_cast<mplink_u16>(weight);
	}
	if (n < out_.nr_nics)
		return fail("weights", whole(in_.weights), "has fewer weights than there are NICs");
	return true;
}

bool Parser::liveness()
{
	if (!in_.liveness)
		return true;

	const Text text = whole(in_.liveness);
	const int liveness = liveness_parse(text.p, text.len);

	if (liveness != MPLINK_LIVENESS_OFF && liveness != MPLINK_LIVENESS_BFD)
		return fail("liveness", text, "is neither bfd nor off");
	out_.liveness.mode = static_cast<mplink_u32>(liveness);
	return true;
}

// Leaves number as it is if the parameter is not given.
bool Parser::number(const char *param, const char *value, Values values, mplink_u32 least,
		    mplink_u32 most, const char *why, mplink_u32 &number)
{
	if (value && !(parse_number(whole(value), least, most, number) &&
		       within(values, number, least, most)))
		return fail(param, whole(value), why);
	return true;
}

// Likewise.
bool Parser::on_off(const char *param, const char *value, const char *why, mplink_u32 &on)
{
	if (!value)
		return true;

	const Text text = whole(value);

	if (!text.is("on") && !text.is("off"))
		return fail(param, text, why);
	on = text.is("on");
	return true;
}

// Likewise.
template <auto parse>
bool Parser::choice(const char *param, const char *value, const char *why, mplink_u32 most,
		    mplink_u32 &to)
{
	if (!value)
		return true;

	const Text text = whole(value);
	const int chosen = parse(text.p, text.len);

	// An error is beyond most, as an unsigned number, and so is what only a peer can have.
	if (static_cast<mplink_u32>(chosen) > most)
		return fail(param, text, why);
	to = static_cast<mplink_u32>(chosen);
	return true;
}

// The parameter of a setting that has no function of its own.
#define READ_NUMBER(name, to, least, most, unit)                                                   \
	if (!number(#name, in_.name, Values::number, least, most,                                  \
		    MPLINK_WHY_NUMBER(unit, least, most), to))                                     \
		return false;
#define READ_POWER_OF_TWO(name, to, least, most, unit)                                             \
	if (!number(#name, in_.name, Values::power_of_two, least, most,                            \
		    MPLINK_WHY_POWER_OF_TWO(unit, least, most), to))                               \
		return false;
#define READ_SWITCH(name, to, least, most, unit)                                                   \
	if (!on_off(#name, in_.name, MPLINK_WHY_SWITCH(unit, least, most), to))                    \
		return false;
#define READ_EQUALIZE(name, to, least, most, unit)                                                 \
	if (!choice<equalize_parse>(#name, in_.name, MPLINK_WHY_EQUALIZE(unit, least, most), most, \
				    to))                                                           \
		return false;
#define READ_DUPLICATE(name, to, least, most, unit)                                                \
	if (!choice<duplicate_parse>(#name, in_.name, MPLINK_WHY_DUPLICATE(unit, least, most),     \
				     most, to))                                                    \
		return false;
#define READ_POLICY(name, to, least, most, unit)
#define READ_ENCAP(name, to, least, most, unit)
#define READ_LIVENESS(name, to, least, most, unit)

bool Parser::waits()
{
#define MPLINK_DEVICE_SETTING(id, name, file, bits, values, least, most, initial, unit, ...)       \
	READ_##values(name, out_.liveness.file, least, most, unit)
#include "uapi/mplink_attributes.def"
	return true;
}

bool Parser::bfd()
{
	mplink_bfd_config &bfd = out_.liveness.bfd;
	mplink_u32 multiplier = bfd.detect_mult;

	if (!number("bfd_interval_us", in_.bfd_interval_us, Values::number,
		    MPLINK_BFD_MIN_INTERVAL_US, MPLINK_BFD_MAX_INTERVAL_US,
		    "is not a number of microseconds from 3300 to 60000000", bfd.min_tx_us) ||
	    !number("bfd_multiplier", in_.bfd_multiplier, Values::number, 1, 255,
		    "is not a number from 1 to 255", multiplier))
		return false;
	bfd.min_rx_us = bfd.min_tx_us;
	bfd.detect_mult = static_cast<mplink_u8>(multiplier);
	return true;
}

bool Parser::without_tunnel(const char *why)
{
	const Given others[] = {
		{"key", in_.key},
#define MPLINK_TUNNEL_SETTING(id, name, ...) {#name, in_.name},
#include "uapi/mplink_attributes.def"
	};

	return none_of(others, why);
}

bool Parser::key()
{
	if (in_.key && !in_.peer)
		return fail("key", whole(in_.key), "has no effect without peer=");
	return number("key", in_.key, Values::number, 0, MPLINK_MAX_PEER_KEY,
		      "is not a number from 0 to 16777215", out_.key);
}

bool Parser::outoforder()
{
	const mplink_tunnel_config &tunnel = out_.tunnel;

	if (tunnel.outoforder_min_us <= tunnel.outoforder_max_us)
		return true;
	if (in_.outoforder_min_us)
		return fail("outoforder_min_us", whole(in_.outoforder_min_us),
			    "is above outoforder_max_us (2000000 if it is not given)");
	return fail("outoforder_max_us", whole(in_.outoforder_max_us),
		    "is below outoforder_min_us (1000 if it is not given)");
}

bool Parser::tunnel()
{
	if (out_.encap != MPLINK_ENCAP_GRE_UDP)
		return without_tunnel("has no effect without encap=gre-udp");

	if (!key())
		return false;
#define MPLINK_TUNNEL_SETTING(id, name, file, bits, values, least, most, initial, unit, ...)       \
	READ_##values(name, out_.tunnel.file, least, most, unit)
#include "uapi/mplink_attributes.def"
	return outoforder();
}

bool Parser::parse()
{
	if (!in_.nics)
		return without_nics();
	return name() && nics() && encap() && policy() && peer() && remotes() && weights() &&
	       liveness() && waits() && bfd() && tunnel();
}

} // namespace

bool parse_params(const mplink_params &params, mplink_config &config, mplink_param_error &error)
{
	config = {};
	config.liveness = default_liveness();
	config.tunnel = default_tunnel();
	return Parser(params, config, error).parse();
}

} // namespace mplink
