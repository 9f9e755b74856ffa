#pragma once
// summary.json, the stable contract for scripts, and environment.json.

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "records/observer.h"
#include "report/kept_file.h"
#include "report/warn.h"

namespace lockstep {

// One indented JSON object with the top-level keys stop_reason, epochs, steps,
// best_step, train_error, dev_error, test_error, train_cost, dev_cost,
// test_cost, examples_per_second, seconds (an object, by phase),
// weights_digest, peak_memory_bytes, ranks, threads, shards, versions (an
// object), sizes of the sets (train_examples ...), features, images, diagnosis
// (report/diagnosis_json.h), and more of Summary. Absent values are null; a number
// that is not finite is also null and adds "finite": false.
std::string summary_to_json(const Summary& summary);

// Reads errors, costs, steps and sets from the summary.json at `path`; timings, layout,
// versions and the diagnosis are left out. Fields that a file of an older version lacks
// are 0 or absent. Returns nothing if there is no such file. Throws Error(data) if it is
// not a summary.
std::optional<Summary> read_summary(const std::filesystem::path& path);

// The content of environment.json: {"job", "ranks", "threads", "shards", "environment": {...}}.
std::string environment_to_json(const RunStart& start);

// Writes environment.json at the start and summary.json at the end, each
// atomically. Throws Error(io).
class SummaryReport : public TrainingObserver {
 public:
  explicit SummaryReport(Warn warn = warn_on_stderr) : warn_(std::move(warn)) {}

  void on_start(const RunStart& start) override;
  void on_evaluation(const Evaluation& evaluation) override;
  void on_finish(const Summary& summary) override;

 private:
  Warn warn_;
  std::optional<KeptFile> environment_;
  std::filesystem::path run_dir_;
};

}  // namespace lockstep
