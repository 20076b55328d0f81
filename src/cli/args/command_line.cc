// SPDX-License-Identifier: GPL-2.0
#include "args/command_line.hh"

#include <fmt/format.h>

#include <algorithm>

#include "mplink/core.h"

namespace mplink::cli
{

namespace
{

bool plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       std::string_view("_-.:@%+,/").find(c) != std::string_view::npos;
}

std::string link_words(const LinkChange &link)
{
	std::string words = link.remove ? " unlink " : link.add ? " addlink " : " link ";

	words += shell_word(link.nic);
	if (link.remote)
		words += " remote " + link.remote->text();
	if (link.local)
		words += " local " + (*link.local ? (*link.local)->text() : "auto");
	if (link.weight)
		words += fmt::format(" weight {}", *link.weight);
	if (link.liveness)
		words += fmt::format(" liveness {}", mplink_core_liveness_name(*link.liveness));
	return words;
}

std::string peer_words(const Step &step)
{
	std::string words = step.peer->text();

	if (step.liveness)
		words += fmt::format(" liveness {}", mplink_core_liveness_name(*step.liveness));
	if (step.peer_key)
		words += fmt::format(" key {}", *step.peer_key);
	for (const LinkChange &link : step.links)
		words += link_words(link);
	return words;
}

} // namespace

std::string shell_word(std::string_view word)
{
	if (!word.empty() && std::all_of(word.begin(), word.end(), plain))
		return std::string(word);

	std::string text = "'";

	for (const char c : word)
		text += c == '\'' ? "'\\''" : std::string(1, c);
	return text + "'";
}

std::string command_line(const std::string &device, const Step &step)
{
	const std::string dev = shell_word(device);

	switch (step.kind) {
	case Step::Kind::device_set:
		return fmt::format("mplink set dev {}{}{}{}", dev, step.settings.empty() ? "" : " ",
				   text(step.settings, " "), step.key ? " bfd-key KEY" : "");
	case Step::Kind::nic_add:
		return fmt::format("mplink nic add dev {} {}", dev, shell_word(step.nic));
	case Step::Kind::nic_del:
		return fmt::format("mplink nic del dev {} {}", dev, shell_word(step.nic));
	case Step::Kind::peer_add:
		return fmt::format("mplink peer add dev {} {}", dev, peer_words(step));
	case Step::Kind::peer_set:
		return fmt::format("mplink peer set dev {} {}", dev, peer_words(step));
	case Step::Kind::peer_del:
		return fmt::format("mplink peer del dev {} {}", dev, step.peer->text());
	}
	return {};
}

bool takes_away(const Step &step)
{
	return step.kind == Step::Kind::nic_del || step.kind == Step::Kind::peer_del ||
	       std::any_of(step.links.begin(), step.links.end(),
			   [](const LinkChange &link) { return link.remove; });
}

} // namespace mplink::cli
