#pragma once
// Scores weights on the sets of a run.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "base/worker_pool.h"
#include "comm/communicator.h"
#include "comm/layout.h"
#include "config/job.h"
#include "evaluate/evaluator.h"
#include "metrics/answers.h"
#include "metrics/scores.h"
#include "metrics/set_metrics.h"
#include "nn/network.h"
#include "sets/dataset.h"
#include "sets/evaluation_blocks.h"

namespace lockstep {

using TakeAnswers = std::function<void(const Answers&)>;

// The most predictions of a set (examples times outputs) that a run keeps for its metrics, unless
// its job decides by one of them, or chooses a threshold.
constexpr std::uint64_t kMostPredictions = std::uint64_t{1} << 24U;

class RunScorer {
 public:
  // All references must live as long as this. Does not communicate.
  RunScorer(const Job& job, const Communicator& comm, const Layout& layout, const Dataset& data,
            const Network<float>& network, WorkerPool& pool);

  // Collective. The score on the sample of training examples that is evaluated during the run,
  // with dropout off; sums are on rank 0 only.
  SetScore sample(std::span<const float> weights);
  // Collective. The scores on the sample, and on the train-dev and dev sets, with the metrics of
  // the dev set.
  Scores during_run(std::span<const float> weights);
  // Collective. The scores on all training examples, and on the train-dev, dev and (`with_test`)
  // test sets, with the metrics of the last two. `take_answers`, given on all ranks or on none, is
  // called on rank 0 with the answers on the training and dev sets; if it throws, all ranks do.
  Scores at_end(std::span<const float> weights, bool with_test, const TakeAnswers& take_answers);

 private:
  // Receives the answers of an evaluation on the train and dev sets; empty: nothing does.
  struct AnswerVisits {
    Evaluator::Visit train;
    Evaluator::Visit dev;
  };
  Scores all(std::span<const float> weights, bool with_test, const AnswerVisits& visits);
  // A set of examples to score.
  struct ScoredSet {
    const Examples& examples;
    const EvaluationBlocks& blocks;
    std::uint64_t total = 0;                  // on all ranks
    std::span<const float> row_weights = {};  // as Evaluator::evaluate() takes them
    bool always_kept = false;                 // its predictions, however many there are
  };
  [[nodiscard]] ScoredSet held_out(const HeldOutSet& set) const {
    return {set.examples, set.blocks, set.total, {}, always_with_metrics_};
  }
  // Called on rank 0 with the predictions of a set, to complete its score.
  using UsePredictions = std::function<void(const Predictions& predictions, SetScore& score)>;

  SetScore score(std::span<const float> weights, const ScoredSet& set,
                 const Evaluator::Visit& visit = {});
  // The same, completed by `use` unless the set has too many predictions.
  SetScore score_with(std::span<const float> weights, const ScoredSet& set,
                      const UsePredictions& use, const Evaluator::Visit& visit = {});
  // The threshold that the job chooses, if any, by the predictions of the dev set.
  [[nodiscard]] std::optional<float> chosen_threshold(const Predictions& predictions) const;
  void add_metrics(const Predictions& predictions, std::optional<float> threshold,
                   SetScore& score) const;
  void add_relative_rmse(const Predictions& predictions, SetScore& score) const;

  const Communicator& comm_;
  const Layout& layout_;
  const Dataset& data_;
  const Network<float>& network_;
  std::uint32_t seed_;
  std::optional<ThresholdGoal> threshold_goal_;
  bool always_with_metrics_;  // a metric decides, or there is a threshold to choose
  Evaluator evaluator_;
  EvaluationBlocks sample_;
  std::uint64_t sample_examples_;  // on all ranks
};

}  // namespace lockstep
