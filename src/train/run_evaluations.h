#pragma once
// The evaluations of a run: measures the weights, judges the numbers, decides by them and records
// them.

#include <optional>
#include <vector>

#include "metrics/scores.h"
#include "records/evaluation.h"
#include "train/early_stopping.h"
#include "train/run_parts.h"
#include "train/run_position.h"
#include "train/run_soundness.h"
#include "train/run_times.h"
#include "train/soundness.h"
#include "train/unmoved_weights.h"

namespace lockstep {

struct MeasuredEvaluation {
  Scores scores;          // on rank 0
  Evaluation evaluation;  // on rank 0
  Soundness soundness = Soundness::sound;
};

class RunEvaluations {
 public:
  // What `parts` refers to must live as long as this.
  explicit RunEvaluations(const RunParts& parts)
      : parts_(parts), soundness_(parts.comm, parts.network, parts.scorer, parts.start) {}

  // The best weights so far, on rank 0, if the run will end with them; a resumed run loads them.
  [[nodiscard]] std::vector<float>& best_weights() { return best_weights_; }

  // Called on all ranks once the engine has the weights with which this session begins. Does not
  // communicate.
  void start();

  // Collective. Measures the weights after position.step steps, and updates the session.
  MeasuredEvaluation measure(RunPosition& position, const RunTimes& times);

  // Collective. Decides by a sound evaluation, records it, sound or not, and begins the next
  // interval. Returns the decision, on all ranks.
  StoppingVerdict record(MeasuredEvaluation measured, RunPosition& position);

  // Collective. Gives the engine the weights of the best evaluation, if they were kept. Returns
  // whether it has them now.
  [[nodiscard]] bool restore_best_weights();

 private:
  // Called on rank 0; they do not communicate.
  [[nodiscard]] Evaluation describe(const Scores& scores, std::span<const LossSums> shard_losses,
                                    RunPosition& position, const RunTimes& times) const;
  StoppingVerdict take_decision(const SetScore& dev, RunPosition& position);
  void tell_unmoved_weights(std::uint64_t step);

  [[nodiscard]] std::uint64_t weights_digest() const;

  RunParts parts_;
  RunSoundness soundness_;
  std::vector<float> best_weights_;
  std::optional<UnmovedWeights> unmoved_weights_;  // on rank 0, from start() on
};

}  // namespace lockstep
