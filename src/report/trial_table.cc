#include "report/trial_table.h"

#include <utility>

#include <fmt/format.h>

#include "base/number_text.h"
#include "base/parse_number.h"
#include "records/set_metrics_json.h"
#include "report/aligned_rows.h"

namespace lockstep {
namespace {

constexpr std::size_t kWidestValue = 40;

std::string shown_value(const std::string& text) {
  const std::string value = short_text(text);
  return value.size() <= kWidestValue ? value : value.substr(0, kWidestValue - 3) + "...";
}

Json values_json(const SweepConfig& sweep, const SearchPoint& point) {
  Json values = Json::object();
  for (std::size_t i = 0; i < point.size(); ++i) {
    const auto number = parse_number<double>(point[i].text);
    values[sweep.parameters[i].name] = number ? Json(*number) : Json(point[i].text);
  }
  return values;
}

}  // namespace

std::string trial_table(const SweepConfig& sweep, const std::vector<Trial>& trials,
                        std::span<const RankedTrial> rows, bool with_ranks) {
  std::vector<std::vector<std::string>> cells(1);
  if (with_ranks) cells[0].emplace_back("rank");
  cells[0].emplace_back("trial");
  for (const SweepParameter& parameter : sweep.parameters) cells[0].push_back(parameter.name);
  for (const char* name : {"dev error", "dev cost"}) cells[0].emplace_back(name);
  if (has_own_column(sweep.metric)) cells[0].emplace_back(facts_of(sweep.metric).name);
  for (const char* name : {"train error", "epochs", "status"}) cells[0].emplace_back(name);
  for (const RankedTrial& trial : rows) {
    std::vector<std::string> row;
    if (with_ranks) row.push_back(fmt::format("{}", cells.size()));
    row.push_back(fmt::format("{}", trial.number));
    for (const ParameterValue& value : trials[trial.number].values) {
      row.push_back(shown_value(value.text));
    }
    row.push_back(format_percent(trial.result.dev_error));
    row.push_back(format_cost(trial.result.dev_cost));
    if (has_own_column(sweep.metric)) {
      row.push_back(format_cost(metric_of(sweep.metric, trial.result)));
    }
    row.push_back(format_percent(trial.result.train_error));
    row.push_back(format_epoch(trial.result.epochs));
    row.push_back(status_name(trial.status));
    cells.push_back(std::move(row));
  }
  return aligned_rows(cells);
}

Json trial_json(const SweepConfig& sweep, const Trial& trial, const RankedTrial& result,
                std::optional<std::size_t> rank) {
  Json also = Json::array();
  for (const SearchPoint& point : trial.also) also.push_back(values_json(sweep, point));
  const std::string& digest = result.result.weights_digest;
  return {{"trial", trial.number},
          {"values", values_json(sweep, trial.values)},
          {"also", also},
          {"rank", rank ? Json(*rank) : Json(nullptr)},
          {"status", status_name(result.status)},
          {"dev_error", json_number(result.result.dev_error)},
          {"dev_cost", json_number(result.result.dev_cost)},
          {"dev_metrics", metrics_to_json(result.result.dev_metrics)},
          {"train_error", json_number(result.result.train_error)},
          {"train_cost", json_number(result.result.train_cost)},
          {"epochs", result.result.epochs},
          {"best_epoch", json_number(result.result.best_epoch)},
          {"weights_digest", digest.empty() ? Json(nullptr) : Json(digest)}};
}

}  // namespace lockstep
