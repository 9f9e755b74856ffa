#pragma once
// An observer that keeps what a run says, for comparing runs.

#include <string>
#include <vector>

#include <fmt/format.h>

#include "comm/communicator.h"
#include "config/job_file.h"
#include "train/trainer.h"

namespace lockstep {

// Every evaluation's results as text with all bits of each number; timings
// left out.
class Recorder : public TrainingObserver {
 public:
  explicit Recorder(std::string& text) : text_(text) {}
  void on_evaluation(const Evaluation& e) override {
    text_ +=
        fmt::format("{} {:a} {:a} {:a} {:a} {:a} {:a} {:a} {:a} {:a} {:a} {}", e.step, e.epoch,
                    e.cost, e.penalty, e.batch_cost, e.train_error.value_or(-1),
                    e.train_dev_error.value_or(-1), e.train_dev_cost.value_or(-1),
                    e.dev_error.value_or(-1), e.dev_cost.value_or(-1), e.learning_rate, e.best);
    text_ += fmt::format(
        " l2 {:a} l1 {:a} norm {:a} near zero {:a} weights {} gradient {:a} skipped {} rollbacks "
        "{}\n",
        e.l2_penalty, e.l1_penalty, e.weights_norm, e.weights_near_zero, e.weights_digest,
        e.gradient_norm.value_or(-1), e.skipped_steps, e.rollbacks);
  }

 private:
  std::string& text_;
};

// What must be the same at every layout.
struct Outcome {
  std::string text;  // all evaluations and the summary's results
  std::string stop_reason;
  std::uint64_t steps = 0;
};

// Collective over comm. The outcome of a run, on every rank.
inline Outcome train_and_record(const LoadedJob& job, const Communicator& comm,
                                const TrainOptions& options) {
  Outcome outcome;
  std::vector<std::unique_ptr<TrainingObserver>> observers;
  if (comm.is_root()) observers.push_back(std::make_unique<Recorder>(outcome.text));
  const Summary s = train(job.job, job.resolved_text, comm, options, observers);
  outcome.stop_reason = s.stop_reason;
  outcome.steps = s.steps;
  outcome.text += fmt::format(
      "{} {} best {} errors {:a} {:a} {:a} {:a} costs {:a} {:a} {:a} {:a} digest {}\n",
      s.stop_reason, s.steps, s.best_step.value_or(0), s.train_error.value_or(-1),
      s.train_dev_error.value_or(-1), s.dev_error.value_or(-1), s.test_error.value_or(-1),
      s.train_cost.value_or(-1), s.train_dev_cost.value_or(-1), s.dev_cost.value_or(-1),
      s.test_cost.value_or(-1), s.weights_digest);
  comm.broadcast(outcome.text);
  return outcome;
}

}  // namespace lockstep
