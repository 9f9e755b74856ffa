#pragma once
// The JSON habits shared by everything that we write.

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace lockstep {

// Keeps the keys in the order in which they were set.
using Json = nlohmann::ordered_json;

// The text of a value, on one line (indent -1) or indented by this many spaces. Bytes
// that are not UTF-8, as in names out of files in another encoding, become U+FFFD, and
// never an exception.
std::string to_text(const nlohmann::json& value, int indent = -1);
std::string to_text(const Json& value, int indent = -1);

// The number with every digit that it needs to be read back exactly. Absent becomes null,
// and so do NaN and infinity, which JSON lacks.
Json json_number(std::optional<double> number);

// Sets `key` to json_number(number); where that is null because the number is not finite,
// it also sets "finite": false on the object.
void set_number(Json& object, std::string_view key, std::optional<double> number);

}  // namespace lockstep
