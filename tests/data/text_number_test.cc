#include "data/text_number.h"

#include <charconv>
#include <clocale>
#include <cmath>
#include <cstdint>
#include <limits>
#include <locale>
#include <random>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

// What from_chars, which rounds right, makes of it.
float nearest(const std::string& text) {
  float value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  EXPECT_TRUE(error == std::errc() && stop == text.data() + text.size()) << text;
  return value;
}

TEST(TextNumber, ReadsDecimalNumbers) {
  EXPECT_EQ(parse_float("0"), 0.0F);
  EXPECT_EQ(parse_float("17"), 17.0F);
  EXPECT_EQ(parse_float("-2.5"), -2.5F);
  EXPECT_EQ(parse_float("+2.5"), 2.5F);
  EXPECT_EQ(parse_float(".5"), 0.5F);
  EXPECT_EQ(parse_float("5."), 5.0F);
  EXPECT_EQ(parse_float("1e3"), 1000.0F);
  EXPECT_EQ(parse_float("-1.25E-2"), -0.0125F);
  EXPECT_EQ(parse_float("  7\t"), 7.0F);
  EXPECT_EQ(parse_float("00000000000000000000000001"), 1.0F);
  EXPECT_TRUE(std::signbit(parse_float("-0").value()));
  EXPECT_EQ(parse_float("3.4028235e38"), std::numeric_limits<float>::max());
}

TEST(TextNumber, ReadsNothingElse) {
  for (const char* text :
       {"",    " ",   "abc",  "1a",       "a1", "1 2",   "1,5",  "--1",   "+-1",   "-",
        "+",   ".",   "-.",   "1.2.3",    "e5", "1e",    "1e+",  "0x10",  "1_000", "nan",
        "NaN", "inf", "-inf", "infinity", "1f", "\"1\"", "1e39", "-1e39", "1e999", "٣"}) {
    EXPECT_EQ(parse_float(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_float(std::string_view("1\0", 2)), std::nullopt);
}

TEST(TextNumber, TooSmallForFloatIsZero) {
  EXPECT_EQ(parse_float("1e-60"), 0.0F);
  EXPECT_EQ(parse_float("-1e-60"), 0.0F);
  EXPECT_EQ(parse_float("1e-45"), std::numeric_limits<float>::denorm_min());
  // Below double too, however it is written.
  const std::string zeros(5000, '0');
  for (const std::string& text :
       std::vector<std::string>{"1e-400", "123.456e-400", "0.001e-99999999999999999999",
                                "1e-999999999999999999999", "0." + zeros + "1", "." + zeros + "1e3",
                                "1" + zeros + "e-9000", "0" + zeros + ".5e-9223372036854775807"}) {
    EXPECT_EQ(parse_float(text), 0.0F) << text;
    EXPECT_TRUE(std::signbit(parse_float("-" + text).value())) << text;
    EXPECT_FALSE(is_beyond_float(text)) << text;
  }
  EXPECT_EQ(parse_float("0e99999999999999999999").value_or(0), 0.0F);
}

// The fast way and from_chars agree to the bit, also next to the middle of two
// floats, where rounding twice would go wrong.
TEST(TextNumber, RoundsRight) {
  std::mt19937 random(1);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  for (int i = 0; i < 200000; ++i) {
    std::string text;
    const std::uint64_t digits = 1 + below(17);
    const std::uint64_t point = below(digits + 2);
    for (std::uint64_t k = 0; k < digits; ++k) {
      if (k == point) text += '.';
      text += static_cast<char>('0' + below(10));
    }
    ASSERT_EQ(parse_float(text), nearest(text)) << text;
  }
  for (int i = 0; i < 100000; ++i) {
    // The middle above a float in [1, 2^24), exact in decimal, and its neighbours.
    const auto low = static_cast<float>(1 + below(1U << 24)) / static_cast<float>(1U << below(24));
    const float high = std::nextafter(low, std::numeric_limits<float>::infinity());
    const double middle = (static_cast<double>(low) + static_cast<double>(high)) / 2;
    for (const int precision : {14, 15, 17, 30}) {
      const std::string text = fmt::format("{:.{}g}", middle, precision);
      if (text.find('e') != std::string::npos) continue;
      ASSERT_EQ(parse_float(text), nearest(text)) << text;
    }
  }
}

// A locale made here, with a comma where others have a point.
struct Comma : std::numpunct<char> {
  [[nodiscard]] char do_decimal_point() const override { return ','; }
  [[nodiscard]] char do_thousands_sep() const override { return '.'; }
  [[nodiscard]] std::string do_grouping() const override { return "\3"; }
};

TEST(TextNumber, DoesNotCareForTheLocale) {
  const std::locale before = std::locale::global(std::locale(std::locale(), new Comma));
  std::istringstream stream("2,5");
  double read = 0;
  stream >> read;
  ASSERT_EQ(read, 2.5) << "the locale is in force";
  // The C library's too, where one is installed.
  for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "nl_NL.UTF-8"}) {
    if (std::setlocale(LC_ALL, name) != nullptr) break;
  }
  EXPECT_EQ(parse_float("2.5"), 2.5F);
  EXPECT_EQ(parse_float("1234567.5"), 1234567.5F);
  EXPECT_EQ(parse_float("2.5e1"), 25.0F);
  EXPECT_EQ(parse_float("2,5"), std::nullopt);
  std::locale::global(before);
  std::setlocale(LC_ALL, "C");
}

TEST(TextNumber, KnowsTheWordsForWhatIsNotFinite) {
  for (const char* text : {"nan", "NaN", "-nan", "inf", "Inf", "+INF", " -Infinity "}) {
    EXPECT_TRUE(is_not_finite_text(text)) << text;
  }
  for (const char* text : {"", "na", "nano", "1", "info"}) {
    EXPECT_FALSE(is_not_finite_text(text)) << text;
  }
}

TEST(TextNumber, KnowsWhatIsBeyondFloat) {
  const std::string zeros(5000, '0');
  for (const std::string& text : std::vector<std::string>{
           "1e39", "-1e99", "+1e999", " 3.5e38", "1e400", "1" + zeros, "0.1e+99999999999999999999",
           "0." + zeros + "1e9000", "1" + zeros + "e-10"}) {
    EXPECT_EQ(parse_float(text), std::nullopt) << text;
    EXPECT_TRUE(is_beyond_float(text)) << text;
  }
  for (const char* text : {"", "1e", "1", "1e-60", "inf", "1e39x", "abc"}) {
    EXPECT_FALSE(is_beyond_float(text)) << text;
  }
}

}  // namespace
}  // namespace lockstep
