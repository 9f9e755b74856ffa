#include "diagnose/recipe_book.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/error.h"
#include "diagnose/diagnose_run.h"
#include "diagnose/recipe_draft.h"
#include "diagnose/recipe_judgement.h"
#include "diagnose/remedies.h"
#include "model/build.h"
#include "nn/guessing.h"
#include "nn/parameters.h"

namespace lockstep {
namespace {

// `before` and then `after`; of a path that is set twice, only the last setting is kept.
std::vector<std::string> combined(std::vector<std::string> before,
                                  const std::vector<std::string>& after) {
  const auto path_of = [](const std::string& line) { return line.substr(0, line.find('=')); };
  for (const std::string& line : after) {
    std::erase_if(before, [&](const std::string& old) { return path_of(old) == path_of(line); });
    before.push_back(line);
  }
  return before;
}

// Whether two runs have the same examples; they may differ if changed data was allowed.
bool has_same_data(const Summary& a, const Summary& b) {
  return a.train_fingerprint == b.train_fingerprint && a.dev_fingerprint == b.dev_fingerprint;
}

// Throws Error(usage) without a training error and a dev error.
void require_errors(const Diagnosis& diagnosis) {
  if (diagnosis.train && diagnosis.dev) return;
  throw Error(
      ExitCode::usage,
      "the recipe compares errors, and the RMSE of this job is not measured: every target is "
      "the same in all examples of a set, or there are too many predictions");
}

// Whether a training ended with a mean loss that calls for smaller steps and not for a bigger
// network. Never for losses of values, which have no scale.
bool has_blown_up(const Job& job, const Summary& summary) {
  constexpr double kTimesGuessing = 10;
  const double guessing = loss_of_guessing(build_network(job.network, summary.features));
  const double loss = summary.train_cost.value_or(0) - summary.l2_penalty - summary.l1_penalty;
  return guessing > 0 && loss > kTimesGuessing * guessing;
}

}  // namespace

RecipeBook::RecipeBook(const LoadedJob& loaded, int runs) {
  result_.job_name = loaded.job.name;
  result_.budget = runs;
  result_.has_test_set = loaded.job.data.test || loaded.job.data.split.test;
  tried_.insert(loaded.resolved_text);
  next_.number = 1;
  next_job_ = loaded.resolved_text;
}

void RecipeBook::take(const RunRecord& record) {
  Run taken{next_.number, parse_resolved_job(record.resolved_job), record, {}};
  if (!runs_.empty() && !has_same_data(record.summary, runs_.front().record.summary)) {
    taken.record.answers = {};  // other examples cannot be paired
  }
  taken.diagnosis = diagnose_run(taken.loaded, record.summary, record.evaluations);
  require_errors(taken.diagnosis);
  RecipeRun ended = std::move(next_);
  ended.diagnosis = taken.diagnosis;
  if (!has_start() && has_blown_up(taken.loaded.job, record.summary)) {
    ended.outcome = RecipeOutcome::blown_up;
    ended.comparison = fmt::format("J ends at {:.4g}, far above that of guessing",
                                   record.summary.train_cost.value_or(0));
    return finish_without_start(std::move(ended));
  }
  if (has_start()) {
    auto [kept, comparison] =
        judge_step(ended.step.against.value(), judged(run(ended.based_on)), judged(taken));
    ended.outcome = kept ? RecipeOutcome::kept : RecipeOutcome::discarded;
    ended.comparison = std::move(comparison);
  } else if (ended.based_on > 0) {
    ended.outcome = RecipeOutcome::trains;
    ended.comparison = fmt::format("dev {} {}", taken.diagnosis.of_values ? "RMSE" : "error",
                                   percent(taken.diagnosis.dev));
  } else {
    ended.outcome = RecipeOutcome::start;
  }
  if (ended.outcome != RecipeOutcome::discarded) footing_ = ended.number;
  // An assumption that has been disproved is dropped.
  const auto& base = result_.assumed_base;
  if (base) {
    const Run& assumed = run(base->run);
    const auto train_error_of = [](const Run& of) {
      return JudgedError{*of.diagnosis.train, of.record.answers.train, of.diagnosis.of_values};
    };
    const Change change = change_between(train_error_of(assumed), train_error_of(taken));
    if (change == Change::fell) result_.assumed_base.reset();
  }
  contenders_.push_back(
      {ended.number, *taken.diagnosis.dev,
       parameter_table(build_network(taken.loaded.job.network, record.summary.features)).size,
       taken.record.answers.dev, taken.diagnosis.of_values});
  runs_.push_back(std::move(taken));
  result_.runs.push_back(std::move(ended));
  name_the_best();
  choose();
}

void RecipeBook::take_divergence(const std::string& message) {
  RecipeRun ended = std::move(next_);
  ended.outcome = RecipeOutcome::diverged;
  ended.comparison = message;
  if (!has_start()) return finish_without_start(std::move(ended));
  result_.runs.push_back(std::move(ended));
  choose();
}

void RecipeBook::finish_without_start(RecipeRun ended) {
  result_.runs.push_back(std::move(ended));
  tame();
}

JudgedRun RecipeBook::judged(const Run& run) { return {run.diagnosis, run.record.answers}; }

const RecipeBook::Run& RecipeBook::run(int number) const {
  const auto found = std::ranges::find(runs_, number, &Run::number);
  check(found != runs_.end(), "a run that steps are based on has finished");
  return *found;
}

bool RecipeBook::budget_is_spent() const {
  return static_cast<int>(result_.runs.size()) >= result_.budget;
}

void RecipeBook::stop(RecipeEnd end) {
  result_.end = end;
  next_job_.clear();
}

void RecipeBook::name_the_best() {
  result_.best = best_contender(contenders_);
  result_.as_good = as_good_within_chance(contenders_, result_.best);
  const Run& best = run(result_.best);
  result_.best_job = best.record.resolved_job;
  best_weights_ = best.record.summary.weights_digest;
}

void RecipeBook::tame() {
  if (budget_is_spent()) return stop(RecipeEnd::diverged);
  const LoadedJob last = parse_resolved_job(next_job_);
  RecipeStep step = against_divergence(last.job);
  std::string job = parse_resolved_job(last.resolved_text, step.set).resolved_text;
  take_next(result_.runs.back().number, {std::move(step), std::move(job)});
}

void RecipeBook::choose() {
  const Run& best = run(result_.best);
  result_.left.clear();
  for (const RecipeStep& step : best.diagnosis.recipe) {
    if (step.set.empty() || !step.comparable) result_.left.push_back(step);
  }
  for (OpenStep& open : open_steps(best.loaded, best.diagnosis, tried_)) {
    result_.left.push_back(std::move(open.step));
  }
  do {
    assume_base_where_bias_does_not_move();
    if (diagnosis_of(run(footing_)).verdict == kNeitherIsHigh) return stop(RecipeEnd::neither);
    for (const RecipeTarget problem :
         {RecipeTarget::bias, RecipeTarget::variance, RecipeTarget::mismatch}) {
      auto step = turn_against(problem);
      if (!step) continue;
      if (budget_is_spent()) return stop(RecipeEnd::budget);
      return take_next(footing_, std::move(*step));
    }
  } while (move_footing());
  stop(diagnosis_of(run(result_.best)).verdict == kUncertain ? RecipeEnd::uncertain
                                                             : RecipeEnd::exhausted);
}

Diagnosis RecipeBook::diagnosis_of(const Run& run) const {
  if (!result_.assumed_base) return run.diagnosis;
  LoadedJob assuming = run.loaded;
  const double error = result_.assumed_base->error;
  DiagnosisConfig& config = assuming.job.diagnosis;
  config.base_error = std::max(config.base_error, error);
  config.base_rmse = std::max(config.base_rmse, error * run.record.summary.value_errors.deviation);
  return diagnose_run(assuming, run.record.summary, run.record.evaluations);
}

std::optional<OpenStep> RecipeBook::turn_against(RecipeTarget problem) const {
  const Run& footing = run(footing_);
  return whose_turn(open_steps(footing.loaded, diagnosis_of(footing), tried_), problem,
                    result_.runs, footing_, failures_);
}

void RecipeBook::assume_base_where_bias_does_not_move() {
  const Diagnosis& diagnosis = run(footing_).diagnosis;
  if (result_.assumed_base || !is_high(diagnosis.avoidable_bias)) return;
  if (turn_against(RecipeTarget::bias)) return;
  result_.assumed_base = {diagnosis.train->error, footing_, steps_against_bias_on_footing()};
}

int RecipeBook::steps_against_bias_on_footing() const {
  return static_cast<int>(std::ranges::count_if(result_.runs, [&](const RecipeRun& ended) {
    return ended.based_on == footing_ && ended.step.against == RecipeTarget::bias;
  }));
}

bool RecipeBook::move_footing() {
  // No kind has more steps than this for one job.
  constexpr int kMostOfAKind = 4;
  worked_off_.insert(footing_);
  if (worked_off_.size() == runs_.size() && failures_ < kMostOfAKind) {
    worked_off_.clear();
    ++failures_;
  }
  footing_ = best_contender(contenders_, worked_off_);
  return footing_ > 0;
}

void RecipeBook::take_next(int based_on, OpenStep step) {
  const RecipeRun& base = result_.runs[static_cast<std::size_t>(based_on) - 1];
  tried_.insert(step.job);
  next_ = {};
  next_.number = static_cast<int>(result_.runs.size()) + 1;
  next_.based_on = based_on;
  next_.set = combined(base.set, step.step.set);
  next_.step = std::move(step.step);
  next_job_ = std::move(step.job);
}

}  // namespace lockstep
