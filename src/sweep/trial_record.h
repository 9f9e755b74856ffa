#pragma once
// The record of a trial, kept in its directory as trial.json. It has all that decisions and tables
// need, so that a sweep that was killed can be resumed from its directories.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "records/metric.h"
#include "records/observer.h"
#include "sets/same_data.h"

namespace lockstep {

// An evaluation during training.
struct CurvePoint {
  std::uint64_t step = 0;
  double epoch = 0;
  std::optional<double> dev_error, dev_cost;
  SetMetrics dev_metrics = {};
};

enum class TrialStatus {
  paused,      // may be resumed
  finished,    // trained to its end
  terminated,  // ended early, as hopeless
  diverged,
};

// How one phase of the sweep ended for the trial.
struct TrialResult {
  TrialStatus status = TrialStatus::paused;
  double epochs = 0;
  std::uint64_t steps = 0;
  std::optional<double> train_error, train_cost, dev_error, dev_cost, best_epoch;
  SetMetrics dev_metrics;
  std::string weights_digest;
  std::string message;  // why it diverged
};

struct TrialRecord {
  std::string job_digest;                // digest of the resolved job
  std::optional<DataFingerprints> data;  // known once training has begun
  std::vector<CurvePoint> curve;         // by step
  std::vector<TrialResult> results;      // results of the phases in which it took part, in order
};

// Whether the trial will not be trained further. Trials without early termination end with their
// first result.
inline bool has_ended(const TrialRecord& record) {
  return !record.results.empty() && record.results.back().status != TrialStatus::paused;
}

// The number by which trials are compared, negative if it must rise: smaller is better. Infinity
// for one that is missing or not a number.
double metric_value(Metric metric, const TrialResult& result);
double metric_value(Metric metric, const CurvePoint& point);

// The same number as it is; none if it is missing.
std::optional<double> metric_of(Metric metric, const TrialResult& result);

// Name of a status, such as "finished".
std::string status_name(TrialStatus status);

std::string record_to_json(const TrialRecord& record);
// Throws Error(data) naming `source` when the text is not such a record, or was changed.
TrialRecord record_from_json(const std::string& text, const std::string& source);

// Returns none when there is no such file. Throws Error(data, missing_input).
std::optional<TrialRecord> read_record(const std::filesystem::path& path);

// Writes the file of a record, and the trial's directory if someone has removed it. Throws
// Error(io).
void write_record(const TrialRecord& record, const std::filesystem::path& path);

// Keeps the curve of a trial during training, in `record` and in the file `path`. The file is
// replaced atomically at every evaluation, before the state is saved: after a kill the curve is at
// least as long as the checkpoint's training. Throws Error(io).
class TrialRecorder : public TrainingObserver {
 public:
  TrialRecorder(TrialRecord& record, std::filesystem::path path);
  // Drops what a resumed run will repeat, and records the fingerprints of the data.
  void on_start(const RunStart& start) override;
  void on_evaluation(const Evaluation& evaluation) override;

 private:
  TrialRecord& record_;
  std::filesystem::path path_;
};

}  // namespace lockstep
