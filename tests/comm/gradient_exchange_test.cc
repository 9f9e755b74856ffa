#include "comm/gradient_exchange.h"

#include <mpi.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "comm/canonical_tree.h"
#include "linalg/bfloat16.h"
#include "linalg/vector_ops.h"
#include "support/collective.h"

namespace lockstep {
namespace {

// Mixes the bits of x (splitmix64).
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// Both signs and magnitudes from 1 to 2^40: almost every sum is rounded, so
// another order of additions shows.
template <typename T>
T wild_value(std::uint64_t key) {
  const std::uint64_t bits = mixed(key);
  const auto fraction = static_cast<T>(1.0 + static_cast<double>(bits >> 12) * 0x1p-52);
  const T value = std::ldexp(fraction, static_cast<int>(bits % 40));
  return bits / 64 % 2 == 0 ? value : -value;
}

// The gradients of all shards, one row for each.
template <typename T>
using Leaves = std::vector<std::vector<T>>;

template <typename T>
Leaves<T> wild_leaves(std::uint64_t shards, std::uint64_t parameters, std::uint64_t seed) {
  Leaves<T> leaves(shards, std::vector<T>(parameters));
  std::uint64_t key = seed << 32;
  for (std::vector<T>& leaf : leaves) {
    for (T& value : leaf) value = wild_value<T>(key++);
  }
  return leaves;
}

template <typename T>
std::vector<T> canonical_sum(const Leaves<T>& leaves, Precision precision = Precision::float32) {
  const auto rounded = [&](T value) {
    round_sums<T>(precision, {&value, 1});
    return value;
  };
  std::vector<T> sum(leaves[0].size());
  for (std::size_t i = 0; i < sum.size(); ++i) {
    sum[i] = canonical_tree(
        leaves.size(), [&](std::uint64_t shard) { return rounded(leaves[shard][i]); },
        [&](T left, T right) { return rounded(left + right); });
  }
  return sum;
}

template <typename T>
std::vector<T> left_to_right_sum(const Leaves<T>& leaves, Range shards) {
  std::vector<T> sum = leaves[shards.begin];
  for (std::uint64_t shard = shards.begin + 1; shard < shards.end; ++shard) {
    add_to<T>(sum, leaves[shard]);
  }
  return sum;
}

// One way to train: the ranks there are, threads, and a bucket size.
struct Layout {
  std::uint64_t shards;
  std::uint64_t parameters;
  int threads;
  std::uint64_t bucket_bytes;
  int hosts;                // 0: each rank is alone
  bool neighbours = false;  // whether neighbouring ranks share a host; otherwise they are dealt out

  [[nodiscard]] std::string text() const {
    return fmt::format("{} shards, {} parameters, {} threads, buckets of {} bytes, {} hosts{}",
                       shards, parameters, threads, bucket_bytes, hosts,
                       neighbours ? " of neighbours" : "");
  }
};

// Neighbours have sums that can be joined; ranks that are dealt out in turn often have none.
int host_of(const Layout& layout, int rank) {
  if (layout.hosts == 0) return rank;
  return layout.neighbours ? rank * layout.hosts / test_size() : rank % layout.hosts;
}

std::vector<int> hosts_of_ranks(const Layout& layout) {
  std::vector<int> hosts;
  for (int rank = 0; rank < test_size(); ++rank) hosts.push_back(host_of(layout, rank));
  return hosts;
}

// What Lockstep does around the exchange: the workers of this rank add up the
// leaves of their shards by their plans.
template <typename T>
class Exchange {
 public:
  explicit Exchange(const Layout& layout, Precision precision = Precision::float32)
      : pool_(layout.threads),
        precision_(precision),
        plans_(plans(layout)),
        ownership_(Ownership::with_bucket_bytes(layout.parameters, layout.bucket_bytes, sizeof(T),
                                                comm_.size())),
        exchange_(comm_, ownership_, plans_, layout.shards, host_of(layout, comm_.rank()),
                  precision) {}

  // For every parameter: the gradient given to use_gradient, and how often.
  struct Used {
    std::vector<T> gradient;
    std::vector<int> times;
    bool stayed = true;  // what use_gradient wrote stood in gradient() after reduce()
  };

  // The sums of this rank's part of the tree, for the parameters of a range.
  void add_up(const Leaves<T>& leaves, Range range) {
    const WorkerPlan& plan = plans_[static_cast<std::size_t>(comm_.rank())];
    std::vector<std::span<T>> own;
    for (const std::span<T> buffer : exchange_.buffers()) {
      own.push_back(buffer.subspan(range.begin, range.size()));
    }
    for (std::size_t i = 0; i < plan.leaves.size(); ++i) {
      const std::span<const T> leaf = leaves[plan.shards.begin + i];
      std::ranges::copy(leaf.subspan(range.begin, range.size()),
                        own[plan.leaves[i].buffer].begin());
      round_sums<T>(precision_, own[plan.leaves[i].buffer]);
      for (const Addition& addition : plan.leaves[i].additions) {
        add_to<T>(own[addition.into], own[addition.from]);
        round_sums<T>(precision_, own[addition.into]);
      }
    }
  }

  // `early`: how many parts of the parameters, from the last to the first, are exchanged as soon as
  // their sums are complete.
  Used reduce(const Leaves<T>& leaves, std::uint64_t early = 0) {
    const std::uint64_t parameters = ownership_.parameters;
    Used used{std::vector<T>(parameters), std::vector<int>(parameters), true};
    std::vector<const T*> places(parameters);
    const auto use = [&](Range range, std::span<T> gradient) {
      for (std::uint64_t i = range.begin; i < range.end; ++i) {
        T& value = gradient[i - range.begin];
        used.gradient[i] = value;
        ++used.times[i];
        places[i] = &value;
        value = static_cast<T>(i);
      }
    };
    for (std::uint64_t part = early; part > 0; --part) {
      const Range range = even_part(parameters, early, part - 1);
      add_up(leaves, range);
      exchange_.reduce_early(range.begin, use);
    }
    if (early == 0) add_up(leaves, {0, parameters});
    exchange_.reduce(pool_, use);
    for (std::uint64_t i = 0; i < parameters; ++i) {
      if (places[i] == nullptr) continue;
      if (*places[i] != static_cast<T>(i) || places[i] != &exchange_.gradient()[i]) {
        used.stayed = false;
      }
    }
    return used;
  }

  void share_weights() { exchange_.share_weights(pool_); }
  void share_changes() { exchange_.share_changes(pool_); }
  GradientExchange<T>& get() { return exchange_; }
  [[nodiscard]] std::vector<HostTraffic> traffic() const { return exchange_.traffic(); }
  [[nodiscard]] const Ownership& ownership() const { return ownership_; }
  [[nodiscard]] int rank() const { return comm_.rank(); }

 private:
  static std::vector<WorkerPlan> plans(const Layout& layout) {
    std::vector<WorkerPlan> all;
    const auto ranks = static_cast<std::uint64_t>(test_size());
    for (std::uint64_t rank = 0; rank < ranks; ++rank) {
      all.push_back(plan_worker(even_part(layout.shards, ranks, rank), layout.shards));
    }
    return all;
  }

  Communicator comm_ = Communicator::world();
  WorkerPool pool_;
  Precision precision_;
  std::vector<WorkerPlan> plans_;
  Ownership ownership_;
  GradientExchange<T> exchange_;
};

std::vector<bool> owned_parameters(const Ownership& ownership, int rank) {
  std::vector<bool> owned(ownership.parameters);
  for (const Range piece : ownership.pieces(rank)) {
    for (std::uint64_t i = piece.begin; i < piece.end; ++i) owned[i] = true;
  }
  return owned;
}

// On this rank; each parameter has an owner (ownership_test.cc), so all ranks
// together have seen the whole sum.
template <typename T>
void expect_owned_sum(const Exchange<T>& exchange, const typename Exchange<T>::Used& used,
                      const std::vector<T>& sum) {
  const std::vector<bool> owned = owned_parameters(exchange.ownership(), exchange.rank());
  std::uint64_t wrong_times = 0;
  std::uint64_t wrong_values = 0;
  for (std::uint64_t i = 0; i < sum.size(); ++i) {
    if (used.times[i] != (owned[i] ? 1 : 0)) ++wrong_times;
    if (owned[i] && used.gradient[i] != sum[i]) ++wrong_values;
  }
  EXPECT_EQ(wrong_times, 0U) << "parameters not used exactly once by their owner";
  EXPECT_EQ(wrong_values, 0U) << "gradients with other bits than the tree's";
  EXPECT_TRUE(used.stayed);
}

// The layouts that have no more workers than shards. Two that place the ranks on the same hosts
// count once.
std::vector<Layout> layouts(std::uint64_t shards, std::uint64_t parameters) {
  std::vector<Layout> all;
  if (static_cast<std::uint64_t>(test_size()) > shards) return all;
  for (int threads = 1; threads <= 3; ++threads) {
    for (const std::uint64_t bucket_bytes : {1, 40000, 1 << 20}) {
      std::set<std::vector<int>> placements;
      for (const int hosts : {0, 1, 2}) {
        for (const bool neighbours : {false, true}) {
          const Layout layout{shards, parameters, threads, bucket_bytes, hosts, neighbours};
          if (placements.insert(hosts_of_ranks(layout)).second) all.push_back(layout);
        }
      }
    }
  }
  return all;
}

template <typename T>
class GradientExchangeTest : public testing::Test {};

using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(GradientExchangeTest, Scalars, );

TYPED_TEST(GradientExchangeTest, GivesTheSumOfTheTreeBitForBit) {
  using T = TypeParam;
  for (const std::uint64_t shards : {4, 12, 13, 31}) {
    for (const std::uint64_t parameters : {1, 1000, 4099, 20011}) {
      const Leaves<T> first = wild_leaves<T>(shards, parameters, 1);
      const Leaves<T> second = wild_leaves<T>(shards, parameters, 2);
      const std::vector<T> first_sum = canonical_sum(first);
      const std::vector<T> second_sum = canonical_sum(second);
      if (parameters >= 1000) {  // negative control: the order matters
        EXPECT_NE(left_to_right_sum(first, {0, shards}), first_sum);
      }
      for (const Layout& layout : layouts(shards, parameters)) {
        SCOPED_TRACE(layout.text());
        Exchange<T> exchange(layout);
        // Twice: buffers are used again.
        expect_owned_sum(exchange, exchange.reduce(first), first_sum);
        expect_owned_sum(exchange, exchange.reduce(second), second_sum);
      }
    }
  }
}

// Each rank exchanges as early as it likes.
TYPED_TEST(GradientExchangeTest, AnEarlyReductionGivesTheSameSum) {
  using T = TypeParam;
  for (const std::uint64_t parameters : {1000, 50021}) {
    const Leaves<T> leaves = wild_leaves<T>(13, parameters, 4);
    const std::vector<T> sum = canonical_sum(leaves);
    for (const Layout& layout : layouts(13, parameters)) {
      SCOPED_TRACE(layout.text());
      Exchange<T> exchange(layout);
      for (const std::uint64_t early : {3, 1, 0, 20}) {
        const bool all = early != 3;
        expect_owned_sum(exchange, exchange.reduce(leaves, all ? early : early * (test_rank() % 2)),
                         sum);
      }
    }
  }
}

// Shards 2 and 3, siblings in the tree, belong to ranks 0 and 1. In the tree the
// 1 is lost beside 3's huge value; added up rank by rank it survives, in whatever
// order MPI takes the ranks, as all sums but rank 0's are then exactly zero.
TYPED_TEST(GradientExchangeTest, GivesWhatAnAllreduceDoesNot) {
  using T = TypeParam;
  if (test_size() == 1) GTEST_SKIP() << "one rank leaves nothing for MPI to add";
  const std::uint64_t shards = 3 * static_cast<std::uint64_t>(test_size());
  const T huge = 4 / std::numeric_limits<T>::epsilon();
  Leaves<T> leaves(shards, std::vector<T>(1));
  leaves[2][0] = 1;
  leaves[3][0] = huge;
  leaves[4][0] = -huge;

  const auto rank = static_cast<std::uint64_t>(test_rank());
  const std::vector<T> own = left_to_right_sum(leaves, {3 * rank, 3 * rank + 3});
  T sum = 0;
  MPI_Allreduce(own.data(), &sum, 1, sizeof(T) == sizeof(float) ? MPI_FLOAT : MPI_DOUBLE, MPI_SUM,
                test_communicator());
  EXPECT_EQ(sum, T(1));

  EXPECT_EQ(canonical_sum(leaves), std::vector<T>{0});
  for (const int hosts : {0, 1, 2}) {
    for (const bool neighbours : {false, true}) {
      Exchange<T> exchange(Layout{shards, 1, 1, 1, hosts, neighbours});
      expect_owned_sum(exchange, exchange.reduce(leaves), {T(0)});
    }
  }
}

// Weight i, in one of two versions.
template <typename T>
std::vector<T> weights(std::uint64_t parameters, int version) {
  std::vector<T> all(parameters);
  for (std::uint64_t i = 0; i < parameters; ++i) {
    all[i] = static_cast<T>(2 * i) + static_cast<T>(version);
  }
  return all;
}

// Otherwise the tests above would have seen messages alone.
TYPED_TEST(GradientExchangeTest, SharesMemoryWithinAHost) {
  EXPECT_TRUE(Exchange<TypeParam>(Layout{4, 1000, 1, 1, 1}).get().shares_memory());
  EXPECT_EQ(Exchange<TypeParam>(Layout{4, 1000, 1, 1, 0}).get().shares_memory(), test_size() == 1);
}

TYPED_TEST(GradientExchangeTest, SharesTheOwnersWeights) {
  using T = TypeParam;
  for (const std::uint64_t parameters : {1, 1000, 4099, 20011}) {
    for (const Layout& layout : layouts(12, parameters)) {
      SCOPED_TRACE(layout.text());
      Exchange<T> exchange(layout);
      const std::vector<bool> owned = owned_parameters(exchange.ownership(), exchange.rank());
      const std::vector<T> updated = weights<T>(parameters, 1);
      const std::span<T> mine = exchange.get().weights();
      std::ranges::copy(weights<T>(parameters, 0), mine.begin());
      for (std::uint64_t i = 0; i < parameters; ++i) {
        if (owned[i]) mine[i] = updated[i];
      }
      exchange.share_weights();
      EXPECT_EQ(std::ranges::mismatch(mine, updated).in1, mine.end());
    }
  }
}

// Every node is rounded, so that it is the same wherever it is made, and may travel in 16 bits.
TEST(ExchangeInBfloat16, GivesTheSumOfTheRoundedTreeBitForBit) {
  for (const std::uint64_t shards : {4, 12, 13, 31}) {
    for (const std::uint64_t parameters : {1, 4099, 20011}) {
      const Leaves<float> leaves = wild_leaves<float>(shards, parameters, 3);
      const std::vector<float> sum = canonical_sum(leaves, Precision::bfloat16);
      EXPECT_NE(sum, canonical_sum(leaves));
      for (const Layout& layout : layouts(shards, parameters)) {
        SCOPED_TRACE(layout.text());
        Exchange<float> exchange(layout, Precision::bfloat16);
        expect_owned_sum(exchange, exchange.reduce(leaves), sum);
        expect_owned_sum(exchange, exchange.reduce(leaves), sum);
      }
    }
  }
}

// The change of weight i.
Bfloat16 change_of(std::uint64_t i) {
  const std::vector<float> value = {wild_value<float>(i)};
  std::vector<Bfloat16> number(1);
  to_bfloat16(value, number);
  return number[0];
}

// Weights that no optimizer changes keep their bits, -0 included.
TEST(ExchangeInBfloat16, AddsTheOwnersChanges) {
  for (const std::uint64_t parameters : {1, 1000, 4099, 20011}) {
    std::vector<float> weights(parameters);
    for (std::uint64_t i = 0; i < parameters; ++i)
      weights[i] = i % 7 == 0 ? -0.0F : wild_value<float>(i + 99);
    std::vector<float> changed = weights;
    for (std::uint64_t i = 0; i < parameters; ++i) {
      const std::vector<Bfloat16> change = {change_of(i)};
      if (i % 7 != 0) add_bfloat16({&changed[i], 1}, change);
    }
    for (const Layout& layout : layouts(12, parameters)) {
      SCOPED_TRACE(layout.text());
      Exchange<float> exchange(layout, Precision::bfloat16);
      const std::vector<bool> owned = owned_parameters(exchange.ownership(), exchange.rank());
      const std::span<float> mine = exchange.get().weights();
      std::ranges::copy(weights, mine.begin());
      const std::span<Bfloat16> changes = exchange.get().changes();
      for (std::uint64_t i = 0; i < parameters; ++i) {
        if (!owned[i] || i % 7 == 0) continue;
        mine[i] = changed[i];
        if (!changes.empty()) changes[i] = change_of(i);
      }
      exchange.share_changes();
      std::uint64_t wrong = 0;
      for (std::uint64_t i = 0; i < parameters; ++i) {
        if (std::bit_cast<std::uint32_t>(mine[i]) != std::bit_cast<std::uint32_t>(changed[i]))
          ++wrong;
      }
      EXPECT_EQ(wrong, 0U);
    }
  }
}

TEST(ExchangeInBfloat16, SendsHalfTheBytes) {
  const Layout layout{12, 20011, 1, 40000, 0};
  const Exchange<float> whole(layout);
  const Exchange<float> rounded(layout, Precision::bfloat16);
  EXPECT_EQ(largest_traffic(whole.traffic()), 2 * largest_traffic(rounded.traffic()));
}

}  // namespace
}  // namespace lockstep
