#include "rundir/sweep_directory.h"

#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/run_files.h"
#include "config/job_file.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWholeSweep = "the whole sweep";

// One line, such as "part 2/3 (trials 1 4)".
std::string describe(const std::optional<OwnTrials>& own) {
  if (!own) return kWholeSweep;
  return fmt::format("part {} ({} {})", part_text(own->part),
                     own->numbers.size() == 1 ? "trial" : "trials", fmt::join(own->numbers, " "));
}

// The line that the directory has; none if it has no sweep yet.
std::optional<std::string> held_line(const fs::path& directory) {
  if (!fs::exists(directory / kPartFile)) {
    return fs::exists(directory / kSweepFile) ? std::optional<std::string>(kWholeSweep)
                                              : std::nullopt;
  }
  const std::string text = read_text_file(directory / kPartFile, "part");
  return text.substr(0, text.find('\n'));
}

}  // namespace

void check_sweep_directory(const fs::path& directory, const LoadedSweep& loaded,
                           const std::optional<OwnTrials>& own) {
  const fs::path file = directory / kSweepFile;
  if (fs::exists(file) && read_text_file(file, "sweep") != loaded.resolved_text) {
    throw Error(ExitCode::usage,
                fmt::format("the sweep is not the one that {} holds (see {} there); "
                            "start a new run directory, or restore it",
                            directory.string(), kSweepFile));
  }
  const std::string line = describe(own);
  const auto held = held_line(directory);
  if (held && *held != line) {
    throw Error(ExitCode::usage, fmt::format("{} holds {}, not {}; choose another --run-dir, or "
                                             "the same --part as before",
                                             directory.string(), *held, line));
  }
}

void claim_sweep_directory(OpenRun& run, const fs::path& directory, const LoadedSweep& loaded,
                           const std::optional<OwnTrials>& own) {
  check_sweep_directory(directory, loaded, own);
  if (own) run.keep(directory / kPartFile, describe(own) + "\n");
  run.keep(directory / kSweepFile, loaded.resolved_text);
}

}  // namespace lockstep
