#pragma once
// metrics.jsonl: one JSON object per evaluation, one per line.
//
// docs/results.md lists the keys. A number that is not finite is null and adds "finite": false; an
// absent one is null.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "records/observer.h"
#include "report/append_file.h"
#include "report/warn.h"

namespace lockstep {

// The line of an evaluation, with its newline. Doubles can be read back exactly.
std::string metrics_line(const Evaluation& evaluation);

// The lines of `text` up to `last_step`, byte for byte, which a run resumed at that step
// keeps. A line that is not one of ours (cut short by a kill) is dropped.
std::string metrics_up_to(std::string_view text, std::uint64_t last_step);

// The evaluations of a run up to `last_step`; empty if there is no such file.
std::vector<Evaluation> read_metrics(const std::filesystem::path& path, std::uint64_t last_step);

// Writes metrics.jsonl in the run directory. A resumed run (first_step above 0)
// first drops the lines after first_step, atomically; a new run starts empty.
class MetricsReport : public TrainingObserver {
 public:
  explicit MetricsReport(Warn warn = warn_on_stderr) : warn_(std::move(warn)) {}

  // All throw Error(io) when the file cannot be written; a line that could not
  // be written is kept and retried at the next evaluation and at the end.
  void on_start(const RunStart& start) override;
  void on_evaluation(const Evaluation& evaluation) override;
  void on_save() override;
  void on_finish(const Summary& summary) override;

 private:
  Warn warn_;
  std::unique_ptr<AppendFile> file_;
};

}  // namespace lockstep
