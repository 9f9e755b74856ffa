#include <fmt/format.h>

#include "base/usable_cores.h"
#include "cli/commands.h"
#include "train/environment.h"

namespace lockstep {

std::string version_text() {
  std::string text = fmt::format("Lockstep {}\n", LOCKSTEP_VERSION);
  for (const auto& [name, value] : environment()) {
    if (name != kVersionFact) text += fmt::format("{:<9} {}\n", name, value);
  }
  return text;
}

int default_threads(int ranks) { return ranks > 1 ? 1 : static_cast<int>(usable_cores().count()); }

int threads_of_a_rank(int threads, int ranks) {
  return threads > 0 ? threads : default_threads(ranks);
}

}  // namespace lockstep
