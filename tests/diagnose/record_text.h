#pragma once
// A flow record as text with all bits of each number.

#include <string>

#include <fmt/format.h>

#include "records/flow.h"

namespace lockstep {

inline std::string text_of(const FlowRecord& record) {
  std::string text =
      fmt::format("step {} of {}: {:a} {:a} {:a}\n", record.step, record.examples, record.cost,
                  record.activation_factor.value_or(-1), record.delta_factor.value_or(-1));
  for (const LayerFlow& l : record.layers) {
    text += fmt::format("{} {} {:a} {:a} {:a} {:a} {:a} {:a} {:a}", l.units, l.activation,
                        l.activation_mean, l.activation_deviation, l.activation_rms, l.delta_rms,
                        l.weight_norm, l.weight_rms, l.gradient_norm);
    text += fmt::format(" {:a} {:a} {:a} {:a} {:a}\n", l.update_norm.value_or(-1),
                        l.update_ratio.value_or(-1), l.zero_fraction.value_or(-1),
                        l.dead_fraction.value_or(-1), l.saturated_fraction.value_or(-1));
  }
  for (const FlowFinding& finding : record.findings) {
    text += finding.kind + ": " + finding.text + "; " + finding.remedy + "\n";
  }
  return text;
}

}  // namespace lockstep
