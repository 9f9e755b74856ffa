#include "config/field_checks.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "base/or_list.h"
#include "proto/rule.pb.h"

namespace lockstep {

namespace pb = google::protobuf;

namespace {

const proto::Rule& rule_of(const pb::FieldDescriptor& field) {
  return field.options().GetExtension(proto::rule);
}

bool is_real(const pb::FieldDescriptor& field) {
  return field.cpp_type() == pb::FieldDescriptor::CPPTYPE_DOUBLE;
}

bool is_integer(const pb::FieldDescriptor& field) {
  return field.cpp_type() == pb::FieldDescriptor::CPPTYPE_UINT32 ||
         field.cpp_type() == pb::FieldDescriptor::CPPTYPE_UINT64;
}

bool within(const proto::Rule& rule, double value) {
  return (!rule.has_min() || value >= rule.min()) && (!rule.has_above() || value > rule.above()) &&
         (!rule.has_max() || value <= rule.max()) && (!rule.has_below() || value < rule.below());
}

std::string integer_range(const proto::Rule& rule) {
  if (rule.has_min() && rule.has_max()) return fmt::format("{} to {}", rule.min(), rule.max());
  if (rule.has_min()) return fmt::format("at least {}", rule.min());
  return rule.has_max() ? fmt::format("at most {}", rule.max()) : "";
}

std::string real_range(const proto::Rule& rule) {
  const std::string& noun = rule.noun();
  const bool has_upper = rule.has_max() || rule.has_below();
  if (!has_upper) {
    if (rule.has_above()) return fmt::format("a finite {} above {}", noun, rule.above());
    if (rule.has_min()) return fmt::format("a finite {}, {} or more", noun, rule.min());
    return "a finite " + noun;
  }
  const std::string upper =
      rule.has_max() ? fmt::to_string(rule.max()) : fmt::format("below {}", rule.below());
  if (rule.has_min()) return fmt::format("a {} from {} to {}", noun, rule.min(), upper);
  return fmt::format("a {} above {} and {}{}", noun, rule.above(), rule.has_max() ? "at most " : "",
                     upper);
}

// The part of the rule's range that float has as normal numbers. Ranges that begin at 0 or above
// begin at 0.
std::string float_range(const proto::Rule& rule) {
  const std::string zero = within(rule, 0) ? "0, or " : "";
  if (!rule.has_min() && !rule.has_above()) return zero + "a magnitude from 1.2e-38 to 3.4e+38";
  const std::string upper = rule.has_max()     ? fmt::to_string(rule.max())
                            : rule.has_below() ? fmt::format("below {}", rule.below())
                                               : "3.4e+38";
  return fmt::format("{}a {} from 1.2e-38 to {}", zero, rule.noun(), upper);
}

// Checks that a number within its range is usable as float: it must not become 0,
// infinite or denormal (which is flushed to 0).
void check_in_float(const ValueChecks& checks, const std::string& path, const proto::Rule& rule,
                    double value) {
  const auto in_float = static_cast<float>(value);
  if (value == 0) return;
  if (!std::isnormal(in_float)) {
    const char* becomes = std::isinf(in_float) ? "infinite in float"
                          : in_float == 0      ? "0 in float"
                                               : "too small for a normal float";
    checks.complain(path, fmt::format("{} is {}, which is {}; expected {}", path, value, becomes,
                                      float_range(rule)));
  } else if (!within(rule, static_cast<double>(in_float))) {
    // Ranges end at 0 or 1. A float can round only to the upper end, 1.
    checks.complain(path, fmt::format("{} is {}, which is {} in float; expected at most 0.99999997",
                                      path, value, in_float));
  }
}

// Checks that a number has an inverse, by which float numbers are multiplied.
void check_inverse(const ValueChecks& checks, const std::string& path, double value) {
  if (value == 0) {
    checks.require(false, path, "0", "a finite number other than 0");
  } else if (!std::isnormal(static_cast<float>(1 / value))) {
    checks.complain(path,
                    fmt::format("{} is {}, whose inverse is beyond the range of float; expected a "
                                "magnitude from 2.94e-39 to 8.5e+37",
                                path, value));
  }
}

void check_real(const ValueChecks& checks, const std::string& path, const proto::Rule& rule,
                double value) {
  if (!std::isfinite(value) || !within(rule, value)) {
    checks.require(false, path, fmt::to_string(value), real_range(rule));
    return;
  }
  if (rule.in_float()) check_in_float(checks, path, rule, value);
  if (rule.has_inverse()) check_inverse(checks, path, value);
  if (rule.has_steps()) {
    const double rounded = std::round(value * rule.steps());
    checks.require(
        rounded >= 1 && (value == 1 || rounded < rule.steps()), path, fmt::to_string(value),
        fmt::format("1, or a {0} that rounds to a multiple of 1/{1} from 1/{1} to {2}/{1}",
                    rule.noun(), rule.steps(), rule.steps() - 1));
  }
}

bool names_a_file(const std::string& text) {
  return text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyz"
             "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
             "0123456789-_.") == std::string::npos;
}

void check_text(const ValueChecks& checks, const std::string& path, const proto::Rule& rule,
                const std::string& text) {
  if (!checks.written(path)) return;  // inherited, and checked where it was written
  const std::string quoted = "\"" + text + "\"";
  if (rule.has_one_character_except()) {
    const bool good =
        text.size() == 1 && rule.one_character_except().find(text) == std::string::npos;
    checks.require(good, path, quoted, rule.is());
  } else if (text.empty() && rule.has_is()) {
    checks.require(false, path, quoted, rule.is());
  } else if (rule.file_name()) {
    checks.require(names_a_file(text), path, quoted, "letters, digits, '-', '_' and '.'");
  }
}

std::uint64_t integer_in(const pb::Message& message, const pb::FieldDescriptor& field) {
  const pb::Reflection& reflection = *message.GetReflection();
  return field.cpp_type() == pb::FieldDescriptor::CPPTYPE_UINT64
             ? reflection.GetUInt64(message, &field)
             : reflection.GetUInt32(message, &field);
}

class FieldWalk {
 public:
  FieldWalk(const ValueChecks& checks, const pb::Message& message, const std::string& path)
      : checks_(checks),
        message_(message),
        type_(*message.GetDescriptor()),
        reflection_(*message.GetReflection()),
        path_(path) {}

  void check() const {
    for (int i = 0; i < type_.field_count(); ++i) {
      const pb::FieldDescriptor& field = *type_.field(i);
      const std::string path = path_.empty() ? field.name() : path_ + "." + field.name();
      if (field.is_repeated()) {
        check_list(field, path);
      } else if (!reflection_.HasField(message_, &field)) {
        if (rule_of(field).required()) checks_.present(false, path, rule_of(field).is());
      } else {
        check_field(field, path);
      }
    }
    for (int i = 0; i < type_.oneof_decl_count(); ++i) {
      const pb::OneofDescriptor& oneof = *type_.oneof_decl(i);
      if (oneof.options().GetExtension(proto::one_is_required)) {
        check_choice(checks_, reflection_.HasOneof(message_, &oneof), path_, type_,
                     oneof.name().c_str());
      }
    }
  }

 private:
  void check_list(const pb::FieldDescriptor& field, const std::string& path) const {
    const int size = reflection_.FieldSize(message_, &field);
    if (rule_of(field).required()) {
      const bool is_there = size > 0 || !checks_.trusted(path + "[0]");
      checks_.present(is_there, path, rule_of(field).is());
    }
    for (int i = 0; i < size; ++i) {
      const std::string element = fmt::format("{}[{}]", path, i);
      if (field.cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
        check_fields(checks_, reflection_.GetRepeatedMessage(message_, &field, i), element);
      } else if (is_real(field)) {
        check_real(checks_, element, rule_of(field),
                   reflection_.GetRepeatedDouble(message_, &field, i));
      }
    }
  }

  // Checks a field that is present.
  void check_field(const pb::FieldDescriptor& field, const std::string& path) const {
    const proto::Rule& rule = rule_of(field);
    if (field.cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
      check_fields(checks_, reflection_.GetMessage(message_, &field), path);
    } else if (is_real(field)) {
      check_real(checks_, path, rule, reflection_.GetDouble(message_, &field));
    } else if (is_integer(field)) {
      const std::uint64_t value = integer_in(message_, field);
      checks_.require(within(rule, static_cast<double>(value)), path, fmt::to_string(value),
                      integer_range(rule));
    } else if (field.cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING) {
      check_text(checks_, path, rule, reflection_.GetString(message_, &field));
    } else if (rule.always_true()) {
      checks_.require(reflection_.GetBool(message_, &field), path, "false", rule.is());
    } else if (!rule.choice().empty() && checks_.trusted(path)) {
      const std::string& name = reflection_.GetEnum(message_, &field)->name();
      checks_.require(std::ranges::find(rule.choice(), name) != rule.choice().end(), path, name,
                      or_list({rule.choice().begin(), rule.choice().end()}));
    }
  }

  const ValueChecks& checks_;
  const pb::Message& message_;
  const pb::Descriptor& type_;
  const pb::Reflection& reflection_;
  const std::string& path_;
};

}  // namespace

void check_fields(const ValueChecks& checks, const pb::Message& message, const std::string& path) {
  FieldWalk(checks, message, path).check();
}

bool is_within_range(const pb::Message& message, const std::string& field) {
  const pb::FieldDescriptor& descriptor = *message.GetDescriptor()->FindFieldByName(field);
  return within(rule_of(descriptor), static_cast<double>(integer_in(message, descriptor)));
}

std::string expected_whole_number(const pb::FieldDescriptor& field) {
  const proto::Rule& rule = rule_of(field);
  const std::uint64_t largest = field.cpp_type() == pb::FieldDescriptor::CPPTYPE_UINT64
                                    ? std::numeric_limits<std::uint64_t>::max()
                                    : std::numeric_limits<std::uint32_t>::max();
  const auto max = rule.has_max() ? static_cast<std::uint64_t>(rule.max()) : largest;
  return fmt::format("a whole number from {} to {}", static_cast<std::uint64_t>(rule.min()), max);
}

std::string expected_range(const pb::FieldDescriptor& field) {
  if (is_real(field)) return real_range(rule_of(field));
  return is_integer(field) ? integer_range(rule_of(field)) : "";
}

}  // namespace lockstep
