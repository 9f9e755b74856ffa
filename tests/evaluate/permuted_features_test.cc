#include "evaluate/permuted_features.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "sets/held_out_set.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kRows = 1000;  // four blocks: up to four ranks have one

// Value j of example i, so that no two are equal.
std::int16_t value_of(std::uint64_t i, std::uint64_t j) {
  return static_cast<std::int16_t>(4 * i + j);
}

WholeSet whole_set() {
  WholeSet whole;
  Examples& all = whole.examples;
  all.type = ElementType::i16;
  all.features = 4;
  all.label_width = 1;
  std::vector<std::int16_t> values;
  for (std::uint64_t i = 0; i < kRows; ++i) {
    for (std::uint64_t j = 0; j < 4; ++j) values.push_back(value_of(i, j));
  }
  const auto bytes = std::as_bytes(std::span(values));
  all.values.assign(bytes.begin(), bytes.end());
  all.labels.resize(kRows);
  all.ids.resize(kRows);
  std::iota(all.ids.begin(), all.ids.end(), 0U);
  return whole;
}

TEST(PermutedFeatures, TakeThoseOfAnotherExampleTogetherAndLeaveTheOthers) {
  const Communicator comm = Communicator::world();
  const Layout layout{comm.size(), 2};
  HeldOutSet set = hand_out(comm, layout, comm.is_root() ? whole_set() : WholeSet());
  const std::vector<std::byte> original = set.examples.values;
  PermutedFeatures permuted(comm, set.examples, set.blocks, {1, 3});
  for (const std::uint64_t turn : {std::uint64_t{7}, kRows - 1}) {
    std::vector<std::uint32_t> permutation(comm.is_root() ? kRows : 0);
    std::iota(permutation.begin(), permutation.end(), 0U);
    if (comm.is_root()) {
      std::ranges::rotate(permutation, permutation.begin() + static_cast<std::ptrdiff_t>(turn));
    }
    permuted.permute(permutation);
    const Examples& own = set.examples;
    visit_values(own.type, own.values, [&](auto values) {
      for (std::uint64_t r = 0; r < own.size(); ++r) {
        const std::uint64_t i = own.ids[r];
        for (std::uint64_t j = 0; j < 4; ++j) {
          const bool is_permuted = j == 1 || j == 2;
          EXPECT_EQ(values[r * 4 + j], value_of(is_permuted ? (i + turn) % kRows : i, j))
              << "example " << i << ", feature " << j;
        }
      }
    });
  }
  permuted.restore();
  EXPECT_EQ(set.examples.values, original);
}

}  // namespace
}  // namespace lockstep
