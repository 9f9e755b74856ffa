#include "data/apportion.h"

#include <numeric>

#include <gtest/gtest.h>

#include "base/random.h"

namespace lockstep {
namespace {

// Every proportion that the lecture names (1.1), in hundredths of a percent of
// what is held out; train has the rest.
const std::vector<std::vector<int>> kProportions = {
    {3000}, {2000, 2000}, {100, 100}, {25, 25}, {40, 10}, {2500, 2500, 2500}, {3333, 3333, 3333},
};

TEST(WholeShares, AddUpAndAreWithinOneOfExact) {
  for (const auto& proportions : kProportions) {
    for (const std::uint64_t n : {1ULL, 2ULL, 3ULL, 7ULL, 99ULL, 100ULL, 101ULL, 399ULL, 400ULL,
                                  1000ULL, 9999ULL, 60000ULL, 1000001ULL, 4000000123ULL}) {
      std::vector<double> shares;
      for (const int p : proportions) shares.push_back(p / 10000.0 * static_cast<double>(n));
      const auto counts = whole_shares(shares, n);
      ASSERT_EQ(counts.size(), proportions.size());
      // Compared with the exact share in integers.
      std::uint64_t left = n;
      std::uint64_t left_share = 10000;
      for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto p = static_cast<std::uint64_t>(proportions[i]);
        EXPECT_LT(counts[i] * 10000, p * n + 10000) << n;
        EXPECT_GT(counts[i] * 10000 + 10000, p * n) << n;
        left -= counts[i];
        left_share -= p;
      }
      EXPECT_LT(left * 10000, left_share * n + 10000) << n;
      EXPECT_GT(left * 10000 + 10000, left_share * n) << n;
      // Nothing is rounded that need not be.
      for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto p = static_cast<std::uint64_t>(proportions[i]);
        if (p * n % 10000 == 0) {
          EXPECT_EQ(counts[i], p * n / 10000) << n;
        }
      }
    }
  }
}

TEST(WholeShares, KeepCountsAndBinaryFractionsThatAreMeantWhole) {
  EXPECT_EQ(whole_shares(std::vector{0.29 * 100, 5.0}, 100), (std::vector<std::uint64_t>{29, 5}));
  EXPECT_EQ(whole_shares(std::vector{0.7 * 10, 0.2 * 10, 0.1 * 10}, 10),
            (std::vector<std::uint64_t>{7, 2, 1}));
  EXPECT_EQ(whole_shares(std::vector{0.5 * 101, 0.5 * 101}, 101),
            (std::vector<std::uint64_t>{51, 50}));
  EXPECT_EQ(whole_shares(std::vector{0.5 * 101}, 101), (std::vector<std::uint64_t>{51}));
  EXPECT_TRUE(whole_shares({}, 7).empty());
  // 1.5 and 4.5 of 15 and 9 left: the first among equals, not the one rounded up.
  for (std::uint64_t n = 5; n < 2000; n += 10) {
    const auto size = static_cast<double>(n);
    EXPECT_EQ(whole_shares(std::vector{0.1 * size, 0.3 * size, 0.6 * size}, n)[0], (n + 5) / 10)
        << n;
    EXPECT_EQ(whole_shares(std::vector{0.3 * size, 0.1 * size, 0.6 * size}, n)[0], (3 * n + 5) / 10)
        << n;
  }
}

// Sums as given, and every entry the exact share rounded up or down.
void expect_rounded_table(const std::vector<std::uint64_t>& rows,
                          const std::vector<std::uint64_t>& columns) {
  const auto table = whole_table(rows, columns);
  const std::uint64_t n = std::accumulate(rows.begin(), rows.end(), std::uint64_t{0});
  ASSERT_EQ(table.size(), columns.size());
  std::vector<std::uint64_t> row_sums(rows.size(), 0);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    ASSERT_EQ(table[c].size(), rows.size());
    EXPECT_EQ(std::accumulate(table[c].begin(), table[c].end(), std::uint64_t{0}), columns[c]);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const std::uint64_t floor = rows[r] * columns[c] / n;
      const std::uint64_t ceiling = (rows[r] * columns[c] + n - 1) / n;
      EXPECT_GE(table[c][r], floor);
      EXPECT_LE(table[c][r], ceiling);
      row_sums[r] += table[c][r];
    }
  }
  EXPECT_EQ(row_sums, rows);
}

TEST(WholeTable, RoundsEveryEntryAndKeepsEverySum) {
  expect_rounded_table({4, 3, 2, 1}, {1, 2, 3, 4});
  expect_rounded_table({1, 1, 1}, {1, 1, 1});
  expect_rounded_table({7}, {3, 4});
  expect_rounded_table({3, 4}, {7});
  expect_rounded_table({0, 5, 0}, {2, 3});
  expect_rounded_table({4'000'000'000, 1'000, 17, 3},
                       {1'500'000'011, 1'500'000'000, 1'000'001'009});
  // Many tables of one to four parts and up to nine classes.
  for (std::uint32_t i = 0; i < 3000; ++i) {
    const auto words = random_words({1, Purpose::gradient_check}, {i, 0, 0, 0});
    std::vector<std::uint64_t> columns(1 + words[0] % 9);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const auto index = static_cast<std::uint32_t>(c);
      columns[c] = random_words({2, Purpose::gradient_check}, {i, index, 0, 0})[0] % 40;
    }
    columns[0] += 1;
    std::uint64_t left = std::accumulate(columns.begin(), columns.end(), std::uint64_t{0});
    std::vector<std::uint64_t> rows;
    for (std::uint32_t r = 1; r < 1 + words[1] % 4; ++r) {
      rows.push_back(random_words({3, Purpose::gradient_check}, {i, r, 0, 0})[0] % (left + 1));
      left -= rows.back();
    }
    rows.push_back(left);
    expect_rounded_table(rows, columns);
  }
}

TEST(WholeTable, TakesManyColumns) {
  std::vector<std::uint64_t> columns;
  for (std::uint64_t c = 0; c < 100'000; ++c) columns.push_back(1 + c % 7);
  const std::uint64_t n = std::accumulate(columns.begin(), columns.end(), std::uint64_t{0});
  expect_rounded_table({n - 30'003, 10'001, 10'001, 10'001}, columns);
}

}  // namespace
}  // namespace lockstep
