#include "comm/owned_values.h"

#include <cstdint>
#include <span>
#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

template <typename T>
class OwnedValues : public testing::Test {};

using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(OwnedValues, Scalars, );

// Collected in the order of the parameters, and handed out as they were.
TYPED_TEST(OwnedValues, AreCollectedAndDistributed) {
  using T = TypeParam;
  const Communicator comm = Communicator::world();
  for (const std::uint64_t parameters : {1, 1000, 4099, 20011}) {
    for (const std::uint64_t bucket_bytes : {1, 40000, 1 << 20}) {
      SCOPED_TRACE(testing::Message() << parameters << " parameters, " << bucket_bytes);
      const auto ownership =
          Ownership::with_bucket_bytes(parameters, bucket_bytes, sizeof(T), comm.size());
      std::vector<T> all(parameters);
      for (std::uint64_t i = 0; i < parameters; ++i) all[i] = static_cast<T>(2 * i);
      std::vector<T> mine;
      for (const Range piece : ownership.pieces(comm.rank())) {
        const std::span values = std::span(all).subspan(piece.begin, piece.size());
        mine.insert(mine.end(), values.begin(), values.end());
      }

      const std::vector<T> flat = collect_owned<T>(comm, ownership, mine);
      EXPECT_EQ(flat, comm.is_root() ? all : std::vector<T>());

      std::vector<T> returned(mine.size());
      distribute_owned<T>(comm, ownership, flat, returned);
      EXPECT_EQ(returned, mine);
    }
  }
}

}  // namespace
}  // namespace lockstep
