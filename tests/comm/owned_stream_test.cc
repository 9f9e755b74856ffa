#include "comm/owned_stream.h"

#include <cstdint>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "comm/owned_values.h"

namespace lockstep {
namespace {

// Values that tell their array and place.
std::vector<float> array_of(int array, std::uint64_t parameters) {
  std::vector<float> values(parameters);
  for (std::uint64_t i = 0; i < parameters; ++i) {
    values[i] = static_cast<float>(100000 * array) + static_cast<float>(i);
  }
  return values;
}

class Stream : public testing::Test {
 protected:
  // On rank 0: the arrays that the chunks of `stream` and its own values make.
  std::vector<std::vector<float>> put_together(OwnedStream& stream, const Ownership& ownership,
                                               const std::vector<std::vector<float>>& own,
                                               std::uint64_t chunk) {
    std::vector<std::vector<float>> arrays;
    for (const std::vector<float>& owned : own) {
      std::vector<float>& flat = arrays.emplace_back(ownership.parameters);
      for_each_part({0, ownership.parameters}, chunk, [&](Range range) {
        const auto values = std::span(flat).subspan(range.begin, range.size());
        const Range mine = ownership.owned_within(range, 0);
        place_owned<float>(ownership, 0, range, std::span(owned).subspan(mine.begin, mine.size()),
                           values);
        if (comm_.size() == 1) return;
        const OwnedStream::Chunk parts = stream.take();
        for (int rank = 1; rank < comm_.size(); ++rank) {
          place_owned<float>(ownership, rank, range, parts[static_cast<std::size_t>(rank)], values);
        }
      });
    }
    return arrays;
  }
  Communicator comm_ = Communicator::world();
};

TEST_F(Stream, BringsAllValuesToRankZero) {
  for (const std::uint64_t parameters : {1, 1000, 4099, 20011}) {
    for (const std::uint64_t chunk : {999, 4096, 100000}) {
      SCOPED_TRACE(testing::Message() << parameters << " parameters in chunks of " << chunk);
      const auto ownership = Ownership::with_bucket_bytes(parameters, 40000, 4, comm_.size());
      std::vector<std::vector<float>> own;
      for (const int array : {1, 2, 3}) {
        own.push_back(pick_owned<float>(ownership, comm_.rank(), array_of(array, parameters)));
      }
      OwnedStream stream(comm_, ownership, {own.begin(), own.end()}, chunk);
      if (!comm_.is_root()) {
        stream.wait_until_sent();
        continue;
      }
      const auto arrays = put_together(stream, ownership, own, chunk);
      EXPECT_TRUE(stream.at_end());
      for (const int array : {1, 2, 3}) {
        EXPECT_EQ(arrays[static_cast<std::size_t>(array - 1)], array_of(array, parameters));
      }
    }
  }
}

TEST(OwnedWithin, CountsTheValuesOfARank) {
  const auto ownership = Ownership::with_bucket_bytes(20011, 40000, 4, 3);
  for (int rank = 0; rank < 3; ++rank) {
    const Range all = ownership.owned_within({0, 20011}, rank);
    EXPECT_EQ(all, (Range{0, ownership.owned(rank)}));
    std::uint64_t end = 0;
    for_each_part({0, 20011}, 700, [&](Range range) {
      const Range part = ownership.owned_within(range, rank);
      EXPECT_EQ(part.begin, end);
      end = part.end;
    });
    EXPECT_EQ(end, ownership.owned(rank));
  }
}

}  // namespace
}  // namespace lockstep
