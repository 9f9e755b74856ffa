#pragma once
// What the directory of a run records of it, to be compared with the run that is trained again.
// Nothing here communicates.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_text.h"
#include "report/job_file.h"

namespace lockstep {

struct RecordedEvaluation {
  std::uint64_t step = 0;
  Json record;  // the line of metrics.jsonl
};

struct RecordedRun {
  std::filesystem::path directory;
  std::vector<RecordedEvaluation> evaluations;     // ascending by step
  std::optional<Json> summary;                     // none: the run has not ended, or was killed
  std::map<std::string, std::string> environment;  // that of the last session
  std::vector<std::uint64_t> kept_steps;           // those of the checkpoints, ascending
  std::vector<EarlierJob> earlier_jobs;
  std::vector<std::string> notices;  // what is damaged or absent, and so is not compared
};

// Reads the directory of a run, and changes nothing in it. Throws Error(missing_input) when it does
// not hold a run, with the name of one when it is that of a sweep or a recipe; Error(data) when a
// file is damaged as a whole, or when lines of metrics.jsonl are not in the order of steps.
RecordedRun read_recorded_run(const std::filesystem::path& directory);

// The evaluations in a text of metrics.jsonl. Adds a notice with the number of each line that is
// damaged. `name` is that of the file, for messages. Throws Error(data) as above.
std::vector<RecordedEvaluation> recorded_evaluations(std::string_view text, const std::string& name,
                                                     std::vector<std::string>& notices);

}  // namespace lockstep
