#pragma once
// Reads a job file, applies overrides and defaults, and checks everything.
//
// The format is protobuf text format, the schema proto/job.proto. Local: no
// function here communicates.

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/job.h"
#include "config/origins.h"
#include "config/problems.h"

namespace lockstep {

struct LoadedJob {
  Job job;
  // The job with every default written out and paths absolute, in text format.
  // It can be run from anywhere, and loads to the same job and the same text.
  std::string resolved_text;
  // What became of overrides before others: fields that were set again, and those
  // overrides of which nothing is left in the job.
  std::vector<ReplacedField> replaced;
  std::vector<std::string> idle_overrides;
};

// Loads the job file at `path` with `overrides` ("optimizer.adam.beta1=0.8",
// see config/overrides.h) on top. Relative paths of data, in overrides too,
// start at the file's directory.
//
// Throws Error(missing_input) when the file is not there or not readable, and
// Error(usage) otherwise; then what() has one line for each problem, all of
// them at once: "job.textproto:12:3: no field ..." or "--set path=value: ...".
// After a syntax error the rest of the file is unknown, so only what stands
// before it is reported.
LoadedJob load_job(const std::filesystem::path& path, std::span<const std::string> overrides);

// The same for text at hand. `name_for_messages` stands in front of line
// numbers; relative paths start at `base_dir`. Errors: usage only.
LoadedJob parse_job(std::string_view text, const std::string& name_for_messages,
                    const std::filesystem::path& base_dir, std::span<const std::string> overrides);

// The same again, with what is wrong added to `problems` (of a Problems made for
// the text's name) instead of thrown; then there is no job.
std::optional<LoadedJob> parse_job(std::string_view text, const std::filesystem::path& base_dir,
                                   std::span<const std::string> overrides, Problems& problems);

// The text of the file at `path`, which is about a `kind` ("job" or "sweep").
// Throws Error(missing_input) when it is not there or not readable, and
// Error(usage) when it cannot be such a file.
std::string read_text_file(const std::filesystem::path& path, std::string_view kind);

}  // namespace lockstep
