#pragma once
// How a run is spread over the machine. It decides which worker computes what, and never changes a
// result.

namespace lockstep {

struct Layout {
  int ranks = 1;
  int threads = 1;           // per rank; each is a worker
  int prefetch_threads = 0;  // more threads per rank, which gather batches ahead of time

  [[nodiscard]] int workers() const { return ranks * threads; }
  [[nodiscard]] int worker(int rank, int thread) const { return rank * threads + thread; }
};

}  // namespace lockstep
