#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "records/diagnosis.h"
#include "records/session.h"
#include "records/set_metrics.h"
#include "records/value_errors.h"

namespace lockstep {

// The contract of summary.json.
struct Summary {
  std::string stop_reason;  // see records/stop_reason.h
  double epochs = 0;
  std::uint64_t steps = 0;
  std::uint64_t skipped_steps = 0;  // those of them that changed nothing
  std::uint64_t rollbacks = 0;      // returns to an earlier state
  // Their number, lost records included; absent: not known.
  std::optional<std::uint64_t> evaluations = {};
  std::optional<std::uint64_t> best_step;
  std::optional<double> best_epoch;
  std::optional<double> train_error, train_dev_error, dev_error, test_error;
  // The training error cannot fall below this value: see sets/contradictions.h.
  std::optional<double> train_error_floor;
  std::optional<double> train_cost, train_dev_cost, dev_cost, test_cost;
  SetMetrics dev_metrics, test_metrics;
  ValueErrors value_errors;                        // of a loss that predicts values
  double l2_penalty = 0, l1_penalty = 0;           // parts of train_cost
  double weights_norm = 0, weights_near_zero = 0;  // as in Evaluation
  double examples_per_second = 0;
  std::map<std::string, double> seconds;  // by phase, of all sessions
  std::vector<RunSession> sessions;       // in order; the last is this one
  std::string weights_digest;
  // The checkpoint in the run directory with the weights that this summary describes: "ckpt/best"
  // or "ckpt/latest"; empty: none is kept.
  std::string checkpoint;
  std::uint64_t peak_memory_bytes = 0;  // memory of the rank with the most
  int ranks = 1;
  int threads = 1;
  int shards = 1;
  std::map<std::string, std::string> versions;
  // Sizes of the sets of the errors; 0: no such set.
  std::uint64_t train_examples = 0, train_dev_examples = 0, dev_examples = 0, test_examples = 0;
  std::string train_fingerprint, dev_fingerprint;  // as in RunStart
  std::uint64_t features = 0;                      // number of an example's features
  bool images = false;                             // whether examples are known to be images
  // The diagnosis of the errors, if an earlier observer has worked it out.
  std::optional<Diagnosis> diagnosis;
};

}  // namespace lockstep
