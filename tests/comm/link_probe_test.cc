#include "comm/link_probe.h"

#include <cmath>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

// Calls measure(lower, higher) on both ranks of each pair, pair after pair.
template <typename Measure>
void for_all_pairs(const Communicator& comm, const Measure& measure) {
  for (int low = 0; low < comm.size(); ++low) {
    for (int high = low + 1; high < comm.size(); ++high) {
      if (comm.rank() == low || comm.rank() == high) measure(low, high);
      comm.wait_for_all([] {});
    }
  }
}

TEST(LinkProbe, MeasuresEveryPair) {
  const Communicator comm = Communicator::world();
  for_all_pairs(comm, [&](int low, int high) {
    const LinkRates rates = measure_link(comm, comm.rank() == low ? high : low);
    if (comm.rank() != low) return;
    EXPECT_GT(rates.latency_seconds, 0);
    EXPECT_GT(rates.bytes_per_second, 0);
    EXPECT_GT(rates.bytes_per_second_back, 0);
    EXPECT_GT(rates.bytes_per_second_both, 0);
  });
}

// Ranks of one host have the same clock, so the difference is no larger than its uncertainty.
TEST(LinkProbe, ComparesClocks) {
  const Communicator comm = Communicator::world();
  for_all_pairs(comm, [&](int low, int high) {
    const ClockDifference difference = compare_clocks(comm, comm.rank() == low ? high : low);
    if (comm.rank() != low) return;
    EXPECT_GT(difference.uncertainty_seconds, 0);
    constexpr double kNanosecond = 1e-9;  // half of an odd number is rounded
    EXPECT_LE(std::abs(difference.seconds), difference.uncertainty_seconds + kNanosecond);
  });
}

}  // namespace
}  // namespace lockstep
