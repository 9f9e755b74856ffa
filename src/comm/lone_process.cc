#include "comm/lone_process.h"

#include <algorithm>
#include <array>

#include <stdlib.h>  // NOLINT: setenv is POSIX, not in <cstdlib>

namespace lockstep {
namespace {

// Variables by which launchers tell a process of the others.
constexpr std::array kLauncherVariables = {"PMIX_NAMESPACE", "PMIX_RANK", "PMI_RANK", "PMI_FD"};

bool has_launcher(const Environment& environment) {
  return launched_tasks(environment) ||
         std::ranges::any_of(kLauncherVariables,
                             [&](const char* name) { return environment(name).has_value(); });
}

}  // namespace

std::map<std::string, std::string> lone_process_settings(const Environment& environment) {
  if (has_launcher(environment)) return {};
  return {{"OMPI_MCA_ess_singleton_isolated", "1"},
          // Processes without a daemon would share one folder, and remove it from each other.
          {"OMPI_MCA_orte_create_session_dirs", "0"},
          {"OMPI_MCA_pml", "ob1"}};
}

void prepare_lone_process(const Environment& environment) {
  for (const auto& [name, value] : lone_process_settings(environment)) {
    ::setenv(name.c_str(), value.c_str(), /*overwrite=*/0);
  }
}

}  // namespace lockstep
