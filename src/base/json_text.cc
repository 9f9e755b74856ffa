#include "base/json_text.h"

#include <cmath>

#include <fmt/format.h>

#include "base/error.h"

namespace lockstep {
namespace {

template <typename Value>
std::string text_of(const Value& value, int indent) {
  return value.dump(indent, ' ', false, Value::error_handler_t::replace);
}

}  // namespace

std::string to_text(const nlohmann::json& value, int indent) { return text_of(value, indent); }

std::string to_text(const Json& value, int indent) { return text_of(value, indent); }

Json json_number(std::optional<double> number) {
  return number && std::isfinite(*number) ? Json(*number) : Json(nullptr);
}

Json parse_object(const std::string& text, const std::filesystem::path& path,
                  std::string_view remedy) {
  Json object = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (object.is_object()) return object;
  throw Error(ExitCode::data, fmt::format("{} is damaged: it does not hold a JSON object; {}",
                                          path.string(), remedy));
}

std::optional<std::uint64_t> whole_number(const Json& object, const char* key) {
  const auto field = object.find(key);
  if (field == object.end() || !field->is_number_unsigned()) return std::nullopt;
  return field->get<std::uint64_t>();
}

void set_number(Json& object, std::string_view key, std::optional<double> number) {
  object[std::string(key)] = json_number(number);
  if (number && !std::isfinite(*number)) object["finite"] = false;
}

}  // namespace lockstep
