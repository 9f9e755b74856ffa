#include <algorithm>
#include <string>
#include <vector>

#include <sched.h>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/commands.h"

#include "base/host_name.h"

namespace lockstep {
namespace {

struct Cores {
  int count = 1;
  std::string name;  // the same for ranks that share the cores
};

// The cores that this process may use, which a launcher may have restricted.
Cores usable_cores() {
  Cores cores;
  cores.name = host_name();
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return cores;
  cores.count = std::max(1, CPU_COUNT(&set));
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cores.name += fmt::format(" {}", cpu);
  }
  return cores;
}

}  // namespace

int default_prefetch_threads(const Communicator& comm, int threads) {
  const Cores cores = usable_cores();
  const std::vector<std::string> all = comm.gather_text(cores.name);
  std::vector<int> sharers;
  sharers.reserve(all.size());
  for (const std::string& name : all) {
    sharers.push_back(static_cast<int>(std::ranges::count(all, name)));
  }
  comm.broadcast(sharers);
  const int own = cores.count / sharers[static_cast<std::size_t>(comm.rank())];
  return std::clamp(own - threads, 0, threads);
}

}  // namespace lockstep
