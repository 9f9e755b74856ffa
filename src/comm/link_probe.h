#pragma once
// Measures the link between two ranks: how long a message takes, how many bytes it moves, and how
// far apart the clocks of the two hosts are.

#include "comm/communicator.h"

namespace lockstep {

struct LinkRates {
  double latency_seconds = 0;        // half a round trip of a small message
  double bytes_per_second = 0;       // from the lower rank to the higher one
  double bytes_per_second_back = 0;  // from the higher rank to the lower one
  double bytes_per_second_both = 0;  // in each direction, while both send
};

// Collective over two ranks, this one and `partner`, which must differ. Takes about a third of a
// second; on a link below 10 MB/s, longer. The result is meaningful on the lower
// rank only.
LinkRates measure_link(const Communicator& comm, int partner);

struct ClockDifference {
  double seconds = 0;              // the clock of the higher rank minus that of the lower one
  double uncertainty_seconds = 0;  // the true difference is at most this far away
};

// Collective over two ranks, like measure_link(). Takes milliseconds.
ClockDifference compare_clocks(const Communicator& comm, int partner);

}  // namespace lockstep
