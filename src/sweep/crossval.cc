#include "sweep/crossval.h"

#include <fmt/format.h>

#include "base/error.h"

namespace lockstep {
namespace {

SweepParameter parameter(const char* name) {
  return {.name = name, .paths = {}, .values = NumberList{}, .place = {}};
}

LoadedSweep sweep_of(const Job& job) {
  return {.sweep = {.name = job.name + "-crossval",
                    .job = {},
                    .assignments = {},
                    .assignment_places = {},
                    .seed = job.seed,
                    .search = GridSearch{},
                    .parameters = {parameter("repeat"), parameter("fold")},
                    .metric = Metric::dev_cost,
                    .termination = NoTermination{}},
          .file_name = {},
          .resolved_text = {}};
}

void check_plan(const Job& job, const CrossvalPlan& plan) {
  const auto refuse = [](const std::string& message) { throw Error(ExitCode::usage, message); };
  if (plan.folds < 2) {
    refuse(fmt::format("--folds {}: cross-validation needs at least 2 folds", plan.folds));
  }
  if (plan.repeats < 1) refuse("--repeats 0: at least one division into folds is needed");
  const std::uint64_t runs = std::uint64_t{plan.folds} * plan.repeats;
  if (runs > kMostTrials) {
    refuse(fmt::format("--folds {} --repeats {} are {} runs; ask for at most {}", plan.folds,
                       plan.repeats, runs, kMostTrials));
  }
  if (job.data.held_out) {
    refuse(
        "cross-validation takes its test sets from data.train, but the job takes dev and test from "
        "data.held_out; remove data.held_out (--set data.held_out=none)");
  }
  if (!job.checkpointing.enabled) {
    refuse(
        "cross-validation needs checkpointing, to resume runs and to test them; remove "
        "checkpointing.enabled: false");
  }
}

// The assignments that take the test set of the job away.
std::vector<std::string> without_test_set(const Job& job) {
  std::vector<std::string> assignments;
  if (job.data.test) {
    assignments.emplace_back("data.test=none");
    // It said where that test set comes from.
    if (!job.data.dev) assignments.emplace_back("data.dev_and_test_from=ONE_SOURCE");
  }
  return assignments;
}

std::vector<std::string> notes_of(const Job& job) {
  std::vector<std::string> notes;
  if (job.data.test) {
    notes.emplace_back(
        "data.test is not used: the test sets are the folds of data.train, and data.test stays "
        "unseen");
  }
  if (job.data.split.test) {
    notes.emplace_back(
        "data.split.test is replaced by the folds, which divide all examples of data.train");
  }
  if (!job.training.weights_from.empty()) {
    notes.push_back(
        fmt::format("caution: every fold starts with the weights of {}; if those were "
                    "trained on examples of data.train, the errors are too low (1.1)",
                    job.training.weights_from));
  }
  return notes;
}

}  // namespace

Crossval make_crossval(const LoadedJob& job, const CrossvalPlan& plan) {
  check_plan(job.job, plan);
  Crossval crossval{.sweep = sweep_of(job.job), .trials = {}, .notes = notes_of(job.job)};
  const std::vector<std::string> common = without_test_set(job.job);
  for (std::uint32_t repeat = 0; repeat < plan.repeats; ++repeat) {
    for (std::uint32_t fold = 0; fold < plan.folds; ++fold) {
      std::vector<std::string> assignments = common;
      assignments.push_back(fmt::format("data.split.test={{fold {{number: {} of: {} repeat: {}}}}}",
                                        fold, plan.folds, repeat));
      crossval.trials.push_back(
          {.number = repeat * plan.folds + fold,
           .values = {{fmt::format("{}", repeat), {}}, {fmt::format("{}", fold), {}}},
           .loaded = parse_job(job.resolved_text, "the job with folds", "/", assignments)});
    }
  }
  return crossval;
}

}  // namespace lockstep
