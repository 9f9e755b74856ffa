#include "report/crossval_table.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/csv_field.h"
#include "base/json_text.h"
#include "base/number_text.h"
#include "records/set_metrics.h"
#include "records/set_metrics_json.h"
#include "report/aligned_rows.h"

namespace lockstep {
namespace {

// A number that every fold may have.
struct FoldNumber {
  const char* key;   // in files
  const char* name;  // for people
  std::optional<double> (*get)(const CheckpointScores& scores, std::size_t metric);
  std::size_t metric = 0;  // place in kSetMetrics, for metrics
  bool is_share = false;   // shown in percent
  bool in_text = true;
};

// The table for people has the metrics by which runs are compared most; the files have all.
bool is_in_text(std::optional<double> SetMetrics::*metric) {
  return metric == &SetMetrics::roc_auc || metric == &SetMetrics::macro_f1 ||
         metric == &SetMetrics::rmse || metric == &SetMetrics::mae || metric == &SetMetrics::r2;
}

std::vector<FoldNumber> all_numbers() {
  std::vector<FoldNumber> numbers = {
      {"error", "error", [](const CheckpointScores& scores, std::size_t) { return scores.error; },
       0, true},
      {"cost", "cost",
       [](const CheckpointScores& scores, std::size_t) { return std::optional(scores.cost); }}};
  for (std::size_t metric = 0; metric < kSetMetrics.size(); ++metric) {
    numbers.push_back({kSetMetrics[metric].key, kSetMetrics[metric].name,
                       [](const CheckpointScores& scores, std::size_t place) {
                         return scores.metrics.*kSetMetrics[place].number;
                       },
                       metric, false, is_in_text(kSetMetrics[metric].number)});
  }
  return numbers;
}

std::optional<double> number_of(const FoldNumber& number, const FoldScores& fold) {
  return fold.test ? number.get(*fold.test, number.metric) : std::nullopt;
}

// The numbers that at least one fold has.
std::vector<FoldNumber> present_numbers(const CrossvalResults& results) {
  std::vector<FoldNumber> numbers = all_numbers();
  std::erase_if(numbers, [&](const FoldNumber& number) {
    return std::ranges::none_of(
        results.folds, [&](const FoldScores& fold) { return number_of(number, fold).has_value(); });
  });
  return numbers;
}

// The number of each fold in order; none if a fold lacks it.
std::optional<std::vector<double>> of_all_folds(const FoldNumber& number,
                                                const CrossvalResults& results) {
  std::vector<double> values;
  for (const FoldScores& fold : results.folds) {
    const auto value = number_of(number, fold);
    if (!value || !std::isfinite(*value)) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

std::optional<Spread> over_folds(const FoldNumber& number, const CrossvalResults& results) {
  const auto values = of_all_folds(number, results);
  return values ? std::optional(spread_of(*values)) : std::nullopt;
}

// The spread of the repeats' means; none with one repeat.
std::optional<Spread> over_repeats(const FoldNumber& number, const CrossvalResults& results) {
  const auto values = of_all_folds(number, results);
  if (!values || results.plan.repeats < 2) return std::nullopt;
  std::vector<double> means;
  for (std::size_t begin = 0; begin < values->size(); begin += results.plan.folds) {
    means.push_back(spread_of(std::span(*values).subspan(begin, results.plan.folds)).mean);
  }
  return spread_of(means);
}

Json spread_json(const std::optional<Spread>& spread) {
  if (!spread) return nullptr;
  return {{"mean", spread->mean}, {"deviation", spread->deviation}};
}

std::string shown(const FoldNumber& number, std::optional<double> value) {
  return number.is_share ? format_percent(value) : format_cost(value);
}

std::string fold_table(const CrossvalResults& results, const std::vector<FoldNumber>& numbers) {
  std::vector<std::vector<std::string>> rows = {{"repeat", "fold", "examples"}};
  for (const FoldNumber& number : numbers) rows[0].emplace_back(number.name);
  rows[0].insert(rows[0].end(), {"epochs", "status"});
  for (const FoldScores& fold : results.folds) {
    std::vector<std::string> row = {fmt::format("{}", fold.repeat), fmt::format("{}", fold.fold),
                                    fold.test ? fmt::format("{}", fold.test->examples) : "-"};
    for (const FoldNumber& number : numbers) row.push_back(shown(number, number_of(number, fold)));
    row.push_back(format_epoch(fold.result.epochs));
    row.push_back(status_name(fold.result.status));
    rows.push_back(std::move(row));
  }
  const auto add = [&](const char* name, const char* of, const auto& value_of) {
    std::vector<std::string> row = {name, of, ""};
    for (const FoldNumber& number : numbers) row.push_back(shown(number, value_of(number)));
    row.insert(row.end(), {"", ""});
    rows.push_back(std::move(row));
  };
  const auto add_spread = [&](const char* of, const auto& spread_of_number) {
    add("mean", of, [&](const FoldNumber& number) {
      const auto spread = spread_of_number(number);
      return spread ? std::optional(spread->mean) : std::nullopt;
    });
    add("deviation", of, [&](const FoldNumber& number) {
      const auto spread = spread_of_number(number);
      return spread ? std::optional(spread->deviation) : std::nullopt;
    });
  };
  add_spread("folds", [&](const FoldNumber& number) { return over_folds(number, results); });
  if (results.plan.repeats > 1) {
    add_spread("repeats", [&](const FoldNumber& number) { return over_repeats(number, results); });
  }
  return aligned_rows(rows);
}

// What the means and deviations are, or why there are none.
std::string meaning(const CrossvalResults& results, const std::vector<FoldNumber>& numbers) {
  std::string text =
      "\"mean folds\" is the mean of the folds' numbers, and \"deviation folds\" is the standard "
      "deviation\nof the folds around it (n - 1), not that of the mean: the folds share training "
      "examples, so that\ntheir numbers are not independent.\n";
  if (results.plan.repeats > 1) {
    text +=
        "\"repeats\": the same for the means of the repeats, which differ in nothing but the "
        "division into folds.\n";
  }
  for (const FoldNumber& number : numbers) {
    const auto lacking = std::ranges::count_if(results.folds, [&](const FoldScores& fold) {
      return fold.test && !number_of(number, fold);
    });
    if (lacking == 0) continue;
    text += fmt::format("{}: {} of {} folds have none, so that it has no mean.\n", number.name,
                        lacking, results.folds.size());
  }
  return text;
}

std::string summary_line(const CrossvalResults& results) {
  const std::string repeats =
      results.plan.repeats > 1 ? fmt::format(", {} repeats", results.plan.repeats) : "";
  return fmt::format(
      "cross-validation of {}: {} folds of {}{}; each example is tested by a model that did "
      "not see it in training\n",
      results.job_name, results.plan.folds, format_quantity(results.examples, "example"), repeats);
}

}  // namespace

Spread spread_of(std::span<const double> numbers) {
  check(numbers.size() > 1, "a deviation needs two numbers");
  double sum = 0;
  for (const double number : numbers) sum += number;
  const auto count = static_cast<double>(numbers.size());
  Spread spread{.mean = sum / count};
  double squares = 0;
  for (const double number : numbers) {
    squares += (number - spread.mean) * (number - spread.mean);
  }
  spread.deviation = std::sqrt(squares / (count - 1));
  return spread;
}

bool is_complete(const CrossvalResults& results) {
  return std::ranges::all_of(results.folds,
                             [](const FoldScores& fold) { return fold.test.has_value(); });
}

std::string crossval_csv(const CrossvalResults& results) {
  const std::vector<FoldNumber> numbers = present_numbers(results);
  std::string text = "repeat,fold,status,test_examples";
  for (const FoldNumber& number : numbers) text += fmt::format(",{}", number.key);
  text += ",epochs,weights_digest\n";
  for (const FoldScores& fold : results.folds) {
    text += fmt::format("{},{},{},{}", fold.repeat, fold.fold, status_name(fold.result.status),
                        fold.test ? fmt::format("{}", fold.test->examples) : "");
    for (const FoldNumber& number : numbers) {
      const auto value = number_of(number, fold);
      text += value ? fmt::format(",{}", *value) : ",";
    }
    text += fmt::format(",{},{}\n", fold.result.epochs, csv_field(fold.result.weights_digest));
  }
  return text;
}

std::string crossval_json(const CrossvalResults& results) {
  Json folds = Json::array();
  for (const FoldScores& fold : results.folds) {
    Json object = {{"repeat", fold.repeat},
                   {"fold", fold.fold},
                   {"status", status_name(fold.result.status)},
                   {"test_examples", fold.test ? Json(fold.test->examples) : Json(nullptr)},
                   {"error", nullptr},
                   {"cost", nullptr},
                   {"metrics", nullptr},
                   {"epochs", fold.result.epochs},
                   {"weights_digest", fold.result.weights_digest},
                   {"message", fold.result.message}};
    if (fold.test) {
      object["error"] = json_number(fold.test->error);
      object["cost"] = json_number(fold.test->cost);
      object["metrics"] = metrics_to_json(fold.test->metrics);
    }
    folds.push_back(std::move(object));
  }
  Json of_folds = Json::object();
  Json of_repeats = Json::object();
  for (const FoldNumber& number : present_numbers(results)) {
    of_folds[number.key] = spread_json(over_folds(number, results));
    of_repeats[number.key] = spread_json(over_repeats(number, results));
  }
  const Json all = {{"job", results.job_name},
                    {"folds", results.plan.folds},
                    {"repeats", results.plan.repeats},
                    {"examples", results.examples},
                    {"runs", folds},
                    {"over_folds", of_folds},
                    {"over_repeats", results.plan.repeats > 1 ? of_repeats : Json(nullptr)},
                    {"notes", results.notes}};
  return to_text(all, 1) + "\n";
}

std::string crossval_text(const CrossvalResults& results) {
  std::vector<FoldNumber> numbers = present_numbers(results);
  std::erase_if(numbers, [](const FoldNumber& number) { return !number.in_text; });
  std::string text = summary_line(results) + "\n" + fold_table(results, numbers) + "\n";
  text += is_complete(results) ? meaning(results, numbers)
                               : "a fold diverged, so that there are no means\n";
  for (const std::string& note : results.notes) text += note + "\n";
  return text;
}

}  // namespace lockstep
