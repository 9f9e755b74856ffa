#pragma once
// flow.jsonl: one line of JSON for each step that the signal-flow monitor observed
// (lecture 1.10, 1.11).

#include <cstdint>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "base/json_text.h"
#include "records/observer.h"
#include "report/append_file.h"
#include "report/warn.h"

namespace lockstep {

// The record as JSON: step, examples, cost, activation_factor, delta_factor, "layers" (an
// object for each layer, with "layer" counting from 1 and the fields of LayerFlow), and
// "findings" (kind, text, remedy).
Json flow_json(const FlowRecord& record);

// The records of a run up to `last_step`; empty if there is no such file.
std::vector<FlowRecord> read_flow(const std::filesystem::path& path, std::uint64_t last_step);

// Writes flow.jsonl in the run directory, if the run has a monitor. A run that resumes or rolls
// back first drops the lines after that step, atomically, as MetricsReport does.
class FlowReport : public TrainingObserver {
 public:
  explicit FlowReport(Warn warn = warn_on_stderr) : warn_(std::move(warn)) {}

  // All throw Error(io) when the file cannot be written; a line that could not be
  // written is kept and retried at the next record and at the end.
  void on_start(const RunStart& start) override;
  void on_flow(const FlowRecord& record) override;
  void on_rollback(std::uint64_t step) override;
  void on_save() override;
  void on_finish(const Summary& summary) override;

 private:
  // Drops the lines after `step`.
  void keep_up_to(std::uint64_t step) const;

  Warn warn_;
  std::filesystem::path path_;
  std::unique_ptr<AppendFile> file_;
};

}  // namespace lockstep
