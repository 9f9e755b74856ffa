#pragma once
// JSON conventions shared by all files that we write.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace lockstep {

// Keeps the keys in the order in which they were set.
using Json = nlohmann::ordered_json;

// The text of a value, on one line (indent -1) or indented by `indent` spaces. Bytes that
// are not UTF-8, as in names from files in another encoding, become U+FFFD; none of them
// throws.
std::string to_text(const nlohmann::json& value, int indent = -1);
std::string to_text(const Json& value, int indent = -1);

// The number with all digits needed to read it back exactly. Absent numbers become null, as
// do NaN and infinity, which JSON lacks.
Json json_number(std::optional<double> number);

// The object that the content `text` of the file at `path` holds. Throws Error(data) with `remedy`
// if it does not hold one.
Json parse_object(const std::string& text, const std::filesystem::path& path,
                  std::string_view remedy);

// The whole number that `object`, a parsed text, has at `key`; none if it has none there, or
// another value, as a damaged file may. get<std::uint64_t>() would convert -1 and 1e300, too.
std::optional<std::uint64_t> whole_number(const Json& object, const char* key);

// Sets `key` to json_number(number). If that is null because the number is not finite, it
// also sets "finite": false on the object.
void set_number(Json& object, std::string_view key, std::optional<double> number);

}  // namespace lockstep
