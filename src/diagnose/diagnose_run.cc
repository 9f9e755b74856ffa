#include "diagnose/diagnose_run.h"

#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/number_text.h"
#include "diagnose/bias_variance.h"
#include "diagnose/recipe_steps.h"
#include "records/stop_reason.h"
#include "train/run_scorer.h"

namespace lockstep {
namespace {

std::optional<SetError> set_error(std::optional<double> error, std::uint64_t examples) {
  if (!error || examples == 0) return std::nullopt;
  return SetError{*error, examples};
}

std::string mean_losses(const Summary& summary) {
  std::string text = "train " + format_cost(summary.train_cost.value_or(0) - summary.l2_penalty -
                                            summary.l1_penalty);
  const auto add = [&](const char* name, const std::optional<double>& cost) {
    if (cost) text += fmt::format(", {} {}", name, format_cost(cost));
  };
  add("train-dev", summary.train_dev_cost);
  add("dev", summary.dev_cost);
  add("test", summary.test_cost);
  return text;
}

std::optional<SetError> set_error(const std::optional<RelativeRmse>& rmse, std::uint64_t examples) {
  if (!rmse || examples == 0) return std::nullopt;
  return SetError{rmse->value, examples, rmse->standard_error};
}

// None: a run of values whose predictions were not kept.
std::optional<RunErrors> errors_of(const Job& job, const Summary& summary) {
  const ValueErrors& values = summary.value_errors;
  RunErrors errors;
  errors.of_values = !summary.train_error;
  const auto train = errors.of_values ? set_error(values.train, summary.train_examples)
                                      : set_error(summary.train_error, summary.train_examples);
  if (!train) return std::nullopt;
  errors.train = *train;
  if (errors.of_values) {
    errors.train_dev = set_error(values.train_dev, summary.train_dev_examples);
    errors.dev = set_error(values.dev, summary.dev_examples);
    errors.test = set_error(values.test, summary.test_examples);
  } else {
    errors.train_floor = summary.train_error_floor.value_or(0);
    errors.train_dev = set_error(summary.train_dev_error, summary.train_dev_examples);
    errors.dev = set_error(summary.dev_error, summary.dev_examples);
    errors.test = set_error(summary.test_error, summary.test_examples);
  }
  errors.test_unseen = summary.test_examples > 0 && !errors.test;
  errors.dev_from_elsewhere = job.data.dev || job.data.held_out;
  errors.dev_and_test_differ =
      job.data.dev_and_test_from == DevAndTestFrom::different_distributions;
  return errors;
}

// The base error in the unit of the errors.
DiagnosisConfig with_base(DiagnosisConfig config, const RunErrors& errors, const Summary& summary) {
  if (!errors.of_values) return config;
  const double deviation = summary.value_errors.deviation;
  config.base_error = deviation > 0 ? config.base_rmse / deviation : 0;
  return config;
}

std::string unit_note(const Summary& summary) {
  const double deviation = summary.value_errors.deviation;
  if (deviation > 0) {
    return fmt::format(
        "errors are RMSE in percent of the deviation of the target over the training set, {:.6g}",
        deviation);
  }
  return "errors are RMSE in percent of the deviation of each target over the training set, mean "
         "over the targets";
}

// Compares the dev error with that of always deciding the same.
std::optional<std::string> baseline_note(const Summary& summary) {
  const std::optional<double> baseline = summary.dev_metrics.baseline_error;
  if (!baseline || !summary.dev_error) return std::nullopt;
  const std::string text = fmt::format(
      "always deciding for the most frequent class of training has an error of {} on dev",
      format_percent(*baseline));
  if (*summary.dev_error < *baseline) return text;
  return text + fmt::format(
                    ", and the network has {}: its decisions are no better yet, whatever the bias; "
                    "look at ROC AUC or balanced accuracy",
                    format_percent(*summary.dev_error));
}

// How many evaluations were lost, of those that `summary` counts.
std::optional<std::string> lost_note(const Summary& summary,
                                     std::span<const Evaluation> evaluations) {
  if (evaluations.empty() || evaluations.size() >= summary.evaluations.value_or(0)) {
    return std::nullopt;
  }
  return fmt::format(
      "{} of the {} evaluations were lost, so whether J was still falling at the end is not known",
      *summary.evaluations - evaluations.size(), *summary.evaluations);
}

// Passes on the reports of a run, and keeps what a diagnosis needs.
class DiagnosingObserver : public TrainingObserver {
 public:
  DiagnosingObserver(std::unique_ptr<TrainingObserver> reports, LoadedJob loaded,
                     EarlierEvaluations earlier)
      : reports_(std::move(reports)), loaded_(std::move(loaded)), earlier_(std::move(earlier)) {}

  void on_start(const RunStart& start) override {
    evaluations_.clear();
    if (start.first_step > 0) evaluations_ = earlier_(start.run_dir, start.first_step);
    reports_->on_start(start);
  }
  void on_notice(const std::string& notice) override { reports_->on_notice(notice); }
  void on_progress(const Progress& progress) override { reports_->on_progress(progress); }
  void on_evaluation(const Evaluation& evaluation) override {
    evaluations_.push_back(evaluation);
    reports_->on_evaluation(evaluation);
  }
  void on_flow(const FlowRecord& record) override { reports_->on_flow(record); }
  void on_rollback(std::uint64_t step) override { reports_->on_rollback(step); }
  void on_save() override { reports_->on_save(); }
  void on_finish(const Summary& summary) override {
    Summary diagnosed = summary;
    diagnosed.diagnosis = diagnose_run(loaded_, summary, evaluations_);
    reports_->on_finish(diagnosed);
  }

 private:
  std::unique_ptr<TrainingObserver> reports_;
  LoadedJob loaded_;
  EarlierEvaluations earlier_;
  std::vector<Evaluation> evaluations_;
};

}  // namespace

Diagnosis diagnose_run(const LoadedJob& loaded, const Summary& summary,
                       std::span<const Evaluation> evaluations) {
  const Job& job = loaded.job;
  const auto errors = errors_of(job, summary);
  Diagnosis diagnosis;
  if (errors) {
    diagnosis = diagnose_errors(*errors, with_base(job.diagnosis, *errors, summary));
    if (errors->of_values) diagnosis.notes.insert(diagnosis.notes.begin(), unit_note(summary));
    if (const auto note = baseline_note(summary)) diagnosis.notes.push_back(*note);
  } else {
    diagnosis = no_error_rate(job.diagnosis);
    diagnosis.notes.push_back(
        fmt::format("the loss predicts values, and the RMSE on the training set is not known (for "
                    "targets as given of a checkpoint, for class labels, and for more than {} "
                    "predictions), so there is no verdict; compare the mean losses with the lowest "
                    "you believe possible: {}",
                    format_count(kMostPredictions), mean_losses(summary)));
  }
  if (summary.stop_reason == kInterrupted) {
    diagnosis.notes.emplace_back(
        "the run was interrupted: this is the verdict on an unfinished training");
  }
  if (summary.stop_reason == kPaused || summary.stop_reason == kHopeless) {
    diagnosis.notes.emplace_back(
        "the sweep ended the run before its end: this is the verdict on an unfinished training");
  }
  RunFacts facts;
  facts.stop_reason = summary.stop_reason;
  facts.train_examples = summary.train_examples;
  facts.dev_examples = summary.dev_examples;
  facts.features = summary.features;
  facts.images = summary.images;
  if (const auto note = lost_note(summary, evaluations)) {
    diagnosis.notes.push_back(*note);
  } else {
    facts.cost_was_falling = cost_was_falling(evaluations);
  }
  facts.dev_was_best_before_the_end = summary.best_step && *summary.best_step < summary.steps;
  diagnosis.recipe = recipe_steps(loaded, diagnosis, facts);
  return diagnosis;
}

std::unique_ptr<TrainingObserver> with_diagnosis(std::unique_ptr<TrainingObserver> reports,
                                                 const LoadedJob& loaded,
                                                 EarlierEvaluations earlier) {
  return std::make_unique<DiagnosingObserver>(std::move(reports), loaded, std::move(earlier));
}

}  // namespace lockstep
