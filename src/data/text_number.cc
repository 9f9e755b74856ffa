#include "data/text_number.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>

#include "base/lower_case.h"
#include "data/digit.h"

namespace lockstep {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// The common case, digits with at most one point, several times as fast as
// from_chars. digits / 10^k is one division of two exact doubles, so the double
// is the one nearest to the text. Its nearest float is also the float nearest to
// the text, unless the double lies exactly between two floats: then the text may
// lie on either side, and from_chars decides.
std::optional<float> parse_short_decimal(std::string_view digits, bool negative) {
  constexpr std::array<double, 16> kPowers = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  constexpr std::size_t kMostDigits = 15;  // below 2^53
  if (digits.size() > kMostDigits + 1) return std::nullopt;
  std::uint64_t number = 0;
  std::size_t count = 0;
  std::size_t points = 0;
  std::size_t decimals = 0;
  // Without branches, because the place of the point varies between numbers.
  for (const char c : digits) {
    const auto digit = static_cast<std::uint64_t>(c) - '0';
    const bool is = digit < 10;
    number = is ? number * 10 + digit : number;
    count += is ? 1 : 0;
    decimals += is ? points : 0;
    points += c == '.' ? 1 : 0;
  }
  if (count == 0 || count > kMostDigits || count + points != digits.size() || points > 1) {
    return std::nullopt;
  }
  const double value = static_cast<double>(number) / kPowers[decimals];
  // The 29 bits that a float does not have.
  constexpr std::uint64_t kDropped = (std::uint64_t{1} << 29) - 1;
  constexpr std::uint64_t kMiddle = std::uint64_t{1} << 28;
  if ((std::bit_cast<std::uint64_t>(value) & kDropped) == kMiddle) return std::nullopt;
  const auto nearest = static_cast<float>(value);
  return negative ? -nearest : nearest;
}

template <typename T>
std::errc parse_all(std::string_view text, T& value) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stop != end) return std::errc::invalid_argument;
  return error == std::errc::result_out_of_range && stop != end ? std::errc::invalid_argument
                                                                : error;
}

// Whether a decimal number beyond the range of float is too small for it, not too large.
// In both cases its first digit that is not 0 is far from the units. `number` has
// digits, perhaps with a point and an exponent.
bool is_too_small(std::string_view number) {
  const std::size_t mark = std::min(number.find_first_of("eE"), number.size());
  const std::size_t point = std::min(number.find('.'), mark);
  const std::size_t first = number.find_first_of("123456789");
  // The power of ten of the first digit, without the exponent.
  const auto power =
      static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) - (first < point ? 1 : 0);
  std::string_view exponent_text = number.substr(std::min(mark + 1, number.size()));
  if (exponent_text.starts_with('+')) exponent_text.remove_prefix(1);
  std::int64_t exponent = 0;
  if (!exponent_text.empty() &&
      parse_all(exponent_text, exponent) == std::errc::result_out_of_range) {
    return exponent_text.starts_with('-');
  }
  return exponent < -power;
}

}  // namespace

std::optional<float> parse_float(std::string_view text, bool decimal_comma) {
  if (!decimal_comma) return parse_float(text);
  if (text.find('.') != std::string_view::npos) return std::nullopt;
  std::string with_point(text);
  std::ranges::replace(with_point, ',', '.');
  return parse_float(with_point);
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<float> parse_float(std::string_view text) {
  text = without_blanks(text);
  const bool negative = text.starts_with('-');
  const std::string_view digits = negative || text.starts_with('+') ? text.substr(1) : text;
  if (const auto value = parse_short_decimal(digits, negative)) return value;
  // from_chars does not accept '+', but accepts "nan" and "inf".
  if (digits.empty() || !(is_digit(digits.front()) || digits.front() == '.')) return std::nullopt;
  float value = 0;
  std::errc error = parse_all(digits, value);
  if (error == std::errc::result_out_of_range && is_too_small(digits)) {
    error = {};
    value = 0;
  }
  if (error != std::errc()) return std::nullopt;
  return negative ? -value : value;
}

bool is_beyond_float(std::string_view text) {
  text = without_blanks(text);
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  float unused = 0;
  return parse_all(text, unused) == std::errc::result_out_of_range && !parse_float(text);
}

bool is_not_finite_text(std::string_view text) {
  text = without_blanks(text);
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::string lower = lower_case(text);
  return lower == "nan" || lower == "inf" || lower == "infinity";
}

}  // namespace lockstep
