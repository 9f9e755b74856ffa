#pragma once
// Computes the metrics of a set of examples from the network's predictions for them.

#include <cstdint>
#include <span>
#include <vector>

#include "comm/communicator.h"
#include "data/target_scale.h"
#include "linalg/matrix.h"
#include "nn/spec.h"
#include "records/set_metrics.h"

namespace lockstep {

constexpr std::uint64_t kReliabilityBins = 15;  // Guo et al. 2017

// The predictions of a network for a set, as `predict` shows them, and the labels; values are in
// the units of the file.
struct Predictions {
  Loss loss = Loss::softmax_cross_entropy;
  bool by_unit = false;  // each unit decides yes or no, with a label of its own
  std::uint64_t outputs = 0;
  std::uint64_t label_width = 0;
  std::vector<float> values;  // [examples, outputs]: probabilities, or predicted values
  std::vector<float> labels;  // [examples, label_width]
  // The decided class of each example, or 0 and 1 of each unit; none of values.
  std::vector<std::uint32_t> decided;
};

bool are_finite(const Predictions& predictions);

// All metrics but the log loss, which is the mean of the loss. `class_counts`: the training
// examples of each class, or empty; then there is no baseline error. Pure.
SetMetrics metrics_of(const Predictions& predictions, std::span<const std::uint64_t> class_counts);

// Keeps the predictions of one evaluation, separately on every thread of a rank.
class PredictionCollector {
 public:
  // `targets` must live as long as the collector.
  PredictionCollector(const NetworkSpec& spec, const TargetScale& targets,
                      std::uint64_t label_width, int threads);

  // Takes a block of logits [B, O] and labels as in evaluate_loss, both on the scale of the
  // training, from thread `thread`.
  void add(int thread, Matrix<const float> logits, Matrix<const float> labels);

  // Collective. The predictions of all threads and ranks in the order of the evaluation's blocks,
  // the same at every layout, on rank 0.
  [[nodiscard]] Predictions all(const Communicator& comm) const;

 private:
  const TargetScale& targets_;
  Predictions empty_;
  std::vector<Predictions> of_threads_;
};

}  // namespace lockstep
