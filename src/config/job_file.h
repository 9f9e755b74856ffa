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
  // The job with every default written out and absolute paths, in text format. It can be
  // run from any directory, and it loads to the same job and the same text.
  std::string resolved_text;
  // Fields that an override set and a later one set again or dropped, and overrides that
  // have no effect on the job any more.
  std::vector<ReplacedField> replaced;
  std::vector<std::string> idle_overrides;
};

// Loads the job file at `path` and applies `overrides` ("optimizer.adam.beta1=0.8", see
// config/overrides.h). Relative paths of data, also in overrides, are relative to the
// file's directory.
//
// Throws Error(missing_input) when the file is missing or unreadable, and Error(usage)
// for an invalid job; what() then lists all problems, one per line:
// "job.textproto:12:3: no field ..." or "--set path=value: ...". A syntax error hides the
// rest of the file, so only problems before it are reported.
LoadedJob load_job(const std::filesystem::path& path, std::span<const std::string> overrides);

// The same for a text in memory. Messages have `name_for_messages` before line numbers;
// paths are relative to `base_dir`. Throws only Error(usage).
LoadedJob parse_job(std::string_view text, const std::string& name_for_messages,
                    const std::filesystem::path& base_dir, std::span<const std::string> overrides);

// What messages call a resolved text, in which paths are absolute and every default is written.
inline constexpr const char* kResolvedJob = "resolved job";
// Parses such a text as parse_job does.
LoadedJob parse_resolved_job(const std::string& text, std::span<const std::string> overrides = {});

// The same as parse_job, but adds problems to `problems` (made for the text's name) instead of
// throwing, and then returns no job.
std::optional<LoadedJob> parse_job(std::string_view text, const std::filesystem::path& base_dir,
                                   std::span<const std::string> overrides, Problems& problems);

// The text of the file at `path`, which describes a `kind` ("job" or "sweep").
// Throws Error(missing_input) when it is missing or unreadable, and Error(usage)
// when it cannot be such a file.
std::string read_text_file(const std::filesystem::path& path, std::string_view kind);

}  // namespace lockstep
