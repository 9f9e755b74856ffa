#include "diagnose/recipe_book.h"

#include <cstddef>

#include <fmt/format.h>

#include "base/binomial.h"
#include "diagnose/diagnose_run.h"
#include "diagnose/remedies.h"
#include "nn/guessing.h"
#include "train/build.h"

namespace lockstep {
namespace {

std::optional<MeasuredError> dev_of(const RecipeTrial& trial) {
  return trial.diagnosis ? trial.diagnosis->dev : std::nullopt;
}

std::string compare(const MeasuredError& before, const MeasuredError& after) {
  const auto wrong = [](const MeasuredError& set) {
    return set.error * static_cast<double>(set.examples);
  };
  const Interval change =
      difference_interval(wrong(before), before.examples, wrong(after), after.examples);
  const bool chance = change.low <= 0 && change.high >= 0;
  return fmt::format("dev error {} -> {}, {}", percent(before.error), percent(after.error),
                     chance ? "within chance" : "beyond chance");
}

// `before` and then `after`; a path that is set again appears only the last time.
std::vector<std::string> combined(std::vector<std::string> before,
                                  const std::vector<std::string>& after) {
  const auto path_of = [](const std::string& line) { return line.substr(0, line.find('=')); };
  for (const std::string& line : after) {
    std::erase_if(before, [&](const std::string& old) { return path_of(old) == path_of(line); });
    before.push_back(line);
  }
  return before;
}

// A training that came to its end with a mean loss of which smaller steps, not a bigger
// network, are the cure. Never of squared error, which has no scale.
bool has_blown_up(const Job& job, const Summary& summary) {
  constexpr double kTimesGuessing = 10;
  const double guessing = loss_of_guessing(build_network(job.network, summary.features));
  const double loss = summary.train_cost.value_or(0) - summary.l2_penalty - summary.l1_penalty;
  return guessing > 0 && loss > kTimesGuessing * guessing;
}

}  // namespace

RecipeBook::RecipeBook(const LoadedJob& loaded, int runs) {
  result_.job_name = loaded.job.name;
  result_.runs = runs;
  result_.has_test_set = loaded.job.data.test || loaded.job.data.split.test;
  tried_.insert(loaded.resolved_text);
  next_.number = 1;
  next_job_ = loaded.resolved_text;
}

void RecipeBook::take(const RunRecord& record) {
  const LoadedJob loaded = parse_job(record.resolved_job, "resolved job", "/", {});
  RecipeTrial trial = std::move(next_);
  trial.diagnosis = diagnose_run(loaded, record.summary, record.evaluations);
  if (result_.best == 0 && has_blown_up(loaded.job, record.summary)) {
    trial.outcome = "blown up";
    trial.comparison = fmt::format("J ends at {:.4g}, far above that of guessing",
                                   record.summary.train_cost.value_or(0));
    return finish_without_start(std::move(trial));
  }
  const auto before = result_.best == 0 ? std::nullopt : dev_of(best_trial());
  const auto after = dev_of(trial);
  if (before && after) {
    trial.outcome = after->error < before->error ? "kept" : "discarded";
    trial.comparison = compare(*before, *after);
  } else if (trial.based_on > 0) {
    trial.outcome = "trains";
    trial.comparison = fmt::format("dev error {}", after ? percent(after->error) : "-");
  } else {
    trial.outcome = "start";
  }
  if (trial.outcome != "discarded") {
    result_.best = trial.number;
    result_.best_job = record.resolved_job;
    best_weights_ = record.summary.weights_digest;
  }
  result_.trials.push_back(std::move(trial));
  choose();
}

void RecipeBook::take_divergence(const std::string& message) {
  RecipeTrial trial = std::move(next_);
  trial.outcome = "diverged";
  trial.comparison = message;
  if (result_.best == 0) return finish_without_start(std::move(trial));
  result_.trials.push_back(std::move(trial));
  choose();
}

void RecipeBook::finish_without_start(RecipeTrial trial) {
  result_.trials.push_back(std::move(trial));
  tame();
}

const RecipeTrial& RecipeBook::best_trial() const {
  return result_.trials[static_cast<std::size_t>(result_.best) - 1];
}

bool RecipeBook::budget_is_spent() const {
  return static_cast<int>(result_.trials.size()) >= result_.runs;
}

std::pair<int, int> RecipeBook::turns(const RecipeStep& step) {
  return {kinds_taken_[step.kind], lines_taken_[step.set]};
}

void RecipeBook::stop(const std::string& reason) {
  result_.stop_reason = reason;
  next_job_.clear();
}

void RecipeBook::tame() {
  if (budget_is_spent()) return stop("diverged");
  const LoadedJob last = parse_job(next_job_, "resolved job", "/", {});
  RecipeStep step = against_divergence(last.job);
  std::string job = parse_job(last.resolved_text, "resolved job", "/", step.set).resolved_text;
  take_next(std::move(step), result_.trials.back(), std::move(job));
}

void RecipeBook::choose() {
  const Diagnosis diagnosis = best_trial().diagnosis.value_or(Diagnosis{});
  const LoadedJob best = parse_job(result_.best_job, "resolved job", "/", {});
  const RecipeStep* chosen = nullptr;
  std::string chosen_job;
  result_.left.clear();
  for (const RecipeStep& step : diagnosis.recipe) {
    if (step.set.empty() || !step.comparable) {
      result_.left.push_back(step);
      continue;
    }
    std::string job = parse_job(best.resolved_text, "resolved job", "/", step.set).resolved_text;
    if (tried_.contains(job)) continue;
    result_.left.push_back(step);
    if (chosen == nullptr || (step.against == chosen->against && turns(step) < turns(*chosen))) {
      chosen = &step;
      chosen_job = std::move(job);
    }
  }
  if (diagnosis.verdict == "neither" || diagnosis.verdict == "uncertain") {
    return stop(diagnosis.verdict);
  }
  if (chosen == nullptr) return stop("exhausted");
  if (budget_is_spent()) return stop("budget");
  ++kinds_taken_[chosen->kind];
  ++lines_taken_[chosen->set];
  take_next(*chosen, best_trial(), std::move(chosen_job));
}

void RecipeBook::take_next(RecipeStep step, const RecipeTrial& trial, std::string job) {
  tried_.insert(job);
  next_ = {};
  next_.number = static_cast<int>(result_.trials.size()) + 1;
  next_.based_on = trial.number;
  next_.set = combined(trial.set, step.set);
  next_.step = std::move(step);
  next_job_ = std::move(job);
}

}  // namespace lockstep
