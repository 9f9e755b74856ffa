#pragma once
// Computes the cost J of one fixed batch at points near some weights, spread over all workers;
// numerical gradients are made of these costs (lecture 1.13).
//
// Each worker computes the losses of its own shards at every point, and rank 0 adds them in the
// order of the shards. No gradient, gradient tree or exchange is involved, so this cannot hide a
// fault in them.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/worker_pool.h"
#include "comm/communicator.h"
#include "comm/layout.h"
#include "nn/network.h"
#include "nn/regularizer.h"
#include "sets/dataset.h"

namespace lockstep {

// Weights with `step` added to one entry.
struct NearbyPoint {
  std::uint64_t entry = 0;
  double step = 0;
};

struct NearbyCost {
  double cost = 0;
  // J has a kink between the weights and this point: a ReLU switches, or a weight with an L1
  // penalty changes its sign.
  bool beyond_kink = false;
};

// Everything that J depends on besides the weights. The referenced objects must live as long as
// the probe.
struct CostSetting {
  const Network<double>& network;
  const Dataset& data;  // the batch is that of step 0
  const RegularizationSpec& regularization;
  std::uint32_t seed;
  bool dropout;  // with the masks of step 0, which are the same at every point
};

class CostProbe {
 public:
  // Gathers the batch; does not communicate.
  CostProbe(const CostSetting& setting, const Communicator& comm, const Layout& layout,
            WorkerPool& pool);
  ~CostProbe();

  // Collective. Makes `weights`, the same on all ranks, the middle of the following points.
  // Returns J there on rank 0, and 0 on other ranks.
  double move_to(std::span<const double> weights);

  // Collective. Returns J at each point, on rank 0; nothing on other ranks. The same bits at every
  // layout.
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
