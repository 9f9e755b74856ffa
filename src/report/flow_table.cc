#include "report/flow_table.h"

#include <optional>

#include <fmt/format.h>

#include "base/number_text.h"
#include "diagnose/flow_verdict.h"

namespace lockstep {
namespace {

std::string percent(std::optional<double> fraction) { return format_percent(fraction, 1); }

}  // namespace

std::string flow_text(const FlowRecord& record) {
  std::string text = fmt::format(
      "activations a and dLoss/dz (the backpropagated gradient) over {} training examples, "
      "dropout off;\ngradient of J over the first batch; rms is the root of the mean square\n\n",
      record.examples);
  const auto line = [&](const auto&... columns) {
    text += fmt::format(
        "{:>5} {:>6} {:<10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>6} {:>6} {:>6}\n",
        columns...);
  };
  line("", "", "", "a", "a", "a", "dLoss/dz", "W", "W", "dJ/dW", "", "", "satu-");
  line("layer", "units", "activation", "mean", "deviation", "rms", "rms", "rms", "norm", "norm",
       "zero", "dead", "rated");
  for (std::size_t i = 0; i < record.layers.size(); ++i) {
    const LayerFlow& layer = record.layers[i];
    const bool output = i + 1 == record.layers.size();
    line(i + 1, layer.units, output ? "(output)" : layer.activation,
         format_measure(layer.activation_mean), format_measure(layer.activation_deviation),
         format_measure(layer.activation_rms), format_measure(layer.delta_rms),
         format_measure(layer.weight_rms), format_measure(layer.weight_norm),
         format_measure(layer.gradient_norm), percent(layer.zero_fraction),
         percent(layer.dead_fraction), percent(layer.saturated_fraction));
  }
  return text + "\n" + flow_verdict(record) + "\n";
}

}  // namespace lockstep
