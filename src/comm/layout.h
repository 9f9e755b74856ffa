#pragma once
// How a run is spread over the machine. It decides which worker computes what, and never changes a
// result.

#include <cstdint>

namespace lockstep {

struct Layout {
  int ranks = 1;
  int threads = 1;           // per rank; each is a worker
  int prefetch_threads = 0;  // more threads per rank, which gather batches ahead of time

  [[nodiscard]] std::int64_t workers() const { return std::int64_t{ranks} * threads; }
  [[nodiscard]] int worker(int rank, int thread) const { return rank * threads + thread; }
};

}  // namespace lockstep
