// SPDX-License-Identifier: GPL-2.0
// Aligned tables for people.
#pragma once
#include <string>
#include <vector>

namespace mplink::cli
{

enum class Colour { plain, bold, good, wrong };

class Painter
{
public:
	explicit Painter(bool on) : on_(on)
	{
	}
	std::string operator()(Colour colour, const std::string &text) const
	{
		constexpr const char *codes[] = {"", "\033[1m", "\033[32m", "\033[31m"};

		if (!on_ || colour == Colour::plain)
			return text;
		return codes[static_cast<int>(colour)] + text + "\033[0m";
	}

private:
	bool on_;
};

struct Cell {
	std::string text;
	Colour colour = Colour::plain;
	bool right = false;
};

using Row = std::vector<Cell>;

inline Cell number(std::string text)
{
	return {std::move(text), Colour::plain, true};
}

// Colours do not count as width.  Lines do not end in blanks.
std::string align(const std::vector<Row> &rows, const Painter &paint);

} // namespace mplink::cli
