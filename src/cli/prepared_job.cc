#include "cli/prepared_job.h"

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

LoadedJob load_same_job(const Communicator& comm, const std::string& path,
                        const std::vector<std::string>& overrides, bool no_dropout) {
  LoadedJob loaded;
  agree(comm, [&] {
    loaded = load_job(path, overrides);
    if (no_dropout) loaded = without_dropout(loaded);
  });
  require_same(comm, loaded.resolved_text, describe_difference);
  return loaded;
}

PreparedJob prepare_job(const Communicator& comm, const std::string& path,
                        const std::vector<std::string>& overrides, int threads, bool no_dropout) {
  PreparedJob job;
  // First, because another build may not understand the job.
  require_same_environment(comm);
  job.loaded = load_same_job(comm, path, overrides, no_dropout);
  const Layout layout = {comm.size(), threads_of_a_rank(threads, comm.size())};
  job.layout = layout;
  agree(comm, [&] { check_ranks(layout.ranks, job.loaded.job.training.shards); });
  require_same(comm, fmt::format("{}", layout.threads),
               [](const std::string& theirs, const std::string& root) {
                 return fmt::format("{} threads, rank 0 has {}", theirs, root);
               });
  return job;
}

}  // namespace lockstep
