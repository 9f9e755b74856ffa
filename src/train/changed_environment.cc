#include "train/changed_environment.h"

#include <array>

#include <fmt/format.h>

#include "base/error.h"

namespace lockstep {
namespace {

// Results do not depend on kernels, compiler or libraries (docs/numerics.md).
constexpr std::array<const char*, 2> kDecidesBits = {"numerics", "sources"};

}  // namespace

std::string environment_changes(const EnvironmentFacts& then, const EnvironmentFacts& now) {
  std::string changes;
  for (const char* name : kDecidesBits) {
    const std::string before = value_of(then, name);
    const std::string after = value_of(now, name);
    if (before == after) continue;
    if (!changes.empty()) changes += ", ";
    changes += fmt::format("{} was {} and is {}", name, before, after);
  }
  return changes;
}

std::string changed_environment(const EnvironmentFacts& then, const EnvironmentFacts& now,
                                const std::string& name, std::uint64_t step, bool allowed) {
  const std::string changes = environment_changes(then, now);
  std::string mark = then.contains(kChangedEnvironment) ? then.at(kChangedEnvironment) : "";
  if (changes.empty()) return mark;
  if (!allowed) {
    throw Error(
        ExitCode::usage,
        fmt::format("{} was written by another build of Lockstep ({}), so the run may end with "
                    "bits that neither build alone computes; resume with the build that began it, "
                    "or pass --allow-changed-environment, which marks the results",
                    name, changes));
  }
  if (!mark.empty()) mark += "; ";
  return mark + fmt::format("from step {}: {}", step, changes);
}

}  // namespace lockstep
