#pragma once
// What a run tells the outside: plain records, and the interface that reports
// receive them through. Called on rank 0 only; an observer never communicates.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint/session.h"
#include "train/diagnosis.h"
#include "train/flow_record.h"

namespace lockstep {

// Known once the data is loaded and before the first step.
struct RunStart {
  std::string program = "lockstep";  // how it was called
  std::string job_name;
  std::string run_dir;
  std::string resolved_job;  // text format, every default filled in
  int ranks = 1;
  int threads = 1;  // per rank
  int shards = 1;
  std::uint64_t parameters = 0;
  std::uint64_t train_examples = 0;
  std::uint64_t train_dev_examples = 0;  // 0: no train-dev set
  std::uint64_t dev_examples = 0;        // 0: no dev set
  std::uint64_t test_examples = 0;       // 0: no test set
  bool dev_and_test_differ = false;      // in distribution, as the job says
  // Digests of the whole sources; empty: no such set.
  std::string train_fingerprint, dev_fingerprint;
  std::uint64_t steps_per_epoch = 0;
  std::uint64_t total_steps = 0;
  std::uint64_t first_step = 0;                    // above 0 after a resume
  std::uint64_t monitor_every_steps = 0;           // 0: no signal-flow monitor
  std::map<std::string, std::string> environment;  // versions, hosts, kernels
};

// Sent a few times a second at most, between evaluations.
struct Progress {
  std::uint64_t step = 0;  // steps done
  std::uint64_t total_steps = 0;
  double epoch = 0;                // fractional epochs done
  double batch_cost = 0;           // mean training loss since the last evaluation
  double examples_per_second = 0;  // since the last evaluation
};

// One row of metrics.jsonl. Costs and errors are layout-independent bits.
struct Evaluation {
  std::uint64_t step = 0;
  double epoch = 0;
  double cost = 0;     // J: mean loss on training examples + penalty, dropout off
  double penalty = 0;  // the regulariser's part of J: l2_penalty + l1_penalty
  double l2_penalty = 0;
  double l1_penalty = 0;
  double batch_cost = 0;  // mean training loss (dropout on) since the last evaluation
  std::optional<double> train_error;
  std::optional<double> train_dev_error;
  std::optional<double> train_dev_cost;  // without penalty
  std::optional<double> dev_error;
  std::optional<double> dev_cost;  // without penalty
  double weights_norm = 0;         // Frobenius, over all weights; biases left out
  double weights_near_zero = 0;    // fraction of them; see nn/weight_statistics.h
  double learning_rate = 0;
  bool best = false;   // the best dev metric so far
  double seconds = 0;  // of training in all sessions so far; a timing, not a result
  double examples_per_second = 0;
};

// The contract of summary.json.
struct Summary {
  // "epochs", "steps", "early_stopping", "interrupted"; for a trial of a sweep also
  // "paused", "hopeless"
  std::string stop_reason;
  double epochs = 0;
  std::uint64_t steps = 0;
  std::optional<std::uint64_t> best_step;
  std::optional<double> best_epoch;
  std::optional<double> train_error, train_dev_error, dev_error, test_error;
  // What the training error cannot fall below: see train/contradictions.h.
  std::optional<double> train_error_floor;
  std::optional<double> train_cost, train_dev_cost, dev_cost, test_cost;
  double l2_penalty = 0, l1_penalty = 0;           // parts of train_cost
  double weights_norm = 0, weights_near_zero = 0;  // as in Evaluation
  double examples_per_second = 0;
  std::map<std::string, double> seconds;  // by phase, of all sessions
  std::vector<RunSession> sessions;       // in order; the last is this one
  std::string weights_digest;
  // The checkpoint with the weights that all this is of, from the run directory:
  // "ckpt/best" or "ckpt/latest"; empty: none is kept.
  std::string checkpoint;
  std::uint64_t peak_memory_bytes = 0;  // the largest rank's
  int ranks = 1;
  int threads = 1;
  int shards = 1;
  std::map<std::string, std::string> versions;
  // Sizes of the sets that the errors are of; 0: no such set.
  std::uint64_t train_examples = 0, train_dev_examples = 0, dev_examples = 0, test_examples = 0;
  std::string train_fingerprint, dev_fingerprint;  // as in RunStart
  std::uint64_t features = 0;                      // of an example
  bool images = false;                             // whether examples are known to be images
  // What the errors say, where an observer before has worked it out.
  std::optional<Diagnosis> diagnosis;
};

class TrainingObserver {
 public:
  virtual ~TrainingObserver() = default;
  virtual void on_start(const RunStart& /*start*/) {}
  // Something a person should know: a warning, a resume. May come before
  // on_start.
  virtual void on_notice(const std::string& /*notice*/) {}
  virtual void on_progress(const Progress& /*progress*/) {}
  virtual void on_evaluation(const Evaluation& /*evaluation*/) {}
  // At the steps that the signal-flow monitor looks at.
  virtual void on_flow(const FlowRecord& /*record*/) {}
  virtual void on_finish(const Summary& /*summary*/) {}
};

}  // namespace lockstep
