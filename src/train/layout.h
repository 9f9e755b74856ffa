#pragma once
// How a run is spread over the machine. Decides who computes what, never a
// result.

namespace lockstep {

struct Layout {
  int ranks = 1;
  int threads = 1;  // per rank; each is a worker

  [[nodiscard]] int workers() const { return ranks * threads; }
  [[nodiscard]] int worker(int rank, int thread) const { return rank * threads + thread; }
};

}  // namespace lockstep
