#include "base/usable_cores.h"

#include <sched.h>

namespace lockstep {

std::bitset<kMostCores> usable_cores() {
  static_assert(kMostCores == CPU_SETSIZE);
  std::bitset<kMostCores> cores;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return cores.set(0);
  for (std::size_t core = 0; core < kMostCores; ++core) {
    if (CPU_ISSET(core, &set)) cores.set(core);
  }
  return cores;
}

}  // namespace lockstep
