#include "base/json_text.h"

namespace lockstep {
namespace {

template <typename Value>
std::string text_of(const Value& value, int indent) {
  return value.dump(indent, ' ', false, Value::error_handler_t::replace);
}

}  // namespace

std::string to_text(const nlohmann::json& value, int indent) { return text_of(value, indent); }

std::string to_text(const nlohmann::ordered_json& value, int indent) {
  return text_of(value, indent);
}

}  // namespace lockstep
