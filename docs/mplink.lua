-- SPDX-License-Identifier: GPL-2.0
-- Wireshark: the messages that mplink sends about its links (docs/protocol.md, section 6).
--
--   tshark -X lua_script:docs/mplink.lua -r FILE -Y mplink.report
--
-- or copy this file to the directory "Personal Lua Plugins" of Help > About > Folders.
-- Filters: mplink.type, mplink.caps.epoch, mplink.mark.seq, mplink.report.held, and so on.

local mplink = Proto("mplink", "mplink messages about links")

local types = { [1] = "CAPS", [2] = "MARK", [3] = "REPORT", [4] = "NACK" }
-- Version 1 of each.
local lengths = { [1] = 24, [2] = 36, [3] = 64, [4] = 20 }
-- What a receiver reads of a packet.
local most_messages, most_bytes = 8, 576

local f = {
	type = ProtoField.uint8("mplink.type", "Type", base.DEC, types),
	version = ProtoField.uint8("mplink.version", "Version"),
	length = ProtoField.uint16("mplink.length", "Length"),
	fields = ProtoField.bytes("mplink.fields", "Fields"),
	asks = ProtoField.bool("mplink.caps.asks", "Asks for an answer", 32, nil, 0x80000000),
	equalizes = ProtoField.bool("mplink.caps.equalizes", "Holds bulk flows back", 32, nil, 0x40000000),
	replays = ProtoField.bool("mplink.caps.replays", "Takes replays", 32, nil, 0x20000000),
	features = ProtoField.uint32("mplink.caps.features", "Features", base.HEX, nil, 0x1fffffff),
	epoch = ProtoField.uint64("mplink.caps.epoch", "Epoch", base.HEX),
	heard = ProtoField.uint64("mplink.caps.heard", "Heard", base.HEX),
	replay = ProtoField.uint16("mplink.mark.replay", "Replayed within (ms)"),
	repairs = ProtoField.bool("mplink.mark.repairs", "Takes NACK", 8, nil, 0x80),
	link = ProtoField.uint8("mplink.mark.link", "Link"),
	seq = ProtoField.uint32("mplink.mark.seq", "Number"),
	sent = ProtoField.uint64("mplink.mark.sent", "Sent at (us)"),
	sent_packets = ProtoField.uint64("mplink.mark.packets", "Packets sent"),
	sent_bytes = ProtoField.uint64("mplink.mark.bytes", "Bytes sent"),
	resent = ProtoField.uint64("mplink.mark.resent", "Nothing left to be sent once more of", base.HEX),
	report = ProtoField.none("mplink.report", "Report"),
	held = ProtoField.uint32("mplink.report.held", "Held (us)"),
	arrived = ProtoField.uint64("mplink.report.arrived", "Arrived at (us)"),
	packets = ProtoField.uint64("mplink.report.packets", "Packets arrived"),
	bytes = ProtoField.uint64("mplink.report.bytes", "Bytes arrived"),
	refused = ProtoField.bool("mplink.nack.refused", "Refused", 8, nil, 0x80),
	bucket = ProtoField.uint8("mplink.nack.bucket", "Flow bucket"),
	first = ProtoField.uint32("mplink.nack.first", "First number"),
	missing = ProtoField.uint64("mplink.nack.missing", "Missing from there", base.HEX),
}
mplink.fields = {
	f.type, f.version, f.length, f.fields, f.asks, f.equalizes, f.replays, f.features, f.epoch, f.heard,
	f.replay, f.repairs, f.link, f.seq, f.sent, f.sent_packets, f.sent_bytes, f.resent, f.report, f.held,
	f.arrived, f.packets, f.bytes, f.refused, f.bucket, f.first, f.missing,
}

local malformed = ProtoExpert.new("mplink.malformed", "No message: packet is dropped",
	expert.group.MALFORMED, expert.severity.ERROR)
local skipped = ProtoExpert.new("mplink.skipped", "Unknown type or version: skipped",
	expert.group.UNDECODED, expert.severity.NOTE)
mplink.experts = { malformed, skipped }

local function mark(tree, data)
	tree:add(f.replay, data(4, 2))
	tree:add(f.repairs, data(6, 1))
	tree:add(f.link, data(7, 1))
	tree:add(f.seq, data(8, 4))
	tree:add(f.sent, data(12, 8))
	tree:add(f.sent_packets, data(20, 8))
	tree:add(f.sent_bytes, data(28, 8))
	return string.format("link %d number %d", data(7, 1):uint(), data(8, 4):uint())
end

local read = {
	[1] = function(tree, data)
		tree:add(f.asks, data(4, 4))
		tree:add(f.equalizes, data(4, 4))
		tree:add(f.replays, data(4, 4))
		tree:add(f.features, data(4, 4))
		tree:add(f.epoch, data(8, 8))
		tree:add(f.heard, data(16, 8))
		return data(4, 1):bitfield(0, 1) == 1 and "asks" or "answers"
	end,
	[2] = function(tree, data)
		local text = mark(tree, data)

		if data:len() >= 44 then
			tree:add(f.resent, data(36, 8))
		end
		return text
	end,
	[3] = function(tree, data)
		local text = mark(tree, data)

		tree:add(f.report, data(36, 28))
		tree:add(f.held, data(36, 4))
		tree:add(f.arrived, data(40, 8))
		tree:add(f.packets, data(48, 8))
		tree:add(f.bytes, data(56, 8))
		return text
	end,
	[4] = function(tree, data)
		tree:add(f.refused, data(4, 1))
		tree:add(f.bucket, data(7, 1))
		tree:add(f.first, data(8, 4))
		tree:add(f.missing, data(12, 8))
		return string.format("%s from %d in bucket %d",
			data(4, 1):bitfield(0, 1) == 1 and "refuses" or "asks",
			data(8, 4):uint(), data(7, 1):uint())
	end,
}

-- Returns the length of the message and a text about it; no length if there is none.
local function message(tree, data)
	if data:len() < 4 then
		tree:add_proto_expert_info(malformed)
		return nil, "malformed"
	end

	local type, version, length = data(0, 1):uint(), data(1, 1):uint(), data(2, 2):uint()
	local known = version == 1 and lengths[type]

	if length < 4 or length > data:len() or known and length < known then
		tree:add_proto_expert_info(malformed)
		return nil, "malformed"
	end

	local name = types[type] or string.format("type %d", type)
	local part = tree:add(mplink, data(0, length), name)

	part:add(f.type, data(0, 1))
	part:add(f.version, data(1, 1))
	part:add(f.length, data(2, 2))
	if not known then
		part:add_proto_expert_info(skipped)
		if length > 4 then
			part:add(f.fields, data(4, length - 4))
		end
		return length, name .. " (skipped)"
	end
	name = name .. " " .. read[type](part, data)
	part:set_text(name)
	if length > known then
		part:add(f.fields, data(known, length - known))
	end
	return length, name
end

function mplink.dissector(buffer, pinfo, root)
	local tree = root:add(mplink, buffer())
	local texts = {}
	local at = 0

	pinfo.cols.protocol = "mplink"
	if buffer:len() > most_bytes then
		tree:add_proto_expert_info(malformed)
		pinfo.cols.info = "malformed"
		return buffer:len()
	end
	for _ = 1, most_messages do
		if at >= buffer:len() then
			break
		end

		local length, text = message(tree, buffer(at):tvb())

		texts[#texts + 1] = text
		if not length then
			break
		end
		at = at + length
	end
	pinfo.cols.info = table.concat(texts, ", ")
	return buffer:len()
end

DissectorTable.get("gre.proto"):add(0x88b5, mplink)
