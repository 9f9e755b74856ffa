#include "config/sweep_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <google/protobuf/text_format.h>

#include "base/check.h"
#include "config/field_checks.h"
#include "config/from_proto.h"
#include "config/job_file.h"
#include "config/message_builder.h"
#include "config/origins.h"
#include "config/resolve.h"
#include "config/text_tree.h"
#include "config/value_checks.h"
#include "proto/sweep.pb.h"

namespace lockstep {
namespace {

using proto::Sweep;

std::string parameter_path(int index) { return fmt::format("parameter[{}]", index); }

std::string name_of(const Sweep::Parameter& parameter) {
  if (parameter.has_name() || parameter.path().empty()) return parameter.name();
  return parameter.path(0);
}

// Whether `text` is "path=value" with a path before the '='.
bool is_assignment(const std::string& text) {
  const auto equals = text.find('=');
  return equals != std::string::npos && equals > 0;
}

void check_assignments(const ValueChecks& checks,
                       const google::protobuf::RepeatedPtrField<std::string>& assignments,
                       const std::string& path) {
  for (int i = 0; i < assignments.size(); ++i) {
    checks.require(is_assignment(assignments[i]), fmt::format("{}[{}]", path, i),
                   "\"" + assignments[i] + "\"", "\"path=value\"");
  }
}

void check_range(const ValueChecks& checks, const Sweep& sweep, const Sweep::Range& range,
                 const std::string& path) {
  if (range.has_min() && range.has_max() && std::isfinite(range.min()) &&
      std::isfinite(range.max())) {
    checks.require(range.max() > range.min(), path + ".max", fmt::to_string(range.max()),
                   "a finite number above min");
    checks.require(std::isfinite(range.max() - range.min()), path + ".max",
                   fmt::to_string(range.max()), "less than 1.8e+308 above min");
    const bool log = range.scale() == Sweep::Range::LOG && checks.trusted(path + ".scale");
    checks.require(!log || range.min() > 0, path + ".min", fmt::to_string(range.min()),
                   "a number above 0 for LOG");
    const bool whole = std::floor(range.min()) == range.min() &&
                       std::floor(range.max()) == range.max() && std::abs(range.min()) < 0x1p53 &&
                       std::abs(range.max()) < 0x1p53;
    checks.require(!range.integer() || whole, path + ".integer", "true",
                   "min and max to be whole numbers");
  }
  if (sweep.has_grid()) {
    checks.present(range.has_steps(), path + ".steps", "the number of values in the grid");
  } else if (sweep.has_random() && range.has_steps()) {
    checks.complain(path + ".steps",
                    path + ".steps is for grid search; random search draws from the whole range");
  }
}

template <typename Values>
void check_list(const ValueChecks& checks, const Values& values, const std::string& path,
                std::string_view expected) {
  if (values.empty() && checks.trusted(path + ".value[0]"))
    checks.complain(path, fmt::format("{} is empty; expected {}", path, expected));
  const auto element = [&](int i) { return fmt::format("{}.value[{}]", path, i); };
  for (int i = 0; i < values.size(); ++i) {
    for (int k = 0; k < i; ++k) {
      if (!(values[i] == values[k]) || !checks.trusted(element(k))) continue;
      checks.complain(element(i), fmt::format("{} is given twice; remove one", element(i)));
      break;
    }
  }
}

void check_alternatives(const ValueChecks& checks, const Sweep::Alternatives& alternatives,
                        const std::string& path) {
  if (alternatives.alternative().empty()) {
    checks.complain(path, path + " is empty; expected at least one alternative");
  }
  std::set<std::string> names;
  for (int i = 0; i < alternatives.alternative_size(); ++i) {
    const Sweep::Alternative& alternative = alternatives.alternative(i);
    const std::string element = fmt::format("{}.alternative[{}]", path, i);
    if (!alternative.name().empty()) {  // otherwise reported by its rule
      checks.require(names.insert(alternative.name()).second, element + ".name",
                     "\"" + alternative.name() + "\"", "a unique name");
    }
    check_assignments(checks, alternative.set(), element + ".set");
  }
}

bool is_printable(const std::string& text) {
  return std::ranges::none_of(text,
                              [](unsigned char letter) { return letter < ' ' || letter == 0x7f; });
}

// Checks a column of the tables, which must differ from the columns of every sweep.
void check_column_name(const ValueChecks& checks, const Sweep::Parameter& parameter,
                       const std::string& path) {
  constexpr std::array kFixed = {"trial",       "rank",          "dev_error", "dev_cost",
                                 "train_error", "train_cost",    "epochs",    "best_epoch",
                                 "status",      "weights_digest"};
  const std::string name = name_of(parameter);
  const bool fixed = std::ranges::find(kFixed, name) != kFixed.end() ||
                     std::ranges::find(kMetrics, name, &MetricFacts::key) != kMetrics.end();
  const bool missing = name.empty() && !parameter.has_name();  // reported elsewhere
  checks.require(missing || (!name.empty() && !fixed && is_printable(name)), path + ".name",
                 "\"" + name + "\"",
                 fixed ? "another name; tables have this column" : "printable characters");
}

void check_parameter(const ValueChecks& checks, const Sweep& sweep, int index) {
  const Sweep::Parameter& parameter = sweep.parameter(index);
  const std::string path = parameter_path(index);
  if (parameter.has_alternatives()) {
    checks.present(parameter.has_name(), path + ".name", "a name for the alternatives");
    if (!parameter.path().empty()) {
      checks.complain(path + ".path",
                      path + ".path is not allowed with alternatives, which name their own paths");
    }
    check_alternatives(checks, parameter.alternatives(), path + ".alternatives");
  } else if (parameter.path().empty() && checks.trusted(path + ".path[0]")) {
    checks.complain(path, path + ".path is missing; expected a path as in --set");
  }
  for (int i = 0; i < parameter.path_size(); ++i) {
    const std::string& set = parameter.path(i);
    checks.require(!set.empty() && set.find('=') == std::string::npos,
                   fmt::format("{}.path[{}]", path, i), "\"" + set + "\"",
                   "a path without a value, such as \"regularization.l2_lambda\"");
  }
  if (parameter.has_range()) check_range(checks, sweep, parameter.range(), path + ".range");
  if (parameter.has_numbers()) {
    check_list(checks, parameter.numbers().value(), path + ".numbers", "at least one value");
  }
  if (parameter.has_texts()) {
    check_list(checks, parameter.texts().value(), path + ".texts", "at least one value");
  }
  check_column_name(checks, parameter, path);
  for (int other = 0; other < index; ++other) {
    if (name_of(parameter).empty() || name_of(sweep.parameter(other)) != name_of(parameter))
      continue;
    checks.complain(path, fmt::format("{} has the name of {}, \"{}\"; give it another", path,
                                      parameter_path(other), name_of(parameter)));
    break;
  }
}

void check_sweep(const ValueChecks& checks, const Sweep& sweep) {
  check_fields(checks, sweep);
  check_assignments(checks, sweep.set(), "set");
  for (int i = 0; i < sweep.parameter_size(); ++i) check_parameter(checks, sweep, i);
}

SweepParameter to_parameter(const Sweep::Parameter& parameter, const Place& place) {
  SweepParameter config{.name = name_of(parameter),
                        .paths = {parameter.path().begin(), parameter.path().end()},
                        .values = NumberList{},
                        .place = place};
  if (parameter.has_range()) {
    const Sweep::Range& range = parameter.range();
    config.values = NumberRange{.min = range.min(),
                                .max = range.max(),
                                .log = range.scale() == Sweep::Range::LOG,
                                .steps = range.steps(),
                                .integer = range.integer()};
  } else if (parameter.has_numbers()) {
    const auto& values = parameter.numbers().value();
    config.values = NumberList{.values = {values.begin(), values.end()}};
  } else if (parameter.has_texts()) {
    const auto& values = parameter.texts().value();
    config.values = TextList{.values = {values.begin(), values.end()}};
  } else {
    AlternativeList list;
    for (const auto& alternative : parameter.alternatives().alternative()) {
      list.values.push_back({.name = alternative.name(),
                             .assignments = {alternative.set().begin(), alternative.set().end()}});
    }
    config.values = std::move(list);
  }
  return config;
}

SweepConfig to_sweep(const Sweep& sweep, const Origins& origins) {
  SweepConfig config{
      .name = sweep.name(),
      .job = sweep.job(),
      .assignments = {sweep.set().begin(), sweep.set().end()},
      .assignment_places = {},
      .seed = sweep.seed(),
      .search = GridSearch{},
      .parameters = {},
      .metric = from_proto<Metric>(sweep.metric()),
      .termination = NoTermination{},
  };
  for (int i = 0; i < sweep.set_size(); ++i) {
    config.assignment_places.push_back(origins.place_of(fmt::format("set[{}]", i)));
  }
  if (sweep.has_random()) config.search = RandomSearch{.trials = sweep.random().trials()};
  for (int i = 0; i < sweep.parameter_size(); ++i) {
    config.parameters.push_back(
        to_parameter(sweep.parameter(i), origins.place_of(parameter_path(i))));
  }
  if (sweep.has_median()) {
    config.termination =
        MedianRule{.wave = sweep.median().wave(), .grace_epochs = sweep.median().grace_epochs()};
  } else if (sweep.has_successive_halving()) {
    config.termination =
        SuccessiveHalving{.eta = sweep.successive_halving().eta(),
                          .first_epochs = sweep.successive_halving().first_epochs()};
  }
  return config;
}

}  // namespace

LoadedSweep parse_sweep(std::string_view text, const std::string& name_for_messages,
                        const std::filesystem::path& base_dir,
                        std::span<const std::string> assignments) {
  Problems problems(name_for_messages);
  Origins origins;
  Sweep sweep;
  const TextTree tree = parse_text_tree(text);
  if (tree.fields.empty() && !tree.error) {
    problems.add({}, "the sweep is empty; expected name, job, grid or random, and parameters");
    problems.throw_if_any();
  }
  MessageBuilder(origins, problems).set_fields(tree.fields, "", sweep);
  if (tree.error) {
    const auto& [position, message] = *tree.error;
    problems.add({position.line, position.column, {}}, message);
    problems.throw_if_any();
  }
  for (const std::string& assignment : assignments) {
    origins.record(fmt::format("set[{}]", sweep.set_size()), {1, 1, assignment});
    sweep.add_set(assignment);
  }
  if (sweep.early_termination_case() == Sweep::EARLY_TERMINATION_NOT_SET) sweep.mutable_none();
  fill_scalar_defaults(sweep);
  check_sweep(ValueChecks(origins, problems), sweep);
  problems.throw_if_any();
  const std::filesystem::path base =
      base_dir.is_absolute() ? base_dir : std::filesystem::current_path() / base_dir;
  sweep.set_job((base / sweep.job()).lexically_normal().string());

  LoadedSweep loaded{to_sweep(sweep, origins), name_for_messages, {}};
  check(google::protobuf::TextFormat::PrintToString(sweep, &loaded.resolved_text),
        "a sweep can be printed");
  return loaded;
}

LoadedSweep load_sweep(const std::filesystem::path& path,
                       std::span<const std::string> assignments) {
  return parse_sweep(read_text_file(path, "sweep"), path.string(), path.parent_path(), assignments);
}

}  // namespace lockstep
