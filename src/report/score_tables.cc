#include "report/score_tables.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/binomial.h"
#include "base/number_text.h"
#include "records/set_metrics_json.h"
#include "report/interval_json.h"
#include "report/metrics_text.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kShownClasses = 20;

// Counts examples, even if each has several labels: see wrong_examples.
Interval error_interval(const CheckpointScores& scores) {
  const std::uint64_t n = scores.examples;
  return wilson_interval(scores.error.value_or(0) * static_cast<double>(n), n);
}

// A line of the table of classes.
struct ClassLine {
  std::string name;
  ClassScores scores;
};

// The name of class `c` in `names`, which may be empty.
std::string class_name(const std::vector<std::string>& names, std::uint64_t c) {
  return c < names.size() ? names[c] : std::to_string(c);
}

// The name for a table, cut if it is long.
std::string short_name(std::string name) {
  constexpr std::size_t kLongest = 24;
  if (name.size() > kLongest) name = name.substr(0, kLongest - 3) + "...";
  return name;
}

std::vector<ClassLine> class_lines(const DecisionCounts& counts,
                                   const std::vector<std::string>& names) {
  std::vector<ClassLine> lines;
  if (counts.units > 1) {
    for (std::uint64_t unit = 0; unit < counts.units; ++unit) {
      lines.push_back({fmt::format("unit {}", unit), class_scores(counts, unit, 1)});
    }
    return lines;
  }
  for (std::uint64_t c = 0; c < counts.classes; ++c) {
    lines.push_back({class_name(names, c), class_scores(counts, 0, c)});
  }
  return lines;
}

std::string class_table(const DecisionCounts& counts, const std::vector<std::string>& names) {
  std::vector<ClassLine> lines = class_lines(counts, names);
  std::string text;
  if (lines.size() > kShownClasses) {
    std::ranges::stable_sort(lines, {},
                             [](const ClassLine& line) { return line.scores.f1().value_or(0); });
    text +=
        fmt::format("the {} worst of {} (by F1; --json has all):\n", kShownClasses, lines.size());
    lines.resize(kShownClasses);
  }
  std::size_t width = 9;
  for (ClassLine& line : lines) {
    line.name = short_name(line.name);
    width = std::max(width, line.name.size());
  }
  text += fmt::format("{:>{}} {:>9} {:>10} {:>18} {:>8} {:>18} {:>8}\n",
                      counts.units > 1 ? "yes of" : "class", width, "examples", "precision",
                      "95% interval", "recall", "95% interval", "F1");
  for (const auto& [name, scores] : lines) {
    const auto interval = [](std::uint64_t right, std::uint64_t n) {
      const Interval of = wilson_interval(static_cast<double>(right), n);
      return n == 0 ? "-" : format_interval(of);
    };
    text += fmt::format("{:>{}} {:>9} {:>10} {:>18} {:>8} {:>18} {:>8}\n", name, width,
                        scores.examples, format_percent(scores.precision()),
                        interval(scores.right, scores.decided), format_percent(scores.recall()),
                        interval(scores.right, scores.examples), format_percent(scores.f1()));
  }
  return text;
}

std::string confusion_table(const DecisionCounts& counts, const std::vector<std::string>& names) {
  if (counts.units > 1) return "";
  if (counts.classes > kShownClasses) {
    return fmt::format("confusion matrix of {} classes: see --json\n", counts.classes);
  }
  const std::uint64_t largest = *std::ranges::max_element(counts.counts);
  std::size_t width = std::max<std::size_t>(3, std::to_string(largest).size());
  std::size_t first_width = 9;
  std::vector<std::string> shown;
  for (std::uint64_t c = 0; c < counts.classes; ++c) {
    shown.push_back(short_name(class_name(names, c)));
    width = std::max(width, shown.back().size());
    first_width = std::max(first_width, shown.back().size());
  }
  ++width;
  std::string text = "confusion matrix: a row for each true class, a column for each decision\n";
  text += fmt::format("{:>{}}", "", first_width);
  for (const std::string& name : shown) text += fmt::format("{:>{}}", name, width);
  for (std::uint64_t truth = 0; truth < counts.classes; ++truth) {
    text += fmt::format("\n{:>{}}", shown[truth], first_width);
    for (std::uint64_t c = 0; c < counts.classes; ++c) {
      text += fmt::format("{:>{}}", counts.at(0, truth, c), width);
    }
  }
  return text + "\n";
}

// ---- the worst examples ----

bool answers_with_a_class(const CheckpointScores& scores) {
  return scores.decisions && scores.decisions->units == 1;
}

// The most probable class; of one unit, 1 if it is at least as probable as 0.
std::size_t most_probable(const WorstExample& example) {
  const std::vector<float>& probabilities = example.predictions;
  if (probabilities.size() == 1) return probabilities[0] >= 0.5F ? 1 : 0;
  return static_cast<std::size_t>(std::ranges::max_element(probabilities) - probabilities.begin());
}

double probability_of(const WorstExample& example, std::size_t of) {
  if (example.predictions.size() > 1) return example.predictions[of];
  return of == 1 ? example.predictions[0] : 1.0 - example.predictions[0];
}

// The label of the output that is farthest off. A class number stands for a one-hot label.
double label_of(const WorstExample& example) {
  if (example.labels.size() == example.predictions.size()) return example.labels[example.output];
  return example.labels[0] == static_cast<float>(example.output) ? 1 : 0;
}

std::string place_of(const WorstExample& example) {
  return example.place.empty() ? fmt::format("example {}", example.example) : example.place;
}

std::string class_at(const CheckpointScores& scores, const WorstExample& example, std::size_t of) {
  return fmt::format("{} ({:.4f})", short_name(class_name(scores.class_names, of)),
                     probability_of(example, of));
}

// What happened to an example: its place, and what was right and what was predicted.
struct WorstLine {
  std::string place;
  std::string actual;
  std::string predicted;
  std::string output;  // which of several targets or units; empty for classes
};

WorstLine worst_line(const CheckpointScores& scores, const WorstExample& example) {
  if (answers_with_a_class(scores)) {
    const auto truth = static_cast<std::size_t>(example.labels[0]);
    return {place_of(example), class_at(scores, example, truth),
            class_at(scores, example, most_probable(example)), ""};
  }
  return {place_of(example), fmt::format("{:g}", label_of(example)),
          fmt::format("{:g}", example.predictions[example.output]),
          example.predictions.size() > 1 ? class_name(scores.target_names, example.output) : ""};
}

std::string worst_table(const CheckpointScores& scores) {
  const bool classes = answers_with_a_class(scores);
  std::vector<WorstLine> lines = {
      {classes ? "worst (by the probability of the class)" : "worst (by the difference)",
       classes ? "class" : "actual", classes ? "most probable" : "predicted", ""}};
  for (const WorstExample& example : scores.worst) lines.push_back(worst_line(scores, example));
  std::size_t places = 0;
  std::size_t actual = 0;
  std::size_t predicted = 0;
  for (const WorstLine& line : lines) {
    places = std::max(places, line.place.size());
    actual = std::max(actual, line.actual.size());
    predicted = std::max(predicted, line.predicted.size());
  }
  std::string text;
  for (const WorstLine& line : lines) {
    text += fmt::format("{:<{}}  {:>{}}  {:>{}}{}{}\n", line.place, places, line.actual, actual,
                        line.predicted, predicted, line.output.empty() ? "" : "  ", line.output);
  }
  return text;
}

Json worst_json(const CheckpointScores& scores) {
  Json all = Json::array();
  for (const WorstExample& example : scores.worst) {
    Json one = {{"example", example.example}};
    if (!example.place.empty()) one["place"] = example.place;
    if (answers_with_a_class(scores)) {
      const auto truth = static_cast<std::size_t>(example.labels[0]);
      const std::size_t predicted = most_probable(example);
      one["class"] = class_name(scores.class_names, truth);
      one["probability"] = probability_of(example, truth);
      one["most_probable"] = class_name(scores.class_names, predicted);
      one["its_probability"] = probability_of(example, predicted);
    } else {
      one["labels"] = example.labels;
      one["predictions"] = example.predictions;
    }
    all.push_back(one);
  }
  return all;
}

Json matrix_json(const DecisionCounts& counts, std::uint64_t unit) {
  Json rows = Json::array();
  for (std::uint64_t truth = 0; truth < counts.classes; ++truth) {
    Json row = Json::array();
    for (std::uint64_t c = 0; c < counts.classes; ++c) row.push_back(counts.at(unit, truth, c));
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

std::string score_text(const CheckpointScores& scores, const ScoredSet& set) {
  std::string text = fmt::format("{} of {} examples, weights after step {} (digest {})\n",
                                 set.kind == "split" ? set.name + " set" : set.name,
                                 scores.examples, scores.step, scores.weights_digest);
  if (scores.error) {
    text +=
        fmt::format("error {} (accuracy {}), 95% interval {}\n", format_percent(scores.error),
                    format_percent(1.0 - *scores.error), format_interval(error_interval(scores)));
  }
  if (scores.metrics.baseline_error) {
    text += fmt::format("always deciding the most frequent class of training: error {}\n",
                        format_percent(scores.metrics.baseline_error));
  }
  text += fmt::format("cost  {:.6g}\n", scores.cost);
  const std::string metrics = metrics_line_of(scores.metrics);
  if (!metrics.empty()) text += metrics + "\n";
  const std::string targets = target_table(scores.metrics, scores.target_names);
  if (!targets.empty()) text += "\n" + targets;
  if (scores.decisions) {
    text += "\n" + class_table(*scores.decisions, scores.class_names);
    const std::string confusion = confusion_table(*scores.decisions, scores.class_names);
    if (!confusion.empty()) text += "\n" + confusion;
    const std::string reliability = reliability_table(scores.metrics);
    if (!reliability.empty()) text += "\n" + reliability;
  }
  if (!scores.worst.empty()) text += "\n" + worst_table(scores);
  return text;
}

Json score_json(const CheckpointScores& scores, const ScoredSet& set) {
  Json all = {{set.kind, set.name},          {"step", scores.step},
              {"examples", scores.examples}, {"error", json_number(scores.error)},
              {"cost", scores.cost},         {"weights_digest", scores.weights_digest}};
  all["metrics"] = metrics_in_detail_to_json(scores.metrics);
  if (!scores.worst.empty()) all["worst"] = worst_json(scores);
  if (scores.error) all["error_interval_95"] = interval_json(error_interval(scores));
  if (!scores.decisions) return all;
  const DecisionCounts& counts = *scores.decisions;
  Json classes = Json::array();
  for (const auto& [name, of] : class_lines(counts, scores.class_names)) {
    classes.push_back({{"name", name},
                       {"examples", of.examples},
                       {"decided", of.decided},
                       {"right", of.right},
                       {"precision", json_number(of.precision())},
                       {"recall", json_number(of.recall())},
                       {"f1", json_number(of.f1())}});
  }
  all["classes"] = classes;
  if (counts.units == 1) {
    all["confusion"] = matrix_json(counts, 0);
  } else {
    Json units = Json::array();
    for (std::uint64_t unit = 0; unit < counts.units; ++unit) {
      units.push_back(matrix_json(counts, unit));
    }
    all["confusion_of_units"] = units;
  }
  return all;
}

}  // namespace lockstep
