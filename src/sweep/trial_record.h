#pragma once
// What is known of a trial, kept in its directory as trial.json: all that decisions
// and tables need, so that a sweep that was killed goes on from its directories.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/sweep.h"
#include "records/observer.h"
#include "train/same_data.h"

namespace lockstep {

// An evaluation during training.
struct CurvePoint {
  std::uint64_t step = 0;
  double epoch = 0;
  std::optional<double> dev_error, dev_cost;
};

enum class TrialStatus {
  paused,      // may go on
  finished,    // trained to its end
  terminated,  // ended before, as hopeless
  diverged,
};

// How one phase of the sweep left the trial.
struct TrialResult {
  TrialStatus status = TrialStatus::paused;
  double epochs = 0;
  std::uint64_t steps = 0;
  std::optional<double> train_error, train_cost, dev_error, dev_cost, best_epoch;
  std::string weights_digest;
  std::string message;  // why it diverged
};

struct TrialRecord {
  std::string job_digest;                // of the resolved job
  std::optional<DataFingerprints> data;  // known once it has begun to train
  std::vector<CurvePoint> curve;         // by step
  std::vector<TrialResult> results;      // of the phases it took part in, in order
};

// Smaller is better; infinity for what is not there or not a number.
double metric_value(SweepMetric metric, const TrialResult& result);
double metric_value(SweepMetric metric, const CurvePoint& point);

// "finished", ...
std::string status_name(TrialStatus status);

std::string record_to_json(const TrialRecord& record);
// Throws Error(data) naming `source` when the text is no such record.
TrialRecord record_from_json(const std::string& text, const std::string& source);

// None when there is no such file. Throws Error(data, missing_input).
std::optional<TrialRecord> read_record(const std::filesystem::path& path);

// Keeps the curve of a trial while it is trained, in `record` and in `path`, which
// is replaced atomically at every evaluation, before the state is saved: after a
// kill the curve is at least as long as the checkpoint's training. Throws Error(io).
class TrialRecorder : public TrainingObserver {
 public:
  TrialRecorder(TrialRecord& record, std::filesystem::path path);
  // Drops what a resumed run repeats, and notes what the data is.
  void on_start(const RunStart& start) override;
  void on_evaluation(const Evaluation& evaluation) override;

 private:
  TrialRecord& record_;
  std::filesystem::path path_;
};

}  // namespace lockstep
