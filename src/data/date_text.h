#pragma once
// Dates and times of day in text. Pure; blanks around a text do not count.

#include <string_view>

namespace lockstep {

// "2024-01-31", "31/01/2024", "1/31/24", "31.1.2024", each perhaps with a time of day
// behind a blank or a T, and a time of day alone: "9:30", "23:59:59.5Z". Whether the day
// exists is not looked at.
bool is_date_or_time(std::string_view text);

}  // namespace lockstep
