#pragma once
// JSON as text, for everything that we write. Pure.

#include <string>

#include <nlohmann/json.hpp>

namespace lockstep {

// The text of a value, on one line (indent -1) or indented by so many spaces. Bytes
// that are not UTF-8, as in names out of files in another encoding, become U+FFFD, and
// never an exception.
std::string to_text(const nlohmann::json& value, int indent = -1);
std::string to_text(const nlohmann::ordered_json& value, int indent = -1);

}  // namespace lockstep
