#include "config/value_checks.h"

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/descriptor.h>

namespace lockstep {
namespace {

constexpr double kKeepProbSteps = 65536;

}  // namespace

ValueChecks::ValueChecks(const Origins& origins, Problems& problems)
    : origins_(origins), problems_(problems) {}

bool ValueChecks::present(bool is_there, const std::string& path, std::string_view expected) const {
  if (!is_there && !origins_.written(path)) {
    complain(path, fmt::format("{} is missing; expected {}", path, expected));
  }
  return is_there;
}

void ValueChecks::positive(const std::string& path, double value) const {
  require(std::isfinite(value) && value > 0, path, fmt::to_string(value),
          "a finite number above 0");
}

void ValueChecks::not_negative(const std::string& path, double value) const {
  require(std::isfinite(value) && value >= 0, path, fmt::to_string(value),
          "a finite number, 0 or more");
}

void ValueChecks::positive_float(const std::string& path, double value) const {
  positive(path, value);
  if (std::isfinite(value) && value > 0) in_float(path, value);
}

void ValueChecks::not_negative_float(const std::string& path, double value) const {
  not_negative(path, value);
  if (std::isfinite(value) && value > 0) in_float(path, value, "0, or ");
}

void ValueChecks::any_float(const std::string& path, double value) const {
  require(std::isfinite(value), path, fmt::to_string(value), "a finite number");
  if (std::isfinite(value) && value != 0) in_float(path, value, "0, or ");
}

void ValueChecks::in_float(const std::string& path, double value,
                           std::string_view allowed_besides) const {
  if (std::isnormal(static_cast<float>(value))) return;
  complain(path, fmt::format("{} is {}, which is {} in float; expected {}a magnitude from 1.2e-38 "
                             "to 3.4e+38",
                             path, value, std::abs(value) < 1 ? "0" : "infinite", allowed_besides));
}

void ValueChecks::keep_prob(const std::string& path, double value) const {
  if (!(value > 0 && value <= 1)) {
    complain(path,
             fmt::format("{} is {}; expected a probability above 0 and at most 1", path, value));
    return;
  }
  // What dropout makes of it: see DropoutRate.
  const double rounded = std::round(value * kKeepProbSteps);
  require(rounded >= 1 && (value == 1 || rounded < kKeepProbSteps), path, fmt::to_string(value),
          "1, or a probability from 1/65536 to 65535/65536, of which it becomes the nearest");
}

void ValueChecks::chance(const std::string& path, double value) const {
  require(value >= 0 && value <= 1, path, fmt::to_string(value), "a probability from 0 to 1");
}

void ValueChecks::decay(const std::string& path, double value) const {
  require(value >= 0 && value < 1, path, fmt::to_string(value), "a number from 0 to below 1");
  if (value > 0.5 && value < 1 && static_cast<float>(value) == 1) {
    complain(path, fmt::format("{} is {}, which is 1 in float; expected at most 0.99999997", path,
                               value));
  }
  if (value > 0 && value < 0.5) in_float(path, value, "0, or ");
}

void ValueChecks::fraction(const std::string& path, double value) const {
  require(value > 0 && value < 1, path, fmt::to_string(value), "a fraction above 0 and below 1");
}

void ValueChecks::between(const std::string& path, double value, double low, double high) const {
  require(value >= low && value <= high, path, fmt::to_string(value),
          fmt::format("a number from {} to {}", low, high));
}

void ValueChecks::at_least(const std::string& path, std::uint64_t value,
                           std::uint64_t minimum) const {
  require(value >= minimum, path, fmt::to_string(value), fmt::format("at least {}", minimum));
}

void ValueChecks::require(bool holds, const std::string& path, std::string_view value,
                          std::string_view expected) const {
  if (!holds) complain(path, fmt::format("{} is {}; expected {}", path, value, expected));
}

bool ValueChecks::overridden(const std::string& path) const {
  return origins_.written(path) && !origins_.place_of(path).override_text.empty();
}

void ValueChecks::complain(const std::string& path, std::string message) const {
  problems_.add(origins_.place_of(path), std::move(message));
}

void check_choice(const ValueChecks& checks, bool is_set, const std::string& path,
                  const google::protobuf::Descriptor& type, const char* oneof_name) {
  if (is_set) return;
  const auto& oneof = *type.FindOneofByName(oneof_name);
  std::vector<std::string> members;
  members.reserve(static_cast<std::size_t>(oneof.field_count()));
  for (int i = 0; i < oneof.field_count(); ++i) {
    members.push_back(oneof.field(i)->name());
    if (!checks.trusted(path.empty() ? members.back() : path + "." + members.back())) return;
  }
  checks.complain(
      path, fmt::format("{} has no {}; expected {}{}", path.empty() ? "the file" : path, oneof_name,
                        members.size() > 1 ? "one of " : "", fmt::join(members, ", ")));
}

void check_run_name(const ValueChecks& checks, bool is_there, const std::string& name,
                    std::string_view example) {
  if (!checks.present(is_there, "name", fmt::format("a name for the run, such as {}", example))) {
    return;
  }
  const bool allowed = name.find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyz"
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                           "0123456789-_.") == std::string::npos;
  checks.require(!name.empty() && allowed, "name", "\"" + name + "\"",
                 "letters, digits, '-', '_' and '.'");
}

}  // namespace lockstep
