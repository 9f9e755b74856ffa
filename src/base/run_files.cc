#include "base/run_files.h"

#include <algorithm>

#include <fmt/format.h>

namespace lockstep {
namespace {

constexpr const char* kErrorFilePrefix = "error.rank";
constexpr const char* kErrorFileSuffix = ".json";

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return '0' <= c && c <= '9'; });
}

}  // namespace

std::string error_file_name(int rank) {
  return fmt::format("{}{}{}", kErrorFilePrefix, rank, kErrorFileSuffix);
}

bool is_error_file_name(std::string_view name) {
  return is_numbered(name, kErrorFilePrefix, kErrorFileSuffix);
}

bool is_numbered(std::string_view name, std::string_view before, std::string_view after) {
  if (!name.starts_with(before) || !name.ends_with(after)) return false;
  if (name.size() <= before.size() + after.size()) return false;
  return is_number(name.substr(before.size(), name.size() - before.size() - after.size()));
}

std::string step_file_name(std::uint64_t step) {
  return fmt::format("{}{:08}{}", kStepFilePrefix, step, kCheckpointExtension);
}

std::string trial_directory(std::uint32_t number) {
  return fmt::format("{}/{:04}", kTrialFolder, number);
}

std::string recipe_run_name(int number) { return fmt::format("{}{:02}", kRecipeRunPrefix, number); }

}  // namespace lockstep
