#pragma once
// Records how wrong a network is on each example, to compare two runs on the same examples.

#include <cstdint>
#include <vector>

#include "comm/communicator.h"
#include "linalg/matrix.h"
#include "nn/spec.h"

namespace lockstep {

// For each example of a set: 1 if its decision is wrong and 0 if it is right, or, of values, the
// squared difference from the target on the scale of the training, as the mean over the targets.
// The order is the same for all runs with the same split, seed and shards, at every layout. Empty
// if there is neither one decision nor one value for each target.
using ExampleErrors = std::vector<float>;

struct Answers {
  ExampleErrors train;
  ExampleErrors dev;
};

// Collects the answers of one evaluation, separately on every thread of a rank.
class AnswerCollector {
 public:
  AnswerCollector(const NetworkSpec& spec, std::uint64_t label_width, int threads);

  // Takes a block of logits [B, O] and labels as in evaluate_loss, from thread `thread`.
  void add(int thread, Matrix<const float> logits, Matrix<const float> labels);

  // Collective. Returns the answers in the order of the evaluation's blocks, on rank 0.
  [[nodiscard]] ExampleErrors all(const Communicator& comm) const;

 private:
  bool of_values_;
  bool one_decision_;
  bool yes_or_no_;  // the decision is that of a single unit
  std::vector<ExampleErrors> of_threads_;
};

}  // namespace lockstep
