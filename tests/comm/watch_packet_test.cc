#include "comm/watch_packet.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "comm/datagram_socket.h"

namespace lockstep {
namespace {

WatchPacket example() {
  return {.kind = WatchPacket::Kind::end,
          .token = 0x0123456789ABCDEF,
          .rank = 70'000,
          .state = {.count = 5'000'000'000, .step = 41, .activity = "exchange", .waits = true},
          .text = "rank 2 on n3 has not been heard"};
}

TEST(WatchPacket, IsReadAsItWasWritten) {
  const auto read = to_packet(to_bytes(example()));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->kind, WatchPacket::Kind::end);
  EXPECT_EQ(read->token, example().token);
  EXPECT_EQ(read->rank, example().rank);
  EXPECT_EQ(read->state, example().state);
  EXPECT_EQ(read->text, example().text);
}

TEST(WatchPacket, WithoutATextItIsSmall) {
  WatchPacket packet = example();
  packet.text.clear();
  EXPECT_LT(to_bytes(packet).size(), 100U);
  EXPECT_EQ(to_packet(to_bytes(packet))->text, "");
}

TEST(WatchPacket, TextsThatAreTooLongAreCut) {
  WatchPacket packet = example();
  packet.state.activity = std::string(100, 'a');
  packet.text = std::string(5000, 't');
  const std::vector<std::byte> bytes = to_bytes(packet);
  EXPECT_LT(bytes.size(), 1400U) << "one packet of Ethernet";
  const auto read = to_packet(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->state.activity, std::string(27, 'a'));
  EXPECT_EQ(read->text, std::string(1024, 't'));
}

TEST(WatchPacket, OtherBytesAreNoPacket) {
  std::vector<std::byte> bytes = to_bytes(example());
  EXPECT_FALSE(to_packet({}).has_value());
  EXPECT_FALSE(to_packet(std::vector<std::byte>(5000)).has_value());
  EXPECT_FALSE(to_packet(std::span(bytes).first(20)).has_value());
  for (std::byte& byte : bytes) byte = std::byte{0xFF};
  EXPECT_FALSE(to_packet(bytes).has_value()) << "an unknown kind";
}

TEST(DatagramSocket, APacketArrivesAtEveryOwnAddress) {
  const DatagramSocket one;
  const DatagramSocket other;
  EXPECT_NE(one.port(), other.port());
  const std::vector<std::uint32_t> addresses = own_addresses();
  ASSERT_FALSE(addresses.empty());
  for (const std::uint32_t address : addresses) {
    const std::vector<std::byte> bytes = to_bytes(example());
    one.send({address, other.port()}, bytes);
    const auto received = other.receive(10);
    ASSERT_TRUE(received.has_value());
    EXPECT_EQ(received->bytes, bytes);
    EXPECT_EQ(received->from.port, one.port());
  }
  EXPECT_FALSE(other.receive(0).has_value());
}

}  // namespace
}  // namespace lockstep
