#pragma once
// Which examples a network gets wrong, for comparing two runs on the same examples.

#include <cstdint>
#include <vector>

#include "comm/communicator.h"
#include "linalg/matrix.h"
#include "nn/spec.h"

namespace lockstep {

// For each example of a set 1 where it is decided wrongly and 0 where not, in an order that
// is the same for all runs with the same split, seed and shards, at every layout. Empty
// where there is not one decision for each example.
using WrongAnswers = std::vector<std::uint8_t>;

struct Answers {
  WrongAnswers train;
  WrongAnswers dev;
};

// Collects the answers of one evaluation, on every thread of a rank by itself.
class AnswerCollector {
 public:
  AnswerCollector(const NetworkSpec& spec, std::uint64_t label_width, int threads);

  // Block of logits [B, O] and labels as in evaluate_loss, seen by `thread`.
  void add(int thread, Matrix<const float> logits, Matrix<const float> labels);

  // Collective. In the order of the evaluation's blocks, on rank 0.
  [[nodiscard]] WrongAnswers all(const Communicator& comm) const;

 private:
  bool one_decision_;
  bool yes_or_no_;  // the decision of a single unit
  std::vector<WrongAnswers> of_threads_;
};

}  // namespace lockstep
