#include "verify/verified_build.h"

#include <fmt/format.h>

#include "base/error.h"
#include "train/changed_data.h"
#include "train/changed_environment.h"

namespace lockstep {
namespace {

// The changes after the start of the verification: the mark `name` of the run without those that
// the start has already.
std::string changes_after(const EnvironmentFacts& run, const EnvironmentFacts& start,
                          const char* name) {
  const std::string all = value_of(run, name, "");
  const std::string before = value_of(start, name, "");
  return all.starts_with(before) ? all.substr(before.size()) : all;
}

}  // namespace

std::vector<std::string> compare_builds(const EnvironmentFacts& run, const EnvironmentFacts& start,
                                        const EnvironmentFacts& now) {
  const std::string then = value_of(run, "numerics", "none");
  const std::string here = value_of(now, "numerics", "none");
  if (then != here) {
    throw Error(ExitCode::usage,
                fmt::format("the run was trained with version {} of the arithmetic (numerics), and "
                            "this build computes version {}; verify it with a build whose "
                            "`lockstep --version` shows numerics {}, such as Lockstep {} with "
                            "sources {}",
                            then, here, then, value_of(run, kVersionFact, "of an unknown version"),
                            value_of(run, "sources", "that are not known")));
  }
  std::vector<std::string> notices;
  const std::string changes = changes_after(run, start, kChangedEnvironment);
  if (changes.find("numerics was") != std::string::npos) {
    throw Error(ExitCode::usage,
                fmt::format("the run was resumed with another version of the arithmetic ({}); "
                            "verify the steps after that: --from a later kept step",
                            changes));
  }
  if (!changes.empty()) {
    notices.push_back(fmt::format("the run was resumed with another build ({})", changes));
  }
  if (const std::string data = changes_after(run, start, kChangedData); !data.empty()) {
    notices.push_back(
        fmt::format("the run was resumed with other data ({}): steps before and after "
                    "that can only be verified apart, each with its data",
                    data));
  }
  const std::string sources = value_of(run, "sources", "none");
  if (sources != value_of(now, "sources", "none")) {
    notices.push_back(
        fmt::format("another build of the same arithmetic trained the run (sources {}, here {})",
                    sources, value_of(now, "sources", "none")));
  }
  return notices;
}

}  // namespace lockstep
