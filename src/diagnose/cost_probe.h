#pragma once
// The cost J of one fixed batch at points near some weights, spread over all
// workers: what a numerical gradient is made of (lecture 1.13).
//
// Each worker computes the losses of its own shards at every point, and rank 0
// adds them in the order of the shards. No gradient, gradient tree or exchange
// has a part in it, so a fault in those cannot hide.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/worker_pool.h"
#include "comm/communicator.h"
#include "nn/network.h"
#include "nn/regularizer.h"
#include "train/dataset.h"
#include "train/layout.h"

namespace lockstep {

// Weights with `step` added to one entry.
struct NearbyPoint {
  std::uint64_t entry = 0;
  double step = 0;
};

struct NearbyCost {
  double cost = 0;
  // Between the weights and this point J has a kink: a ReLU switches, or a
  // weight under L1 changes its sign.
  bool beyond_kink = false;
};

// Everything that J depends on besides the weights. What it refers to must live
// as long as the probe.
struct CostSetting {
  const Network<double>& network;
  const Dataset& data;  // the batch is that of its step 0
  const RegularizationSpec& regularization;
  std::uint32_t seed;
  bool dropout;  // with the masks of step 0, the same at every point
};

class CostProbe {
 public:
  // Gathers the batch; does not communicate.
  CostProbe(const CostSetting& setting, const Communicator& comm, const Layout& layout,
            WorkerPool& pool);
  ~CostProbe();

  // Collective. Takes `weights`, the same on all ranks, as the middle of the
  // points to come. Returns J there on rank 0, elsewhere 0.
  double move_to(std::span<const double> weights);

  // Collective. J at each point, on rank 0; elsewhere nothing. The same bits at
  // every layout.
  std::vector<NearbyCost> costs_at(std::span<const NearbyPoint> points);

 private:
  struct Worker;

  const CostSetting setting_;
  const Communicator& comm_;
  WorkerPool& pool_;
  Regularizer regularizer_;
  std::uint64_t rows_;
  std::vector<std::unique_ptr<Worker>> workers_;  // one for each thread
};

}  // namespace lockstep
