#include "checkpoint/find.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/error.h"
#include "base/input_file.h"
#include "base/json_text.h"
#include "base/run_files.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

std::string name_a_step_file() {
  return fmt::format("name a step-*{} file instead", kCheckpointExtension);
}

// The file that a pointer file names, in the same directory.
fs::path follow(const fs::path& pointer) {
  std::string name = read_file(pointer);
  name.resize(std::min(name.find('\n'), name.size()));
  fs::path target = pointer.parent_path() / name;
  if (name.empty() || !fs::is_regular_file(target)) {
    throw Error(ExitCode::missing_input, fmt::format("{} does not name a checkpoint beside it; {}",
                                                     pointer.string(), name_a_step_file()));
  }
  return target;
}

// The content of a JSON file of a run, a sweep or a recipe. Throws Error(data) if it is damaged.
Json read_object(const fs::path& path) {
  return parse_object(read_file(path), path, name_a_step_file());
}

// The pointer that the summary of a run names; empty if there is no summary.
std::string pointer_of_summary(const fs::path& run_dir) {
  if (!fs::is_regular_file(run_dir / kSummaryFile)) return "";
  const Json summary = read_object(run_dir / kSummaryFile);
  const auto checkpoint = summary.find("checkpoint");
  const bool names = checkpoint != summary.end() && checkpoint->is_string();
  return names ? checkpoint->get<std::string>() : "";
}

[[noreturn]] void refuse_without_winner(const fs::path& directory, const char* what) {
  throw Error(ExitCode::missing_input,
              fmt::format("the {} in {} has no winner yet; finish it (--resume auto), or name the "
                          "directory of a run in it",
                          what, directory.string()));
}

// The run directory that `named` stands for: that of the winner in the directory of a sweep or a
// recipe.
fs::path run_of(const fs::path& named) {
  if (fs::exists(named / kSweepFile) || fs::exists(named / kSweepJson)) {
    if (!fs::exists(named / kSweepJson)) refuse_without_winner(named, "sweep");
    const Json sweep = read_object(named / kSweepJson);
    const auto winner = sweep.find("winner");
    const bool has_run = winner != sweep.end() && winner->is_object() && winner->contains("run") &&
                         (*winner)["run"].is_string();
    if (!has_run) refuse_without_winner(named, "sweep");
    return named / (*winner)["run"].get<std::string>();
  }
  if (fs::exists(named / kCrossvalFile)) {
    throw Error(
        ExitCode::usage,
        fmt::format("{} holds a cross-validation, which has a model for each fold; name one "
                    "of its runs, such as {}",
                    named.string(), (named / trial_directory(0)).string()));
  }
  if (fs::exists(named / kRecipeJson)) {
    const auto best = whole_number(read_object(named / kRecipeJson), "best");
    if (!best) refuse_without_winner(named, "recipe");
    return named / recipe_run_name(static_cast<int>(*best));
  }
  return named;
}

}  // namespace

fs::path find_checkpoint(const fs::path& given) {
  fs::path named = fs::is_directory(given) ? run_of(given) : given;
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
