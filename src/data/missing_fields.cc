#include "data/missing_fields.h"

#include <algorithm>

#include "data/text_number.h"

namespace lockstep {

MissingFields::MissingFields(std::span<const std::string> texts, bool decimal_comma)
    : decimal_comma_(decimal_comma) {
  for (const std::string& text : texts) {
    texts_.emplace_back(without_blanks(text));
    const auto number = parse_float(text);
    const auto of_comma = parse_float(text, decimal_comma);
    if (number || of_comma) numbers_.push_back(number ? *number : *of_comma);
  }
}

bool MissingFields::contains(std::string_view field) const {
  const std::string_view text = without_blanks(field);
  if (text.empty() || std::ranges::find(texts_, text) != texts_.end()) return true;
  if (numbers_.empty()) return false;
  const auto number = parse_float(text, decimal_comma_);
  return number && contains_number(*number);
}

bool MissingFields::contains_number(float number) const {
  return std::ranges::find(numbers_, number) != numbers_.end();
}

}  // namespace lockstep
