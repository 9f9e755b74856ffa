#pragma once
// Evaluates loss and error of the current weights on a set of examples, spread over all workers,
// without dropout.

#include <functional>
#include <span>
#include <vector>

#include "base/worker_pool.h"
#include "comm/communicator.h"
#include "data/examples.h"
#include "data/normalization.h"
#include "data/target_scale.h"
#include "nn/network.h"
#include "sets/evaluation_blocks.h"

namespace lockstep {

class Evaluator {
 public:
  Evaluator(const Communicator& comm, WorkerPool& pool, const Network<float>& network,
            const Normalizer& normalizer, const TargetScale& targets, std::uint64_t label_width);

  // Receives a block on thread `thread` of this rank: logits [B, O], labels as in evaluate_loss,
  // both on the scale of the training.
  using Visit =
      std::function<void(int thread, Matrix<const float> logits, Matrix<const float> labels)>;

  // Collective. Returns the sums over all blocks of all ranks, added on rank 0 in the order of the
  // blocks, so that they do not depend on the layout; other ranks get zeros.
  // `row_weights`: how much the loss of each row of `examples` counts; empty: 1.
  LossSums evaluate(std::span<const float> weights, const Examples& examples,
                    const EvaluationBlocks& blocks, const Visit& visit = {},
                    std::span<const float> row_weights = {});

 private:
  const Communicator& comm_;
  WorkerPool& pool_;
  const Network<float>& network_;
  const Normalizer& normalizer_;
  const TargetScale& targets_;
  Panels<float> panels_;
  std::vector<Workspace<float>> workspaces_;  // one for each thread
  std::vector<std::vector<float>> labels_;
};

}  // namespace lockstep
