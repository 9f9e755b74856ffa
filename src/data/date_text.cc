#include "data/date_text.h"

#include <array>
#include <optional>

#include "data/digit.h"
#include "data/text_number.h"

namespace lockstep {
namespace {

struct Digits {
  std::size_t count = 0;
  int value = 0;
};

// Takes one to four digits from the beginning of `text`, or returns nothing.
std::optional<Digits> take_digits(std::string_view& text) {
  Digits digits;
  while (digits.count < 4 && !text.empty() && is_digit(text.front())) {
    digits.value = 10 * digits.value + (text.front() - '0');
    ++digits.count;
    text.remove_prefix(1);
  }
  if (digits.count == 0) return std::nullopt;
  return digits;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

bool is_day_and_month(const Digits& a, const Digits& b) {
  const auto is_part = [](const Digits& part) {
    return part.count <= 2 && 1 <= part.value && part.value <= 31;
  };
  return is_part(a) && is_part(b) && (a.value <= 12 || b.value <= 12);
}

// Takes a date from the beginning of `text`: its year comes first with four digits, or
// last with four or two.
bool take_date(std::string_view& text) {
  std::array<Digits, 3> parts;
  char separator = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i == 1 && !text.empty()) separator = text.front();
    if (i > 0 && !take(text, separator)) return false;
    const auto part = take_digits(text);
    if (!part) return false;
    parts[i] = *part;
  }
  if (separator != '-' && separator != '/' && separator != '.') return false;
  if (parts[0].count == 4) return is_day_and_month(parts[1], parts[2]);
  return (parts[2].count == 4 || parts[2].count == 2) && is_day_and_month(parts[0], parts[1]);
}

// Whether `text` may follow the minutes or seconds of a time: "Z", "+02:00", " pm".
bool is_end_of_time(std::string_view text) {
  text = without_blanks(text);
  if (text.empty() || text == "Z" || text == "am" || text == "pm" || text == "AM" || text == "PM") {
    return true;
  }
  return (text.starts_with('+') || text.starts_with('-')) && text.size() > 1 && text.size() <= 6 &&
         text.find_first_not_of("0123456789:", 1) == std::string_view::npos;
}

bool is_time(std::string_view text) {
  const auto hours = take_digits(text);
  if (!hours || hours->count > 2 || hours->value > 24 || !take(text, ':')) return false;
  const auto minutes = take_digits(text);
  if (!minutes || minutes->count != 2 || minutes->value > 59) return false;
  if (take(text, ':')) {
    const auto seconds = take_digits(text);
    if (!seconds || seconds->count != 2 || seconds->value > 60) return false;
    if (take(text, '.')) {
      while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
    }
  }
  return is_end_of_time(text);
}

}  // namespace

bool is_date_or_time(std::string_view text) {
  text = without_blanks(text);
  if (is_time(text)) return true;
  if (!take_date(text)) return false;
  return text.empty() || ((take(text, 'T') || take(text, ' ')) && is_time(without_blanks(text)));
}

}  // namespace lockstep
