#include <algorithm>
#include <bitset>
#include <cstddef>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.h"

#include "base/host_name.h"
#include "base/usable_cores.h"

namespace lockstep {
namespace {

// A name that is the same for ranks that share their cores.
std::string name_of(const std::bitset<kMostCores>& cores) {
  std::string name = host_name();
  for (std::size_t core = 0; core < kMostCores; ++core) {
    if (cores[core]) name += fmt::format(" {}", core);
  }
  return name;
}

}  // namespace

int default_prefetch_threads(const Communicator& comm, int threads) {
  const std::bitset<kMostCores> cores = usable_cores();
  const std::vector<std::string> all = comm.gather_text(name_of(cores));
  std::vector<int> sharers;
  sharers.reserve(all.size());
  for (const std::string& name : all) {
    sharers.push_back(static_cast<int>(std::ranges::count(all, name)));
  }
  comm.broadcast(sharers);
  const int own = static_cast<int>(cores.count()) / sharers[static_cast<std::size_t>(comm.rank())];
  return std::clamp(own - threads, 0, threads);
}

}  // namespace lockstep
