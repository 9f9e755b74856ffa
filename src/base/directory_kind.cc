#include "base/directory_kind.h"

#include <fmt/format.h>

#include "base/run_files.h"

namespace lockstep {
namespace fs = std::filesystem;

std::string noun_of(DirectoryKind kind) {
  if (kind == DirectoryKind::sweep) return "sweep";
  if (kind == DirectoryKind::crossval) return "cross-validation";
  return kind == DirectoryKind::recipe ? "recipe" : "run";
}

std::optional<DirectoryKind> kind_of_directory(const fs::path& directory) {
  const auto has = [&](const std::string& name) { return fs::exists(directory / name); };
  if (has(kSweepFile)) return DirectoryKind::sweep;
  if (has(kCrossvalFile)) return DirectoryKind::crossval;
  if (has(kRecipeJson) || has(recipe_run_name(1))) return DirectoryKind::recipe;
  if (has(kMetricsFile) || has(kCheckpointFolder) || has(kSummaryFile)) return DirectoryKind::run;
  return std::nullopt;
}

std::optional<std::string> run_within(const fs::path& directory, std::optional<DirectoryKind> kind,
                                      std::string_view verb) {
  if (!kind || kind == DirectoryKind::run) return std::nullopt;
  const bool recipe = kind == DirectoryKind::recipe;
  return fmt::format("it holds a {}; {} one of its {}, such as {}", noun_of(*kind), verb,
                     kind == DirectoryKind::sweep ? "trials" : "runs",
                     (directory / (recipe ? recipe_run_name(1) : trial_directory(0))).string());
}

}  // namespace lockstep
