#pragma once
// Measures what passes through every layer of a network, forwards and backwards (lecture 1.10,
// 1.11), on a fixed sample of the training examples.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/worker_pool.h"
#include "comm/communicator.h"
#include "comm/layout.h"
#include "nn/network.h"
#include "records/flow.h"
#include "sets/dataset.h"

namespace lockstep {

// A tanh or sigmoid unit is saturated when its activation is within this part of its range from an
// end: |tanh| > 0.98, sigmoid < 0.01 or > 0.99. There the slope is less than a twenty-fifth of the
// steepest.
constexpr double kSaturation = 0.01;

class SignalFlow {
 public:
  // The sample of training examples: `examples` of them, chosen by `seed`, see sample_rows.
  struct Sample {
    std::uint32_t seed;
    std::uint64_t examples;
  };
  // Arguments passed by reference must live as long as this. Does not communicate.
  SignalFlow(const Communicator& comm, WorkerPool& pool, const Network<float>& network,
             const Dataset& data, const Layout& layout, Sample sample);
  ~SignalFlow();

  // Collective. Sends the sample through the network with `weights`, forwards and backwards,
  // without dropout and augmentation. On rank 0 it returns the number of examples, their cost, and
  // the activations and deltas of every layer; sums are taken in the order of the blocks, so that
  // they have the same bits at every layout. On other ranks it returns an empty record.
  FlowRecord measure(std::span<const float> weights);

 private:
  struct Worker;
  // Adds the activations and gradients of `rows`, examples of this rank. Does not communicate.
  void measure_block(const NetworkWeights<float>& weights, std::span<const std::uint32_t> rows,
                     Worker& worker) const;

  const Communicator& comm_;
  WorkerPool& pool_;
  const Network<float>& network_;
  const Dataset& data_;
  EvaluationBlocks blocks_;
  std::uint64_t examples_;
  Panels<float> panels_;
  std::vector<std::unique_ptr<Worker>> workers_;  // one for each thread
};

}  // namespace lockstep
