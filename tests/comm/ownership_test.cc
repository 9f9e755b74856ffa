#include <algorithm>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "comm/ownership.h"

namespace lockstep {
namespace {

// The pieces, by bucket and then by rank, are the vector from end to end, cut on
// the grid of blocks into nearly equal parts.
void expect_tiles(const Ownership& ownership) {
  SCOPED_TRACE(testing::Message() << ownership.parameters << " parameters, bucket "
                                  << ownership.bucket << ", " << ownership.ranks << " ranks");
  std::uint64_t next = 0;
  for (std::uint64_t bucket = 0; bucket < ownership.buckets(); ++bucket) {
    std::uint64_t smallest = ownership.parameters;
    std::uint64_t largest = 0;
    for (int rank = 0; rank < ownership.ranks; ++rank) {
      const Range piece = ownership.piece(bucket, rank);
      ASSERT_EQ(piece.begin, next);
      ASSERT_LE(piece.begin, piece.end);
      ASSERT_TRUE(piece.begin % Ownership::kBlock == 0 || piece.begin == ownership.parameters);
      smallest = std::min(smallest, piece.size());
      largest = std::max(largest, piece.size());
      next = piece.end;
    }
    ASSERT_LE(largest,
              smallest + 2 * Ownership::kBlock - 1);  // one block, and the last may be short
    ASSERT_EQ(next, std::min(ownership.parameters, (bucket + 1) * ownership.bucket));
  }
  ASSERT_EQ(next, ownership.parameters);

  std::uint64_t total = 0;
  for (int rank = 0; rank < ownership.ranks; ++rank) {
    const std::vector<Range> pieces = ownership.pieces(rank);
    ASSERT_EQ(pieces.size(), ownership.buckets());
    std::uint64_t owned = 0;
    for (const Range piece : pieces) owned += piece.size();
    ASSERT_EQ(ownership.owned(rank), owned);
    total += owned;
  }
  ASSERT_EQ(total, ownership.parameters);
}

TEST(Ownership, PiecesTileTheParameters) {
  for (const std::uint64_t parameters :
       {0, 1, 2, 1000, 1023, 1024, 1025, 2048, 4099, 8191, 20011, 131072, 1000003}) {
    for (const std::uint64_t bucket_bytes : {0, 1, 4096, 32768, 100000, 1 << 20, 1 << 26}) {
      for (const std::uint64_t bytes_per_value : {4, 8}) {
        for (const int ranks : {1, 2, 3, 4, 7, 16, 64}) {
          ASSERT_NO_FATAL_FAILURE(expect_tiles(
              Ownership::with_bucket_bytes(parameters, bucket_bytes, bytes_per_value, ranks)));
        }
      }
    }
  }
}

TEST(Ownership, PiecesTileMoreParametersThanAnIntCounts) {
  const std::uint64_t parameters = (1ULL << 32) + 12345;
  for (const int ranks : {1, 3, 64}) {
    ASSERT_NO_FATAL_FAILURE(
        expect_tiles(Ownership::with_bucket_bytes(parameters, 1ULL << 40, 4, ranks)));
  }
}

TEST(Ownership, SomeRanksOwnNothingOfFewParameters) {
  const Ownership ownership = Ownership::with_bucket_bytes(Ownership::kBlock + 1, 1 << 20, 4, 4);
  ASSERT_EQ(ownership.buckets(), 1U);
  std::vector<std::uint64_t> sizes;
  sizes.reserve(4);
  for (int rank = 0; rank < 4; ++rank) sizes.push_back(ownership.owned(rank));
  EXPECT_EQ(std::count(sizes.begin(), sizes.end(), 0U), 2);
  EXPECT_EQ(std::count(sizes.begin(), sizes.end(), Ownership::kBlock), 1);
  EXPECT_EQ(std::count(sizes.begin(), sizes.end(), 1U), 1);
}

TEST(Ownership, BucketsAreAsLargeAsAskedWithinLimits) {
  // 10 blocks of 4 KiB fit; 3 ranks share 9 of them evenly.
  EXPECT_EQ(Ownership::with_bucket_bytes(1 << 20, 10ULL * 4096, 4, 3).bucket,
            9 * Ownership::kBlock);
  EXPECT_EQ(Ownership::with_bucket_bytes(1 << 20, 10ULL * 4096, 8, 3).bucket,
            3 * Ownership::kBlock);
  // At least a block for each rank.
  EXPECT_EQ(Ownership::with_bucket_bytes(1 << 20, 1, 4, 3).bucket, 3 * Ownership::kBlock);
  // At most what an MPI count can say.
  EXPECT_LE(Ownership::with_bucket_bytes(1ULL << 40, 1ULL << 40, 4, 3).bucket * 4, 1ULL << 30);
}

}  // namespace
}  // namespace lockstep
