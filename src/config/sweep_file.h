#pragma once
// Reads a sweep file, applies defaults, and checks it. The jobs of its trials are checked
// in sweep/trials.h.
//
// The format is protobuf text format, the schema proto/sweep.proto. Local: no
// function here communicates.

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "config/sweep.h"

namespace lockstep {

struct LoadedSweep {
  SweepConfig sweep;
  std::string file_name;  // for messages
  // The sweep with every default written out and the job's path absolute, in text format.
  // It loads to the same sweep and the same text.
  std::string resolved_text;
};

// `assignments` ("path=value") are applied to the jobs of all trials, after those of the
// file. Throws Error(missing_input) when the file is missing or unreadable, and
// Error(usage) with all problems, one per line, as load_job does.
LoadedSweep load_sweep(const std::filesystem::path& path, std::span<const std::string> assignments);

// The same for a text in memory; `job` is relative to `base_dir`.
LoadedSweep parse_sweep(std::string_view text, const std::string& name_for_messages,
                        const std::filesystem::path& base_dir,
                        std::span<const std::string> assignments);

}  // namespace lockstep
