#pragma once
// The validated sweep as plain values. The meaning of each field is documented in
// proto/sweep.proto, which also defines the defaults.

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "config/problems.h"
#include "records/metric.h"

namespace lockstep {

struct NumberRange {
  double min;
  double max;
  bool log;
  std::uint32_t steps;  // number of values for grid search; 0 in random search
  bool integer;
};
struct NumberList {
  std::vector<double> values;
};
struct TextList {
  std::vector<std::string> values;
};
struct Alternative {
  std::string name;
  std::vector<std::string> assignments;  // "path=value"
};
struct AlternativeList {
  std::vector<Alternative> values;
};

struct SweepParameter {
  std::string name;
  std::vector<std::string> paths;  // empty with alternatives
  std::variant<NumberRange, NumberList, TextList, AlternativeList> values;
  Place place;  // its place in the sweep file
};

struct GridSearch {};
struct RandomSearch {
  std::uint32_t trials;
};

struct NoTermination {};
struct MedianRule {
  std::uint32_t wave;
  std::uint32_t grace_epochs;
};
struct SuccessiveHalving {
  std::uint32_t eta;
  std::uint32_t first_epochs;
};
using Termination = std::variant<NoTermination, MedianRule, SuccessiveHalving>;

struct SweepConfig {
  std::string name;
  std::filesystem::path job;
  std::vector<std::string> assignments;  // for all trials, in order
  std::vector<Place> assignment_places;  // place of each assignment
  std::uint32_t seed;
  std::variant<GridSearch, RandomSearch> search;
  std::vector<SweepParameter> parameters;
  Metric metric;
  Termination termination;
};

}  // namespace lockstep
