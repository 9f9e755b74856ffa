#include <algorithm>
#include <thread>

#include <sched.h>

#include <fmt/format.h>

#include "cli/commands.h"
#include "train/environment.h"

namespace lockstep {

std::string version_text() {
  std::string text = fmt::format("Lockstep {}\n", LOCKSTEP_VERSION);
  for (const auto& [name, value] : environment()) {
    if (name != "lockstep") text += fmt::format("{:<9} {}\n", name, value);
  }
  return text;
}

int default_threads(int ranks) {
  if (ranks > 1) return 1;
  cpu_set_t set;
  CPU_ZERO(&set);
  // The cores that this process may use, which a launcher may have restricted.
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return std::max(1, CPU_COUNT(&set));
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

}  // namespace lockstep
