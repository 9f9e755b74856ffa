#pragma once
// The JSON habits shared by every file we write.

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/json_text.h"

namespace lockstep {

// Keeps the keys in the order in which they were set.
using Json = nlohmann::ordered_json;

// Sets `key` to the number with every digit it needs to be read back exactly.
// Absent becomes null. So do NaN and infinity, which JSON lacks; they also set
// "finite": false on the object.
void set_number(Json& object, std::string_view key, std::optional<double> number);

}  // namespace lockstep
