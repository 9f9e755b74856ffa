#include "report/sweep_table.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/binomial.h"
#include "base/csv_field.h"
#include "base/json_text.h"
#include "base/number_text.h"
#include "base/run_files.h"
#include "report/interval_json.h"
#include "report/metrics_text.h"
#include "report/trial_table.h"

namespace lockstep {
namespace {

constexpr std::size_t kShownTrials = 100;  // in the table for people

std::string csv_number(std::optional<double> value) {
  return value && std::isfinite(*value) ? fmt::format("{}", *value) : "";
}

// The ranks of trials, from 1, by number.
std::vector<std::size_t> ranks_by_number(const SweepResults& results) {
  std::vector<std::size_t> ranks(results.ranked.size());
  for (std::size_t i = 0; i < results.ranked.size(); ++i) ranks[results.ranked[i].number] = i + 1;
  return ranks;
}

// Counts examples, even if each has several labels, because those are not independent.
std::optional<Interval> interval_of(std::optional<double> error, std::uint64_t examples) {
  if (!error || examples == 0) return std::nullopt;
  return wilson_interval(*error * static_cast<double>(examples), examples);
}

std::string interval_text(const std::optional<Interval>& interval) {
  return interval ? ", 95% interval " + format_interval(*interval) : "";
}

const Job& job_of(const SweepResults& results, std::uint32_t number) {
  return results.trials[number].loaded.job;
}

std::string ranked_table(const SweepResults& results) {
  const std::size_t shown = std::min(results.ranked.size(), kShownTrials);
  std::string text = trial_table(results.sweep, results.trials,
                                 std::span(results.ranked).first(shown), /*with_ranks=*/true);
  if (shown < results.ranked.size()) {
    text += fmt::format("... and {} more in {}\n", results.ranked.size() - shown, kSweepCsv);
  }
  return text;
}

std::string winner_text(const SweepResults& results, const RankedTrial& winner) {
  std::string text =
      fmt::format("winner: {}\n", describe_trial(results.sweep, results.trials[winner.number]));
  if (winner.result.dev_error) {
    text += fmt::format("  dev error  {} of {} examples{}\n",
                        format_percent(winner.result.dev_error), results.dev_examples,
                        interval_text(interval_of(winner.result.dev_error, results.dev_examples)));
  }
  text += fmt::format("  dev cost   {}\n", format_cost(winner.result.dev_cost));
  const std::string metrics = metrics_line_of(winner.result.dev_metrics);
  if (!metrics.empty()) text += fmt::format("  on dev     {}\n", metrics);
  if (results.test && results.test->error) {
    text += fmt::format("  test error {} of {} examples{}; measured for the winner only (1.4)\n",
                        format_percent(results.test->error), results.test->examples,
                        interval_text(interval_of(results.test->error, results.test->examples)));
  } else if (results.test) {
    text += fmt::format("  test cost  {} on {} examples; measured for the winner only (1.4)\n",
                        format_cost(results.test->cost), results.test->examples);
  } else {
    text += fmt::format(
        "  no test set: the dev error, the best of {}, is likely to be too good (1.1)\n",
        results.ranked.size());
  }
  return text;
}

// "trial 3", "trials 3, 5", or their number if there are many.
std::string listed(const std::vector<std::uint32_t>& trials) {
  constexpr std::size_t kMost = 10;
  if (trials.size() > kMost) return fmt::format("{} trials", trials.size());
  return fmt::format("{} {}", trials.size() == 1 ? "trial" : "trials", fmt::join(trials, ", "));
}

std::string notice_of_ties(const SweepResults& results) {
  const auto close = indistinguishable(results);
  if (!close || close->empty()) return "";
  return fmt::format(
      "note: the dev set of {} examples cannot tell the winner from {}: the errors differ by no "
      "more than chance (95%, of all that finished). Any of them may be the best; a larger dev set "
      "would show which (1.1)\n",
      results.dev_examples, listed(*close));
}

std::string notice_of_twins(const SweepResults& results) {
  const auto numbers = twins(results);
  if (numbers.empty()) return "";
  return fmt::format(
      "note: {} trained to exactly the winner's weights: the values in which they differ "
      "have no effect here\n",
      listed(numbers));
}

// A notice of the other combinations that give a trial's job.
std::string notice_of_equal_jobs(const SweepResults& results) {
  constexpr std::size_t kMost = 10;
  std::vector<std::string> lines;
  for (const Trial& trial : results.trials) {
    for (const SearchPoint& values : trial.also) {
      lines.push_back(fmt::format("trial {} is {} as well: the same job", trial.number,
                                  describe_values(results.sweep, values)));
    }
  }
  if (lines.empty()) return "";
  const std::size_t left_out = lines.size() - std::min(lines.size(), kMost);
  lines.resize(lines.size() - left_out);
  const std::string more =
      left_out > 0 ? fmt::format("\n      and {} more in {}", left_out, kSweepCsv) : "";
  return fmt::format("\nnote: {}{}\n", fmt::join(lines, "\n      "), more);
}

// A notice of early termination that ended no trial, for example because trials are too short.
std::string notice_of_idle_termination(const SweepResults& results) {
  const Termination& termination = results.sweep.termination;
  const bool ended = std::ranges::any_of(results.ranked, [](const RankedTrial& trial) {
    return trial.status == TrialStatus::terminated;
  });
  if (ended || std::holds_alternative<NoTermination>(termination)) return "";
  return fmt::format(
      "\nnote: {} ended no trial early\n",
      std::holds_alternative<MedianRule>(termination) ? "the median rule" : "successive halving");
}

Json winner_json(const SweepResults& results) {
  const RankedTrial* winner = winner_of(results);
  if (winner == nullptr) return nullptr;
  Json object = trial_json(results.sweep, results.trials[winner->number], *winner, 1);
  object["dev_examples"] = results.dev_examples;
  object["dev_error_interval_95"] =
      interval_json(interval_of(winner->result.dev_error, results.dev_examples));
  const auto& test = results.test;
  object["test_examples"] = test ? Json(test->examples) : Json(nullptr);
  object["test_error"] = test ? json_number(test->error) : Json(nullptr);
  object["test_error_interval_95"] =
      test ? interval_json(interval_of(test->error, test->examples)) : Json(nullptr);
  object["test_cost"] = test ? json_number(test->cost) : Json(nullptr);
  object["job"] = kWinnerJob;
  object["run"] = trial_directory(winner->number);
  return object;
}

std::string csv_values(std::uint32_t number, const SearchPoint& values) {
  std::string text = fmt::format("{}", number);
  for (const ParameterValue& value : values) text += "," + csv_field(value.text);
  return text;
}

std::string csv_results(const RankedTrial& trial, std::size_t rank, Metric of) {
  const TrialResult& result = trial.result;
  std::string metric;
  if (has_own_column(of)) metric = csv_number(metric_of(of, result)) + ",";
  return fmt::format(",{},{},{},{}{},{},{},{},{},{}\n", rank, csv_number(result.dev_error),
                     csv_number(result.dev_cost), metric, csv_number(result.train_error),
                     csv_number(result.train_cost), csv_number(result.epochs),
                     csv_number(result.best_epoch), status_name(trial.status),
                     result.weights_digest);
}

}  // namespace

const RankedTrial* winner_of(const SweepResults& results) {
  const RankedTrial& first = results.ranked.front();
  return first.status == TrialStatus::finished ? &first : nullptr;
}

std::optional<std::vector<std::uint32_t>> indistinguishable(const SweepResults& results) {
  const RankedTrial* winner = winner_of(results);
  if (winner == nullptr || results.sweep.metric != Metric::dev_error || !winner->result.dev_error ||
      results.dev_examples == 0) {
    return std::nullopt;
  }
  std::vector<const RankedTrial*> rivals;
  for (const RankedTrial& trial : results.ranked) {
    if (trial.status == TrialStatus::finished && trial.result.dev_error &&
        trial.result.weights_digest != winner->result.weights_digest) {
      rivals.push_back(&trial);
    }
  }
  std::vector<std::uint32_t> close;
  if (rivals.empty()) return close;
  const double z = simultaneous_z(rivals.size());
  const std::uint64_t n = results.dev_examples;
  const auto wrong = [n](double error) { return error * static_cast<double>(n); };
  for (const RankedTrial* rival : rivals) {
    const Interval difference = difference_interval(wrong(*winner->result.dev_error), n,
                                                    wrong(*rival->result.dev_error), n, z);
    if (difference.low <= 0) close.push_back(rival->number);
  }
  return close;
}

std::vector<std::uint32_t> twins(const SweepResults& results) {
  const RankedTrial* winner = winner_of(results);
  std::vector<std::uint32_t> numbers;
  if (winner == nullptr) return numbers;
  for (const RankedTrial& trial : results.ranked) {
    if (trial.number != winner->number && trial.status == TrialStatus::finished &&
        trial.result.weights_digest == winner->result.weights_digest) {
      numbers.push_back(trial.number);
    }
  }
  return numbers;
}

std::string sweep_csv(const SweepResults& results) {
  std::string text = "trial";
  for (const SweepParameter& parameter : results.sweep.parameters) {
    text += "," + csv_field(parameter.name);
  }
  const Metric metric = results.sweep.metric;
  text += fmt::format(
      ",rank,dev_error,dev_cost,{}train_error,train_cost,epochs,best_epoch,status,weights_digest\n",
      has_own_column(metric) ? std::string(facts_of(metric).key) + "," : "");
  const auto ranks = ranks_by_number(results);
  for (std::uint32_t number = 0; number < ranks.size(); ++number) {
    const Trial& trial = results.trials[number];
    const std::string end =
        csv_results(results.ranked[ranks[number] - 1], ranks[number], results.sweep.metric);
    text += csv_values(number, trial.values) + end;
    for (const SearchPoint& values : trial.also) text += csv_values(number, values) + end;
  }
  return text;
}

std::string sweep_json(const SweepResults& results) {
  const auto ranks = ranks_by_number(results);
  Json trials = Json::array();
  for (std::uint32_t number = 0; number < ranks.size(); ++number) {
    trials.push_back(trial_json(results.sweep, results.trials[number],
                                results.ranked[ranks[number] - 1], ranks[number]));
  }
  const auto close = indistinguishable(results);
  const Json all = {{"name", results.sweep.name},
                    {"metric", facts_of(results.sweep.metric).key},
                    {"trials", trials},
                    {"winner", winner_json(results)},
                    {"indistinguishable", close ? Json(*close) : Json(nullptr)},
                    {"cautions", results.cautions}};
  return to_text(all, 2) + "\n";
}

std::string sweep_text(const SweepResults& results) {
  std::string text =
      ranked_table(results) + notice_of_equal_jobs(results) + notice_of_idle_termination(results);
  for (const std::string& caution : results.cautions) text += "\n" + caution + "\n";
  if (const RankedTrial* winner = winner_of(results)) {
    text +=
        "\n" + winner_text(results, *winner) + notice_of_ties(results) + notice_of_twins(results);
  }
  return text;
}

std::string next_steps(const SweepResults& results, const std::string& run_dir) {
  const RankedTrial* winner = winner_of(results);
  std::string text =
      fmt::format("\nfiles in {}: {}, {}, {}, {}{}/\n", run_dir, kSweepText, kSweepCsv, kSweepJson,
                  winner == nullptr ? "" : fmt::format("{}, ", kWinnerJob), kTrialFolder);
  if (winner == nullptr) return text;
  const Job& job = job_of(results, winner->number);
  const bool has_classes = !predicts_values(job.network.output.loss);
  text += fmt::format(
      "next: lockstep train {0}/{4}      trains the winner again, to the same bits\n"
      "      lockstep evaluate {0}/{1}/{2}    scores it {3}\n",
      run_dir, trial_directory(winner->number), job.early_stopping ? kBestOfRun : kLatestOfRun,
      has_classes ? "by class" : "on the dev set", kWinnerJob);
  return text;
}

std::string winner_job(const SweepResults& results) {
  const RankedTrial& winner = *winner_of(results);
  const Trial& trial = results.trials[winner.number];
  std::string values = describe_values(results.sweep, trial.values);
  std::ranges::replace(values, '\n', ' ');
  return fmt::format(
      "# The winner of the sweep {}: trial {}\n#   {}\n# It trains to weights {}.\n{}",
      results.sweep.name, winner.number, values, winner.result.weights_digest,
      trial.loaded.resolved_text);
}

}  // namespace lockstep
