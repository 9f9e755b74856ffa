#include "diagnose/recipe_draft.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "base/error.h"
#include "base/number_text.h"
#include "numerics/functions.h"

namespace lockstep {
namespace {

// Merges `lines` "network.layer[I].FIELD" into one line for all hidden layers, if there is more
// than one of them and all `layers` get the same change.
std::vector<std::string> for_all_layers(std::vector<std::string> lines, std::size_t layers) {
  if (layers < 2 || lines.size() != layers) return lines;
  const auto field_of = [&](std::size_t i) -> std::string_view {
    const std::string layer = layer_field(i, "");
    return lines[i].starts_with(layer) ? std::string_view(lines[i]).substr(layer.size()) : "";
  };
  for (std::size_t i = 0; i < layers; ++i) {
    if (field_of(i).empty() || field_of(i) != field_of(0)) return lines;
  }
  return {fmt::format("network.layer[*].{}", field_of(0))};
}

}  // namespace

void RecipeDraft::add(const std::string& kind, const std::string& action, const std::string& reason,
                      const std::string& expected, const std::vector<std::string>& set,
                      bool comparable) {
  const std::vector<std::string> lines = for_all_layers(set, job.network.hidden.size());
  if (!lines.empty() && !is_changed_by(lines)) return;
  steps_.push_back({.against = against_,
                    .kind = kind,
                    .action = action,
                    .reason = reason,
                    .expected = expected,
                    .set = lines,
                    .comparable = comparable});
}

bool RecipeDraft::is_changed_by(const std::vector<std::string>& lines) const {
  try {
    const LoadedJob other = parse_resolved_job(loaded.resolved_text, lines);
    return other.resolved_text != loaded.resolved_text;
  } catch (const Error&) {
    return false;
  }
}

double RecipeDraft::largest_lambda(double LayerPenalty::*lambda) const {
  double largest = job.network.output.penalty.*lambda;
  for (const LayerConfig& layer : job.network.hidden) {
    largest = std::max(largest, layer.penalty.*lambda);
  }
  return largest;
}

std::vector<std::string> RecipeDraft::lambda_lines(const std::string& name, double lambda) const {
  const std::string field = fmt::format("regularization.{}={:g}", name, lambda);
  if (is_changed_by({field})) return {field};
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < job.network.hidden.size(); ++i) {
    lines.push_back(layer_field(i, field));
  }
  lines.push_back("network.output." + field);
  return lines;
}

bool is_high(const std::optional<ErrorGap>& gap) { return gap && gap->level == GapLevel::high; }
bool is_uncertain(const std::optional<ErrorGap>& gap) {
  return gap && gap->level == GapLevel::uncertain;
}

std::string percent(const std::optional<MeasuredError>& measured) {
  return measured ? format_percent(measured->error) : "-";
}

double rough(double value) {
  const double scale = numerics::pow(10.0, std::floor(numerics::log10(value)));
  return std::round(value / scale) * scale;
}

std::string layer_field(std::size_t layer, const std::string& field) {
  return layer_path(layer) + "." + field;
}

std::string listed(const std::vector<std::string>& values) {
  constexpr std::ptrdiff_t kMany = 4;
  std::string text;
  for (auto value = values.begin(); value != values.end();) {
    const auto next = std::find_if(value, values.end(), [&](const auto& v) { return v != *value; });
    const std::ptrdiff_t times = next - value;
    const bool many = times >= kMany;
    if (!text.empty()) text += ", ";
    text += many ? fmt::format("{} times {}", times, *value) : *value;
    value = many ? next : value + 1;
  }
  return text;
}

}  // namespace lockstep
