#include "data/written_number.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(WrittenNumber, DecimalCommas) {
  for (const char* text : {"1,5", "-0,25", " 3, ", "1,500"}) EXPECT_TRUE(has_decimal_comma(text));
  for (const char* text : {"1.5", "1,2,3", ",", "a,5", "1.000,5", ""}) {
    EXPECT_FALSE(has_decimal_comma(text)) << text;
  }
}

TEST(WrittenNumber, ThousandsSeparators) {
  for (const char* text : {"1,234", "1,234.5", "-12,345,678", "+1.234.567,8", "1 234", "1'234.50",
                           " 999,999 ", "1 234,5"}) {
    EXPECT_TRUE(has_thousands_separators(text)) << text;
  }
  for (const char* text : {"1234", "1234.5", "0,123", "1,23", "12,34,567", "1,234,56", "1,2345",
                           "1234,567", "1,234.5.6", "1,234 567", ",234", "1.5", "", "-"}) {
    EXPECT_FALSE(has_thousands_separators(text)) << text;
  }
}

TEST(WrittenNumber, Percentages) {
  for (const char* text : {"5%", "-0.5 %", "1,5%", "1,234.5%"}) EXPECT_TRUE(is_percentage(text));
  for (const char* text : {"%", "5", "%5", "a%", "5%%", ""}) EXPECT_FALSE(is_percentage(text));
}

TEST(WrittenNumber, AmountsOfMoney) {
  for (const char* text : {"$5", "-$1,234.50", "$-5", "5 €", "£1.5", "¥100", "1.234,50€", "₹7",
                           "USD 5", "EUR1.50", "-1,234.50 CHF"}) {
    EXPECT_TRUE(is_amount_of_money(text)) << text;
  }
  for (const char* text : {"$", "5", "$a", "$$5", "€", "5$5", "USD", "ABC 5", "usd 5", ""}) {
    EXPECT_FALSE(is_amount_of_money(text)) << text;
  }
}

TEST(WrittenNumber, Units) {
  for (const char* text :
       {"5 kg", "12kg", "-1.5 km/h", " 20 °C ", "3 m²", "1,234.5 µm", "1e5 Pa"}) {
    EXPECT_TRUE(has_unit(text)) << text;
  }
  for (const char* text : {"5", "kg", "5 /h", "5 kg 3", "5 m2", "a5 kg", "5 or more", "5-kg", ""}) {
    EXPECT_FALSE(has_unit(text)) << text;
  }
}

TEST(WrittenNumber, UnicodeMinus) {
  for (const char* text : {"−5", " −0.25", "−1,234.5"}) EXPECT_TRUE(has_unicode_minus(text));
  for (const char* text : {"-5", "5", "−", "−-5", "−−5", "−a", "5−", ""}) {
    EXPECT_FALSE(has_unicode_minus(text)) << text;
  }
}

}  // namespace
}  // namespace lockstep
