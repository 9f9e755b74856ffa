#include "verify/verification_plan.h"

#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/run_files.h"
#include "checkpoint/retention.h"
#include "records/stop_reason.h"
#include "train/changed_data.h"
#include "train/environment.h"
#include "verify/verified_build.h"

namespace lockstep {
namespace fs = std::filesystem;
namespace {

// A text of the summary; nothing if it is absent or null.
std::optional<std::string> text_of(const Json& summary, const char* field) {
  const auto found = summary.find(field);
  if (found == summary.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

// The digests of the data, from the first of these that there is: the checkpoint at which the
// verification begins, the summary, the newest checkpoint. Adds a notice when that one cannot be
// read.
RecordedData recorded_data(RecordedRun& run, const std::optional<Checkpoint>& start) {
  if (start) return {start->train_fingerprint, start->dev_fingerprint};
  if (run.summary) {
    if (auto train = text_of(*run.summary, "train_fingerprint")) {
      return {std::move(train), text_of(*run.summary, "dev_fingerprint").value_or("")};
    }
  }
  try {
    if (const auto latest = find_latest(run.directory / kCheckpointFolder)) {
      return {latest->checkpoint.train_fingerprint, latest->checkpoint.dev_fingerprint};
    }
  } catch (const Error& error) {
    run.notices.emplace_back(error.what());
  }
  return {};
}

// The weights of the checkpoint must be those that the evaluation of its step records.
void require_recorded_weights(const RecordedRun& run, const Checkpoint& start) {
  for (const RecordedEvaluation& evaluation : run.evaluations) {
    const auto digest = evaluation.record.find("weights_digest");
    if (evaluation.step != start.step || digest == evaluation.record.end()) continue;
    if (*digest == start.weights_digest) return;
    throw Error(ExitCode::data,
                fmt::format("the checkpoint of step {} has weights with the digest {}, but {} "
                            "records {} for that step",
                            start.step, start.weights_digest, kMetricsFile, to_text(*digest)));
  }
}

}  // namespace

VerificationPlan plan_verification(const fs::path& directory, std::uint64_t from,
                                   std::optional<std::uint64_t> to) {
  VerificationPlan plan;
  plan.run = read_recorded_run(directory);
  plan.shared.range = choose_range(plan.run, from, to);
  plan.job = job_of_range(plan.run, plan.shared.range).string();
  std::optional<Checkpoint> start;
  if (from > 0) {
    start = load_step(directory / kCheckpointFolder, from);
    require_recorded_weights(plan.run, *start);
  }
  for (const std::string& notice : compare_builds(
           plan.run.environment, start ? start->environment : EnvironmentFacts(), environment())) {
    plan.run.notices.push_back(notice);
  }
  // The newest fingerprints are not those of the steps before the data changed.
  const bool is_newest_data = start || !plan.run.environment.contains(kChangedData);
  if (is_newest_data) plan.data = recorded_data(plan.run, start);
  if (plan.shared.range.to_the_end) {
    const Json& summary = *plan.run.summary;
    const auto is_number = [&](const char* field) {
      return summary.contains(field) && summary[field].is_number();
    };
    plan.shared.with_test = is_number("test_error") || is_number("test_cost");
    plan.shared.interrupted = summary.at("stop_reason") == kInterrupted;
  }
  return plan;
}

TrainOptions options_to_verify(const VerificationPlan& plan, const fs::path& directory,
                               const Layout& layout, const Verification* verification) {
  const auto& [range, with_test, interrupted] = plan.shared;
  TrainOptions options;
  options.run_dir = directory;
  options.layout = layout;
  if (range.from > 0) {
    options.resume = Resume::must;
    options.resume_from = directory / kCheckpointFolder / step_file_name(range.from);
    options.allow_changed_data = true;  // the observer compares it
  }
  options.with_test = with_test;
  options.with_cautions = false;
  if (verification != nullptr) {
    options.stop_after_evaluation = [verification] { return verification->reason_to_stop(); };
  }
  if (interrupted) {
    options.stop_requested = [last = range.to](std::optional<std::uint64_t> step) {
      return step && *step + 1 >= last;
    };
  }
  return options;
}

}  // namespace lockstep
