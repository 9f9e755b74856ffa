#include "cli/shared_job.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/commands.h"
#include "comm/agreement.h"
#include "config/job_diff.h"
#include "train/environment.h"
#include "train/memory_plan.h"

namespace lockstep {

std::string describe_difference(const std::string& theirs, const std::string& root) {
  std::string text;
  for (const FieldDifference& field : diff_jobs(theirs, root)) {
    if (!text.empty()) text += "; ";
    text += fmt::format("{} {}, rank 0 has {}", field.path, field.value_a, field.value_b);
  }
  return text;
}

SharedJob load_shared_job(const Communicator& comm, const std::string& path,
                          const std::vector<std::string>& overrides, int threads) {
  SharedJob shared;
  shared.layout = {comm.size(), threads > 0 ? threads : default_threads(comm.size())};
  agree(comm, [&] {
    shared.loaded = load_job(path, overrides);
    const std::uint32_t shards = shared.loaded.job.training.shards;
    if (threads == 0 && comm.size() == 1) {
      shared.layout.threads = std::min(shared.layout.threads, static_cast<int>(shards));
    }
    check_layout(shared.layout, shards);
  });
  require_same(comm, shared.loaded.resolved_text, describe_difference);
  require_same(comm, fmt::format("{}", shared.layout.threads),
               [](const std::string& theirs, const std::string& root) {
                 return fmt::format("{} threads, rank 0 has {}", theirs, root);
               });
  require_same_environment(comm);
  return shared;
}

}  // namespace lockstep
