#include "config/scalar_value.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/message.h>

#include "base/check.h"
#include "base/lower_case.h"
#include "base/nearest.h"
#include "base/parse_number.h"
#include "config/field_checks.h"

namespace lockstep {

namespace pb = google::protobuf;

namespace {

using Kind = TextValue::Kind;

constexpr std::size_t kLongestShown = 60;  // characters of a value in a message

std::optional<std::uint64_t> to_unsigned(const TextValue& value, std::uint64_t maximum) {
  std::uint64_t number = 0;
  if (value.kind != Kind::integer || value.negative) return std::nullopt;
  if (!pb::io::Tokenizer::ParseInteger(value.text, maximum, &number)) return std::nullopt;
  return number;
}

bool is_octal_or_hex(const TextValue& value) {
  return value.kind == Kind::integer && value.text.size() > 1 && value.text[0] == '0';
}

// Follows text format: inf and nan are words, hexadecimal is only for integers, and an "f" may
// stand at the end. Numbers that are too large for double, or too close to 0, are refused.
std::optional<double> to_double(const TextValue& value) {
  const double sign = value.negative ? -1.0 : 1.0;
  if (value.kind == Kind::word) {
    const std::string word = lower_case(value.text);
    if (word == "inf" || word == "inff" || word == "infinity") {
      return sign * std::numeric_limits<double>::infinity();
    }
    if (word == "nan") return std::numeric_limits<double>::quiet_NaN();
    return std::nullopt;
  }
  if (value.kind != Kind::integer && value.kind != Kind::decimal) return std::nullopt;
  if (is_octal_or_hex(value)) return std::nullopt;
  std::string_view text = value.text;
  if (text.ends_with('f') || text.ends_with('F')) text.remove_suffix(1);
  const auto magnitude = parse_number<double>(text);
  return magnitude ? std::optional(sign * *magnitude) : std::nullopt;
}

std::optional<bool> to_bool(const TextValue& value) {
  if (const auto number = to_unsigned(value, 1)) return *number == 1;
  if (value.kind != Kind::word || value.negative) return std::nullopt;
  if (value.text == "true" || value.text == "True" || value.text == "t") return true;
  if (value.text == "false" || value.text == "False" || value.text == "f") return false;
  return std::nullopt;
}

const pb::EnumValueDescriptor* to_enum(const TextValue& value, const pb::EnumDescriptor& type) {
  if (value.kind == Kind::word && !value.negative) return type.FindValueByName(value.text);
  const auto number = to_unsigned(value, std::numeric_limits<std::int32_t>::max());
  return number ? type.FindValueByNumber(static_cast<int>(*number)) : nullptr;
}

std::string expected_enum(const TextValue& value, const pb::EnumDescriptor& type) {
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(type.value_count()));
  for (int i = 0; i < type.value_count(); ++i) names.push_back(type.value(i)->name());
  const std::string all = fmt::format("expected one of {}", fmt::join(names, ", "));
  const auto nearest = nearest_word(value.text, names);
  return nearest ? fmt::format("did you mean {}? {}", *nearest, all) : all;
}

}  // namespace

std::optional<std::string> set_scalar(const TextValue& value, const pb::FieldDescriptor& field,
                                      pb::Message& message) {
  const pb::Reflection& reflection = *message.GetReflection();
  check(!field.is_repeated() || field.cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING ||
            field.cpp_type() == pb::FieldDescriptor::CPPTYPE_DOUBLE,
        "repeated scalars of the schemas are strings and numbers");
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_STRING: {
      if (value.kind != Kind::string) return "expected a string in quotes";
      if (field.is_repeated()) {
        reflection.AddString(&message, &field, value.text);
      } else {
        reflection.SetString(&message, &field, value.text);
      }
      return std::nullopt;
    }
    case pb::FieldDescriptor::CPPTYPE_UINT32: {
      constexpr auto kLargest = std::numeric_limits<std::uint32_t>::max();
      const auto number = to_unsigned(value, kLargest);
      if (!number) return "expected " + expected_whole_number(field);
      reflection.SetUInt32(&message, &field, static_cast<std::uint32_t>(*number));
      return std::nullopt;
    }
    case pb::FieldDescriptor::CPPTYPE_UINT64: {
      constexpr auto kLargest = std::numeric_limits<std::uint64_t>::max();
      const auto number = to_unsigned(value, kLargest);
      if (!number) return "expected " + expected_whole_number(field);
      reflection.SetUInt64(&message, &field, *number);
      return std::nullopt;
    }
    case pb::FieldDescriptor::CPPTYPE_DOUBLE: {
      const auto number = to_double(value);
      if (is_octal_or_hex(value)) return "expected a decimal number";
      if (!number) return "expected " + expected_range(field);
      if (field.is_repeated()) {
        reflection.AddDouble(&message, &field, *number);
      } else {
        reflection.SetDouble(&message, &field, *number);
      }
      return std::nullopt;
    }
    case pb::FieldDescriptor::CPPTYPE_BOOL: {
      const auto truth = to_bool(value);
      if (!truth) return "expected true or false";
      reflection.SetBool(&message, &field, *truth);
      return std::nullopt;
    }
    case pb::FieldDescriptor::CPPTYPE_ENUM: {
      const pb::EnumDescriptor& type = *field.enum_type();
      const pb::EnumValueDescriptor* found = to_enum(value, type);
      if (found == nullptr) return expected_enum(value, type);
      reflection.SetEnum(&message, &field, found);
      return std::nullopt;
    }
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      return "expected { ... }";
    default:
      check(false, "the schemas use only types that set_scalar knows");
      return std::nullopt;
  }
}

std::string describe_value(const TextValue& value) {
  if (value.kind == Kind::message) return "{ ... }";
  const std::string text =
      value.text.size() <= kLongestShown ? value.text : value.text.substr(0, kLongestShown) + "...";
  if (value.kind == Kind::string) return fmt::format("\"{}\"", text);
  return value.negative ? "-" + text : text;
}

}  // namespace lockstep
