#include "comm/watch_packet.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace lockstep {
namespace {

// Ethernet carries packets of 1,500 bytes whole.
constexpr std::size_t kMostText = 1024;

// The start of a packet. Its text follows, up to the end.
struct Header {
  std::uint64_t token;
  std::uint64_t count;
  std::uint64_t step;
  std::uint32_t kind;
  std::uint32_t rank;
  std::uint32_t waits;
  std::array<char, 28> activity;  // ends with a zero
};

}  // namespace

std::vector<std::byte> to_bytes(const WatchPacket& packet) {
  Header header{};
  header.token = packet.token;
  header.count = packet.state.count;
  header.step = packet.state.step;
  header.kind = static_cast<std::uint32_t>(packet.kind);
  header.rank = packet.rank;
  header.waits = packet.state.waits ? 1 : 0;
  const std::string& activity = packet.state.activity;
  std::copy_n(activity.begin(), std::min(activity.size(), header.activity.size() - 1),
              header.activity.begin());
  const std::size_t text = std::min(packet.text.size(), kMostText);
  std::vector<std::byte> bytes(sizeof(header) + text);
  std::memcpy(bytes.data(), &header, sizeof(header));
  std::memcpy(bytes.data() + sizeof(header), packet.text.data(), text);
  return bytes;
}

std::optional<WatchPacket> to_packet(std::span<const std::byte> bytes) {
  Header header{};
  if (bytes.size() < sizeof(header) || bytes.size() > sizeof(header) + kMostText) {
    return std::nullopt;
  }
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.kind > static_cast<std::uint32_t>(WatchPacket::Kind::end)) return std::nullopt;
  const auto text = bytes.subspan(sizeof(header));
  const auto end = std::find(header.activity.begin(), header.activity.end(), '\0');
  WatchPacket packet;
  packet.kind = static_cast<WatchPacket::Kind>(header.kind);
  packet.token = header.token;
  packet.rank = header.rank;
  packet.state = {header.count, header.step, {header.activity.begin(), end}, header.waits != 0};
  packet.text.assign(reinterpret_cast<const char*>(text.data()), text.size());
  return packet;
}

}  // namespace lockstep
