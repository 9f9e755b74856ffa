#include "comm/watch_packet.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace lockstep {
namespace {

// Ethernet carries packets of 1,500 bytes whole.
constexpr std::size_t kTextBytes = 1024;

struct Wire {
  std::uint64_t token;
  std::uint64_t count;
  std::uint64_t step;
  std::uint32_t kind;
  std::uint32_t rank;
  std::uint32_t waits;
  std::array<char, 28> activity;
  std::array<char, kTextBytes> text;
};

// Texts end with a zero.
template <std::size_t size>
void put(const std::string& text, std::array<char, size>& to) {
  const std::size_t length = std::min(text.size(), size - 1);
  std::copy_n(text.begin(), length, to.begin());
}

template <std::size_t size>
std::string text_in(const std::array<char, size>& from) {
  return {from.begin(), std::find(from.begin(), from.end(), '\0')};
}

}  // namespace

std::vector<std::byte> to_bytes(const WatchPacket& packet) {
  Wire wire{};
  wire.token = packet.token;
  wire.count = packet.state.count;
  wire.step = packet.state.step;
  wire.kind = static_cast<std::uint32_t>(packet.kind);
  wire.rank = packet.rank;
  wire.waits = packet.state.waits ? 1 : 0;
  put(packet.state.activity, wire.activity);
  put(packet.text, wire.text);
  std::vector<std::byte> bytes(sizeof(wire));
  std::memcpy(bytes.data(), &wire, sizeof(wire));
  return bytes;
}

std::optional<WatchPacket> to_packet(std::span<const std::byte> bytes) {
  Wire wire{};
  if (bytes.size() != sizeof(wire)) return std::nullopt;
  std::memcpy(&wire, bytes.data(), sizeof(wire));
  if (wire.kind > static_cast<std::uint32_t>(WatchPacket::Kind::end)) return std::nullopt;
  return WatchPacket{.kind = static_cast<WatchPacket::Kind>(wire.kind),
                     .token = wire.token,
                     .rank = wire.rank,
                     .state = {wire.count, wire.step, text_in(wire.activity), wire.waits != 0},
                     .text = text_in(wire.text)};
}

}  // namespace lockstep
