#include "base/run_files.h"

#include <fmt/format.h>

namespace lockstep {

std::string error_file_name(int rank) { return fmt::format("error.rank{}.json", rank); }

std::string step_file_name(std::uint64_t step) {
  return fmt::format("{}{:08}{}", kStepFilePrefix, step, kCheckpointExtension);
}

std::string trial_directory(std::uint32_t number) {
  return fmt::format("{}/{:04}", kTrialFolder, number);
}

std::string recipe_run_name(int number) { return fmt::format("{}{:02}", kRecipeRunPrefix, number); }

}  // namespace lockstep
