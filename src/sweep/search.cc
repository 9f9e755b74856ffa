#include "sweep/search.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "base/random.h"

namespace lockstep {
namespace {

// Decimal logarithms, so that 0.1, 1, 10 come out as such.
double between(const NumberRange& range, double part) {
  if (!range.log) return range.min + part * (range.max - range.min);
  const double low = std::log10(range.min);
  return std::pow(10.0, low + part * (std::log10(range.max) - low));
}

double rounded(const NumberRange& range, double number) {
  const double value = range.integer ? std::round(number) : number;
  return std::clamp(value, range.min, range.max);
}

ParameterValue value_of(const SweepParameter& parameter, const std::string& text) {
  ParameterValue value{text, {}};
  for (const std::string& path : parameter.paths) {
    value.assignments.push_back(fmt::format("{}={}", path, text));
  }
  return value;
}

// The values of a list in their order; of a range those of a grid.
std::vector<ParameterValue> listed_values(const SweepParameter& parameter) {
  std::vector<ParameterValue> values;
  const auto add_numbers = [&](const std::vector<double>& numbers) {
    for (const double number : numbers) {
      values.push_back(value_of(parameter, fmt::format("{}", number)));
    }
  };
  if (const auto* range = std::get_if<NumberRange>(&parameter.values)) {
    add_numbers(grid_numbers(*range));
  } else if (const auto* numbers = std::get_if<NumberList>(&parameter.values)) {
    add_numbers(numbers->values);
  } else if (const auto* texts = std::get_if<TextList>(&parameter.values)) {
    for (const std::string& text : texts->values) values.push_back(value_of(parameter, text));
  } else {
    for (const Alternative& of : std::get<AlternativeList>(parameter.values).values) {
      values.push_back({of.name, of.assignments});
    }
  }
  return values;
}

std::vector<SearchPoint> grid_points(const SweepConfig& sweep) {
  std::vector<SearchPoint> points(1);
  for (const SweepParameter& parameter : sweep.parameters) {
    const std::vector<ParameterValue> values = listed_values(parameter);
    std::vector<SearchPoint> longer;
    for (const SearchPoint& point : points) {
      for (const ParameterValue& value : values) {
        longer.push_back(point);
        longer.back().push_back(value);
      }
    }
    points = std::move(longer);
  }
  return points;
}

ParameterValue random_value(const SweepConfig& sweep, std::uint32_t trial, std::size_t index) {
  const SweepParameter& parameter = sweep.parameters[index];
  const auto words =
      random_words({sweep.seed, Purpose::search}, {trial, static_cast<std::uint32_t>(index), 0, 0});
  const double u = uniform_from_words(words[0], words[1]);
  if (const auto* range = std::get_if<NumberRange>(&parameter.values)) {
    return value_of(parameter, fmt::format("{}", number_at(*range, u)));
  }
  const std::vector<ParameterValue> values = listed_values(parameter);
  return values[static_cast<std::size_t>(u * static_cast<double>(values.size()))];
}

}  // namespace

std::vector<double> grid_numbers(const NumberRange& range) {
  std::vector<double> numbers;
  for (std::uint32_t i = 0; i < range.steps; ++i) {
    const double part = static_cast<double>(i) / static_cast<double>(range.steps - 1);
    numbers.push_back(rounded(range, between(range, part)));
  }
  // What rounding in powers must not take away.
  numbers.front() = range.min;
  numbers.back() = range.max;
  return numbers;
}

double number_at(const NumberRange& range, double u) {
  if (range.integer && !range.log) {
    return std::min(range.max, range.min + std::floor(u * (range.max - range.min + 1)));
  }
  return rounded(range, between(range, u));
}

std::uint64_t grid_size(const SweepParameter& parameter) {
  if (const auto* range = std::get_if<NumberRange>(&parameter.values)) return range->steps;
  return listed_values(parameter).size();
}

std::vector<SearchPoint> search_points(const SweepConfig& sweep) {
  const auto* random = std::get_if<RandomSearch>(&sweep.search);
  if (random == nullptr) return grid_points(sweep);
  std::vector<SearchPoint> points(random->trials);
  for (std::uint32_t trial = 0; trial < random->trials; ++trial) {
    for (std::size_t index = 0; index < sweep.parameters.size(); ++index) {
      points[trial].push_back(random_value(sweep, trial, index));
    }
  }
  return points;
}

}  // namespace lockstep
