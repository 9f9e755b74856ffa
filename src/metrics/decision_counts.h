#pragma once
// Right and wrong decisions, counted by class.

#include <cstdint>
#include <optional>
#include <vector>

#include "comm/communicator.h"
#include "linalg/matrix.h"
#include "nn/spec.h"

namespace lockstep {

// Exact counts over a set of examples.
struct DecisionCounts {
  // counts[t * classes + p] is the number of examples of true class t that were decided to be p.
  // With several independent units, each with a label of its own, there is a matrix of no and yes
  // for each unit, one after the other.
  std::uint64_t classes = 0;
  std::uint64_t units = 1;            // number of matrices
  std::vector<std::uint64_t> counts;  // [units, classes, classes]

  [[nodiscard]] std::uint64_t at(std::uint64_t unit, std::uint64_t truth,
                                 std::uint64_t decided) const {
    return counts[(unit * classes + truth) * classes + decided];
  }
};

// The scores of one class (of one unit); none where the divisor is 0.
struct ClassScores {
  std::uint64_t examples = 0;                             // with this true class ("support")
  std::uint64_t decided = 0;                              // decided to be of this class
  std::uint64_t right = 0;                                // both
  [[nodiscard]] std::optional<double> precision() const;  // right / decided
  [[nodiscard]] std::optional<double> recall() const;     // right / examples
  [[nodiscard]] std::optional<double> f1() const;         // harmonic mean of the two
};

ClassScores class_scores(const DecisionCounts& counts, std::uint64_t unit, std::uint64_t of_class);

// Counts decisions, separately on every thread of a rank.
class DecisionCounter {
 public:
  DecisionCounter(const NetworkSpec& spec, std::uint64_t label_width, int threads);

  // Takes a block of logits [B, O] and labels as in evaluate_loss, from thread `thread`.
  void add(int thread, Matrix<const float> logits, Matrix<const float> labels);

  // Collective. The counts of all threads and ranks, on rank 0; none of values, which
  // decides nothing.
  [[nodiscard]] std::optional<DecisionCounts> total(const Communicator& comm) const;

 private:
  Loss loss_;
  bool by_unit_;  // each unit has a label of its own
  DecisionCounts empty_;
  std::vector<DecisionCounts> of_threads_;
};

}  // namespace lockstep
