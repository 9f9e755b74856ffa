#include "train/resume.h"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "base/error.h"
#include "base/or_none.h"
#include "config/job_diff.h"
#include "sets/same_data.h"

namespace lockstep {
namespace {

// Fields that a run may change when it resumes. Sources of data and of weights may move, because
// their content is compared.
constexpr auto kChangeable = std::to_array<std::string_view>(
    {"name", "training.epochs", "training.steps", "training.on_nonfinite", "training.rollback",
     "early_stopping", "evaluation", "checkpointing", "exchange", "data.train", "data.dev",
     "data.test", "data.held_out", "data.dev_and_test_from", "data.max_copied_share", "diagnosis",
     "monitor", "training.weights_from"});

// Exceptions inside of them. A threshold is saved with each state, and would contradict the job.
constexpr auto kFixed =
    std::to_array<std::string_view>({"evaluation.threshold", "exchange.precision"});

bool is_inside(std::string_view path, std::span<const std::string_view> fields) {
  return std::ranges::any_of(fields, [&](std::string_view field) {
    return path == field || (path.starts_with(field) && path[field.size()] == '.');
  });
}

bool is_changeable(std::string_view path) {
  return is_inside(path, kChangeable) && !is_inside(path, kFixed);
}

}  // namespace

std::vector<std::string> check_resumable(const Checkpoint& checkpoint,
                                         const ResumeRequest& request) {
  std::vector<std::string> notices;
  std::string fatal;
  for (const FieldDifference& field : diff_jobs(checkpoint.resolved_job, request.resolved_job)) {
    const std::string line = fmt::format("{}: {} in the checkpoint, {} in the job", field.path,
                                         field.value_a, field.value_b);
    if (is_changeable(field.path)) {
      notices.push_back("changed on resume: " + line);
    } else {
      fatal += "\n  " + line;
    }
  }
  if (!fatal.empty()) {
    throw Error(ExitCode::usage,
                "the job differs from the checkpoint's in what it computes; start a new run "
                "directory, or restore:" +
                    fatal);
  }
  if (checkpoint.starting_digest.empty() && !request.starting_digest.empty()) {
    throw Error(ExitCode::usage,
                "this run did not start with the weights of another one, and is resumed; leave "
                "--weights-from (training.weights_from) out");
  }
  if (checkpoint.starting_digest != request.starting_digest) {
    throw Error(ExitCode::usage,
                fmt::format("the weights with which the run started (training.weights_from) have "
                            "changed: digest {}, was {}; name the file with the old ones "
                            "(--weights-from)",
                            or_none(request.starting_digest), or_none(checkpoint.starting_digest)));
  }
  if (!request.allow_changed_data) {
    require_same_data("training", checkpoint.train_fingerprint, request.train_fingerprint);
    require_same_data("dev", checkpoint.dev_fingerprint, request.dev_fingerprint);
  }
  return notices;
}

}  // namespace lockstep
