#include "cli/checkpoint_path.h"

#include <fstream>
#include <string>

#include <fmt/format.h>

#include "base/error.h"
#include "base/run_files.h"
#include "report/summary_json.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// The file that a pointer file names, in the same directory.
fs::path follow(const fs::path& pointer) {
  std::ifstream file(pointer);
  std::string name;
  std::getline(file, name);
  fs::path target = pointer.parent_path() / name;
  if (name.empty() || !fs::is_regular_file(target)) {
    throw Error(
        ExitCode::missing_input,
        fmt::format("{} does not name a checkpoint beside it; name a step-*.ckpt file instead",
                    pointer.string()));
  }
  return target;
}

// The pointer that the summary of a run names; empty if there is no summary.
std::string pointer_of_summary(const fs::path& run_dir) {
  if (!fs::is_regular_file(run_dir / kSummaryFile)) return "";
  const auto summary = read_summary(run_dir / kSummaryFile);
  return summary ? summary->checkpoint : "";
}

}  // namespace

fs::path find_checkpoint(const fs::path& named) {
  if (fs::is_directory(named)) {
    const std::string described = pointer_of_summary(named);
    if (!described.empty() && fs::is_regular_file(named / described)) {
      return follow(named / described);
    }
    for (const char* pointer : {kBestOfRun, kLatestOfRun, kBestCheckpoint, kLatestCheckpoint}) {
      if (fs::is_regular_file(named / pointer)) return follow(named / pointer);
    }
    throw Error(ExitCode::missing_input, fmt::format("no checkpoint in {}", named.string()));
  }
  const std::string name = named.filename().string();
  if ((name == kBestCheckpoint || name == kLatestCheckpoint) && fs::is_regular_file(named))
    return follow(named);
  return named;  // loading reports any error
}

}  // namespace lockstep
