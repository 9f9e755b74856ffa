#include "cli/prepared_job.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/commands.h"
#include "comm/agreement.h"
#include "config/job_diff.h"
#include "config/without_dropout.h"
#include "train/environment.h"
#include "train/memory_plan.h"

namespace lockstep {
namespace {

std::string describe_difference(const std::string& theirs, const std::string& root) {
  std::string text;
  for (const FieldDifference& field : diff_jobs(theirs, root)) {
    if (!text.empty()) text += "; ";
    text += fmt::format("{} {}, rank 0 has {}", field.path, field.value_a, field.value_b);
  }
  return text;
}

}  // namespace

PreparedJob prepare_job(const Communicator& comm, const std::string& path,
                        const std::vector<std::string>& overrides, int threads, bool no_dropout) {
  PreparedJob job;
  LoadedJob& loaded = job.loaded;
  Layout& layout = job.layout;
  layout = {comm.size(), threads > 0 ? threads : default_threads(comm.size())};
  agree(comm, [&] {
    loaded = load_job(path, overrides);
    if (no_dropout) loaded = without_dropout(loaded);
    // Uses all cores, unless the job has fewer shards than cores.
    if (threads == 0 && comm.size() == 1) {
      layout.threads = std::min(layout.threads, static_cast<int>(loaded.job.training.shards));
    }
    check_layout(layout, loaded.job.training.shards);
  });
  require_same(comm, loaded.resolved_text, describe_difference);
  require_same(comm, fmt::format("{}", layout.threads),
               [](const std::string& theirs, const std::string& root) {
                 return fmt::format("{} threads, rank 0 has {}", theirs, root);
               });
  require_same_environment(comm);
  return job;
}

}  // namespace lockstep
