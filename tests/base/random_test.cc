#include "base/random.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

// philox4x32 10 in the file kat_vectors of the Random123 distribution.
TEST(Random, PhiloxKnownAnswers) {
  EXPECT_EQ(random_words({0, static_cast<Purpose>(0)}, {0, 0, 0, 0}),
            (RandomWords{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(random_words({0xffffffff, static_cast<Purpose>(0xffffffff)},
                         {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}),
            (RandomWords{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(random_words({0xa4093822, static_cast<Purpose>(0x299f31d0)},
                         {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}),
            (RandomWords{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, ABlockHasTheWordsOfItsCounters) {
  const RandomKey key{0xDEADBEEF, Purpose::dropout};
  RandomWordBlock block;
  for (const std::uint32_t first : {0U, 7U, 0xFFFFFFF0U}) {  // the last word may wrap
    random_word_block(key, RandomCounter{1, 0xFFFFFFFFU, 3, first}, block);
    for (std::uint32_t i = 0; i < kWordBlock; ++i) {
      EXPECT_EQ(block[i], random_words(key, {1, 0xFFFFFFFFU, 3, first + i})) << first << " " << i;
    }
  }
}

TEST(Random, UniformCoversTheHalfOpenUnitInterval) {
  EXPECT_EQ(uniform_from_words(0, 0), 0.0);
  EXPECT_EQ(uniform_from_words(0x80000000, 0), 0.5);
  EXPECT_EQ(uniform_from_words(0xffffffff, 0xffffffff), 1.0 - 0x1.0p-53);
}

TEST(Random, PermutationIsAPermutation) {
  for (const std::uint64_t n : {0U, 1U, 2U, 3U, 10U, 1000U}) {
    auto order = random_permutation({1, Purpose::shuffle}, 0, 0, n);
    std::ranges::sort(order);
    std::vector<std::uint32_t> expected(n);
    std::iota(expected.begin(), expected.end(), 0U);
    EXPECT_EQ(order, expected);
  }
}

TEST(Random, PermutationDependsOnEveryPartOfItsKey) {
  const auto order = random_permutation({1, Purpose::shuffle}, 0, 0, 100);
  EXPECT_EQ(order, random_permutation({1, Purpose::shuffle}, 0, 0, 100));
  EXPECT_NE(order, random_permutation({2, Purpose::shuffle}, 0, 0, 100));
  EXPECT_NE(order, random_permutation({1, Purpose::deal}, 0, 0, 100));
  EXPECT_NE(order, random_permutation({1, Purpose::shuffle}, 1, 0, 100));
  EXPECT_NE(order, random_permutation({1, Purpose::shuffle}, 0, 1, 100));
}

TEST(Random, AllPermutationsAreEquallyLikely) {
  // 6 permutations of 3, 6000 draws: each 1000 times, deviation 29.
  std::map<std::vector<std::uint32_t>, int> counts;
  for (std::uint32_t i = 0; i < 6000; ++i) {
    ++counts[random_permutation({3, Purpose::shuffle}, i, 0, 3)];
  }
  EXPECT_EQ(counts.size(), 6U);
  for (const auto& [order, count] : counts) EXPECT_NEAR(count, 1000, 150);
}

// The formula of Box and Muller on the words of the counter: part of every job's bits.
TEST(Random, NormalsAreThoseOfTheirWords) {
  const RandomKey key{1, Purpose::initialization};
  for (std::uint32_t i = 0; i < 5; ++i) {
    const RandomCounter counter = {i, 2, 3, 4};
    const auto words = random_words(key, counter);
    const double radius = std::sqrt(-2 * std::log(1 - uniform_from_words(words[0], words[1])));
    const double angle = 2 * std::acos(-1.0) * uniform_from_words(words[2], words[3]);
    const auto normals = random_normals(key, counter);
    EXPECT_DOUBLE_EQ(normals[0], radius * std::cos(angle));
    EXPECT_DOUBLE_EQ(normals[1], radius * std::sin(angle));
  }
}

TEST(Random, NormalsHaveMeanZeroAndVarianceOne) {
  constexpr std::uint32_t kPairs = 50'000;
  double sum = 0;
  double squares = 0;
  double product = 0;
  for (std::uint32_t i = 0; i < kPairs; ++i) {
    const auto [a, b] = random_normals({1, Purpose::initialization}, {i, 0, 0, 0});
    ASSERT_TRUE(std::isfinite(a) && std::isfinite(b));
    sum += a + b;
    squares += a * a + b * b;
    product += a * b;
  }
  // Deviations of these averages: 0.0032, 0.0045, 0.0045.
  EXPECT_NEAR(sum / (2.0 * kPairs), 0, 0.016);
  EXPECT_NEAR(squares / (2.0 * kPairs), 1, 0.023);
  EXPECT_NEAR(product / kPairs, 0, 0.023);
}

}  // namespace
}  // namespace lockstep
