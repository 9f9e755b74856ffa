#include "data/missing_fields.h"

#include <algorithm>

#include "data/text_number.h"

namespace lockstep {

MissingFields::MissingFields(std::span<const std::string> texts) {
  for (const std::string& text : texts) {
    texts_.emplace_back(without_blanks(text));
    if (const auto number = parse_float(text)) numbers_.push_back(*number);
  }
}

bool MissingFields::contains(std::string_view field) const {
  const std::string_view text = without_blanks(field);
  if (text.empty() || std::ranges::find(texts_, text) != texts_.end()) return true;
  if (numbers_.empty()) return false;
  const auto number = parse_float(text);
  return number && contains_number(*number);
}

bool MissingFields::contains_number(float number) const {
  return std::ranges::find(numbers_, number) != numbers_.end();
}

}  // namespace lockstep
