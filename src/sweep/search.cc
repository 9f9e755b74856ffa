#include "sweep/search.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/parse_number.h"
#include "base/random.h"
#include "numerics/functions.h"

namespace lockstep {
namespace {

// Interpolates in decimal logarithms, so that 0.1, 1 and 10 are exact.
double between(const NumberRange& range, double part) {
  if (!range.log) return range.min + part * (range.max - range.min);
  const double low = numerics::log10(range.min);
  return numerics::pow(10.0, low + part * (numerics::log10(range.max) - low));
}

// Rounds to 15 digits, which undoes the rounding of between(): 0.3, not 0.30000000000000004.
double as_written(double number) {
  return parse_number<double>(fmt::format("{:.15g}", number)).value();
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

// The values of a list in their order, or the grid values of a range.
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

// Draws the points of random search.
class PointDraw {
 public:
  explicit PointDraw(const SweepConfig& sweep) : sweep_(sweep) {
    for (const SweepParameter& parameter : sweep.parameters) {
      const bool range = std::holds_alternative<NumberRange>(parameter.values);
      lists_.push_back(range ? std::vector<ParameterValue>() : listed_values(parameter));
    }
  }

  // Returns the first draw for the trial that no earlier trial had; none when no new point seems
  // to be left.
  std::optional<SearchPoint> next(std::uint32_t trial) {
    // Enough to find the last of 10,000 equally likely points.
    constexpr std::uint32_t kAttempts = 200'000;
    for (std::uint32_t attempt = 0; attempt < kAttempts; ++attempt) {
      SearchPoint point;
      std::vector<std::string> texts;
      for (std::size_t index = 0; index < lists_.size(); ++index) {
        point.push_back(value(trial, index, attempt));
        texts.push_back(point.back().text);
      }
      if (taken_.insert(std::move(texts)).second) return point;
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] ParameterValue value(std::uint32_t trial, std::size_t index,
                                     std::uint32_t attempt) const {
    const SweepParameter& parameter = sweep_.parameters[index];
    const auto words = random_words({sweep_.seed, Purpose::search},
                                    {trial, static_cast<std::uint32_t>(index), attempt, 0});
    const double u = uniform_from_words(words[0], words[1]);
    if (const auto* range = std::get_if<NumberRange>(&parameter.values)) {
      return value_of(parameter, fmt::format("{}", number_at(*range, u)));
    }
    const auto& values = lists_[index];
    return values[static_cast<std::size_t>(u * static_cast<double>(values.size()))];
  }

  const SweepConfig& sweep_;
  std::vector<std::vector<ParameterValue>> lists_;  // empty for a range
  std::set<std::vector<std::string>> taken_;
};

std::vector<SearchPoint> random_points(const SweepConfig& sweep, std::uint32_t trials) {
  PointDraw draw(sweep);
  std::vector<SearchPoint> points;
  while (points.size() < trials) {
    auto point = draw.next(static_cast<std::uint32_t>(points.size()));
    if (!point) break;
    points.push_back(*std::move(point));
  }
  return points;
}

}  // namespace

std::vector<double> grid_numbers(const NumberRange& range) {
  std::vector<double> numbers;
  for (std::uint32_t i = 0; i < range.steps; ++i) {
    const double part = static_cast<double>(i) / static_cast<double>(range.steps - 1);
    numbers.push_back(rounded(range, as_written(between(range, part))));
  }
  // The end points are exact, even if the powers are rounded.
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

std::vector<SearchPoint> search_points(const SweepConfig& sweep, std::uint32_t extra) {
  const auto* random = std::get_if<RandomSearch>(&sweep.search);
  return random == nullptr ? grid_points(sweep) : random_points(sweep, random->trials + extra);
}

}  // namespace lockstep
