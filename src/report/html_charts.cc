#include "report/html_charts.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "numerics/functions.h"

namespace lockstep {
namespace {

constexpr std::size_t kCurvePoints = 500;

using Field = std::optional<double> (*)(const Evaluation&);

ChartSeries curve(const char* name, const std::vector<Evaluation>& evaluations, Field field,
                  double scale) {
  ChartSeries series{name, {}};
  for (const Evaluation& evaluation : evaluations) {
    if (const auto value = field(evaluation)) {
      series.points.push_back({evaluation.epoch, scale * *value});
    }
  }
  return series;
}

Chart chart_over_epochs(std::string title, std::string y_suffix,
                        const std::optional<Evaluation>& best) {
  Chart chart;
  chart.title = std::move(title);
  chart.x_label = "epochs";
  chart.y_suffix = std::move(y_suffix);
  if (best) chart.marked_x = best->epoch;
  chart.mark_label = "best";
  return chart;
}

ChartSeries log_curve(const char* name, const std::vector<LayerFlow>& layers,
                      double LayerFlow::*value) {
  ChartSeries series{name, {}};
  for (std::size_t i = 0; i < layers.size(); ++i) {
    // 0 and numbers that are not finite give no point in the chart.
    series.points.push_back({static_cast<double>(i + 1), numerics::log10(layers[i].*value)});
  }
  return series;
}

Chart flow_chart(const FlowRecord& flow) {
  Chart chart;
  chart.title = "log10 of the rms per layer";
  chart.x_label = "layer";
  chart.whole_x = true;
  chart.series = {log_curve("a", flow.layers, &LayerFlow::activation_rms),
                  log_curve("dLoss/dz", flow.layers, &LayerFlow::delta_rms)};
  return chart;
}

}  // namespace

std::vector<Chart> run_charts(const HtmlPage& page, const std::optional<Evaluation>& best) {
  const std::vector<Evaluation> shown = thinned(page.evaluations, kCurvePoints);
  Chart costs = chart_over_epochs("Cost", "", best);
  const auto cost = [](const Evaluation& e) { return std::optional(e.cost); };
  costs.series.push_back(curve("J (train)", shown, cost, 1));
  Chart errors = chart_over_epochs("Error", "%", best);
  const auto train_error = [](const Evaluation& e) { return e.train_error; };
  errors.series.push_back(curve("train", shown, train_error, 100));
  if (page.start.dev_examples > 0) {
    const auto dev_cost = [](const Evaluation& e) { return e.dev_cost; };
    costs.series.push_back(curve("dev", shown, dev_cost, 1));
    const auto dev_error = [](const Evaluation& e) { return e.dev_error; };
    errors.series.push_back(curve("dev", shown, dev_error, 100));
  }
  if (page.start.train_dev_examples > 0) {
    const auto train_dev_cost = [](const Evaluation& e) { return e.train_dev_cost; };
    costs.series.push_back(curve("train-dev", shown, train_dev_cost, 1));
    const auto train_dev_error = [](const Evaluation& e) { return e.train_dev_error; };
    errors.series.push_back(curve("train-dev", shown, train_dev_error, 100));
  }
  Chart weights = chart_over_epochs("Norm of the weights", "", best);
  const auto norm = [](const Evaluation& e) { return std::optional(e.weights_norm); };
  weights.series.push_back(curve("norm", shown, norm, 1));
  std::vector<Chart> charts{costs};
  // Squared error has no error rate.
  const bool has_errors = std::ranges::any_of(page.evaluations, [](const Evaluation& evaluation) {
    return evaluation.train_error.has_value();
  });
  if (has_errors || page.evaluations.empty()) charts.push_back(errors);
  charts.push_back(weights);
  if (std::ranges::any_of(shown, [](const Evaluation& e) { return e.penalty > 0; })) {
    Chart penalty = chart_over_epochs("Penalty in J", "", best);
    const auto l2 = [](const Evaluation& e) { return std::optional(e.l2_penalty); };
    penalty.series.push_back(curve("L2", shown, l2, 1));
    const auto l1 = [](const Evaluation& e) { return std::optional(e.l1_penalty); };
    penalty.series.push_back(curve("L1", shown, l1, 1));
    charts.push_back(penalty);
  }
  if (page.flow) charts.push_back(flow_chart(*page.flow));
  return charts;
}

Chart reliability_chart(const SetMetrics& metrics) {
  Chart chart;
  chart.title = "Right decisions by confidence, dev";
  chart.x_label = "confidence in %";
  chart.y_suffix = "%";
  ChartSeries right{"right", {}};
  ChartSeries equal{"confidence", {}};
  for (const ReliabilityBin& bin : metrics.reliability) {
    if (bin.decisions == 0) continue;
    const double confidence = 100 * bin.mean_confidence;
    right.points.push_back(
        {confidence, 100 * static_cast<double>(bin.right) / static_cast<double>(bin.decisions)});
    equal.points.push_back({confidence, confidence});
  }
  chart.series = {right, equal};
  return chart;
}

}  // namespace lockstep
