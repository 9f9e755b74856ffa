#pragma once
// The errors of values as JSON.

#include "base/json_text.h"
#include "records/value_errors.h"

namespace lockstep {

// An object for each set that has one, with the deviation of a single target; null without any.
inline Json value_errors_to_json(const ValueErrors& errors) {
  Json object;
  const auto add = [&](const char* set, const std::optional<RelativeRmse>& error) {
    if (!error) return;
    set_number(object[set], "value", error->value);
    set_number(object[set], "standard_error", error->standard_error);
  };
  add("train", errors.train);
  add("train_dev", errors.train_dev);
  add("dev", errors.dev);
  add("test", errors.test);
  if (!object.is_null() && errors.deviation > 0) object["deviation"] = errors.deviation;
  return object;
}

// Reads what value_errors_to_json() made. Anything else is absent.
inline ValueErrors value_errors_from_json(const Json& object) {
  ValueErrors errors;
  const auto read = [&](const char* set) -> std::optional<RelativeRmse> {
    const auto found = object.find(set);
    if (found == object.end() || !found->is_object()) return std::nullopt;
    const auto number = [&](const char* name) {
      const auto field = found->find(name);
      return field != found->end() && field->is_number() ? field->get<double>() : 0.0;
    };
    return RelativeRmse{number("value"), number("standard_error")};
  };
  if (!object.is_object()) return errors;
  errors.train = read("train");
  errors.train_dev = read("train_dev");
  errors.dev = read("dev");
  errors.test = read("test");
  const auto deviation = object.find("deviation");
  if (deviation != object.end() && deviation->is_number()) {
    errors.deviation = deviation->get<double>();
  }
  return errors;
}

}  // namespace lockstep
