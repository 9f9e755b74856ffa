#include "diagnose/entry_sample.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/dense_network.h"

namespace lockstep {
namespace {

using testing::ElementsAre;

// Tensors of 40, 8, 16 and 2 entries.
ParameterTable small_table() {
  return parameter_table(network_spec(5, {{8, Activation::tanh}}, 2, Loss::softmax_cross_entropy));
}

// How many of the entries each tensor has.
std::vector<std::ptrdiff_t> counts(const ParameterTable& table,
                                   const std::vector<std::uint64_t>& entries) {
  std::vector<std::ptrdiff_t> result;
  result.reserve(table.tensors.size());
  for (const ParameterTensor& tensor : table.tensors) {
    result.push_back(std::ranges::count_if(
        entries, [&](std::uint64_t entry) { return tensor.range().contains(entry); }));
  }
  return result;
}

TEST(EntrySample, SoManyOfEachTensorAndAllOfSmallOnes) {
  const ParameterTable table = small_table();
  const auto entries = sample_entries(table, 8, 1);
  EXPECT_THAT(counts(table, entries), ElementsAre(8, 8, 8, 2));
  EXPECT_TRUE(std::ranges::is_sorted(entries));
  EXPECT_EQ(std::set(entries.begin(), entries.end()).size(), entries.size());
}

TEST(EntrySample, AllOfThem) {
  std::vector<std::uint64_t> all(66);
  std::iota(all.begin(), all.end(), 0U);
  EXPECT_EQ(sample_entries(small_table(), 40, 1), all);
  EXPECT_EQ(sample_entries(small_table(), 1'000'000, 1), all);
}

TEST(EntrySample, DependsOnTheSeedAlone) {
  EXPECT_EQ(sample_entries(small_table(), 8, 1), sample_entries(small_table(), 8, 1));
  EXPECT_NE(sample_entries(small_table(), 8, 1), sample_entries(small_table(), 8, 2));
}

TEST(EntrySample, EveryEntryOfATensorIsEquallyLikely) {
  const ParameterTable table = small_table();
  std::vector<int> drawn(40);
  constexpr int kSeeds = 2000;
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    for (const std::uint64_t entry : sample_entries(table, 10, seed)) {
      if (entry < 40) ++drawn[entry];
    }
  }
  // Each in a quarter of the draws; five deviations of sqrt(2000 / 4 * 3 / 4).
  for (const int times : drawn) EXPECT_NEAR(times, 0.25 * kSeeds, 5 * 19.4);
}

}  // namespace
}  // namespace lockstep
