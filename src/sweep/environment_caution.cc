#include "sweep/environment_caution.h"

#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/run_files.h"
#include "train/environment.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

EnvironmentFacts facts_that_must_agree(const fs::path& path) {
  auto facts = recorded_environment(path);
  std::erase_if(facts, [](const auto& fact) { return !must_agree(fact.first); });
  return facts;
}

}  // namespace

std::optional<std::string> environment_caution(const std::vector<Trial>& trials,
                                               const fs::path& run_dir) {
  std::optional<std::uint32_t> first;
  EnvironmentFacts expected;
  std::vector<std::uint32_t> others;
  std::set<std::string> differing;
  for (const Trial& trial : trials) {
    const fs::path path = run_dir / trial_directory(trial.number) / kEnvironmentFile;
    if (!fs::exists(path)) continue;
    const EnvironmentFacts facts = facts_that_must_agree(path);
    if (!first) {
      first = trial.number;
      expected = facts;
    }
    if (facts == expected) continue;
    others.push_back(trial.number);
    for (const auto& [name, value] : facts) {
      const auto there = expected.find(name);
      if (there == expected.end() || there->second != value) differing.insert(name);
    }
  }
  if (others.empty()) return std::nullopt;
  return fmt::format(
      "caution: {} {} {} trained by another build than trial {} ({}; see {} in the directory "
      "of "
      "each), so the results may differ from those of one sweep",
      others.size() == 1 ? "trial" : "trials", fmt::join(others, ", "),
      others.size() == 1 ? "was" : "were", *first, fmt::join(differing, ", "), kEnvironmentFile);
}

}  // namespace lockstep
