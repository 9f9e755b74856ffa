#pragma once
// The packets of the stall watch, as bytes. Pure.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "comm/watch_table.h"

namespace lockstep {

struct WatchPacket {
  enum class Kind : std::uint32_t {
    beat,   // a rank to rank 0: its state
    heard,  // rank 0 to a rank: it was heard
    end,    // rank 0 to every rank: the job ends, for the reason in `text`
  };
  Kind kind = Kind::beat;
  std::uint64_t token = 0;  // of the job: packets of others are not read
  std::uint32_t rank = 0;
  RankState state = {};
  std::string text = {};
};

// Texts that are too long for a packet are cut.
std::vector<std::byte> to_bytes(const WatchPacket& packet);

// None if the bytes are not such a packet.
std::optional<WatchPacket> to_packet(std::span<const std::byte> bytes);

}  // namespace lockstep
