#pragma once
// Dates and times of day in text. Pure; blanks around a text do not count.

#include <string_view>

namespace lockstep {

// Whether `text` is a date such as "2024-01-31", "31/01/2024", "1/31/24" or "31.1.2024",
// perhaps followed by a blank or a T and a time of day, or a time of day alone: "9:30",
// "23:59:59.5Z". It does not check that the day exists.
bool is_date_or_time(std::string_view text);

}  // namespace lockstep
