#include "base/number_text.h"

#include <cstdint>
#include <limits>
#include <optional>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(NumberText, Count) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1000), "1,000");
  EXPECT_EQ(format_count(1234567), "1,234,567");
  EXPECT_EQ(format_count(std::numeric_limits<std::uint64_t>::max()), "18,446,744,073,709,551,615");
}

TEST(NumberText, Numbers) {
  EXPECT_EQ(format_percent(0.10942), "10.94%");
  EXPECT_EQ(format_percent(std::nullopt), "-");
  EXPECT_EQ(format_interval({.low = 0.08291, .high = 0.12018}), "8.29% to 12.02%");
  EXPECT_EQ(format_points(0.03714), "3.71");
  EXPECT_EQ(format_points(-0.5), "-50.00");
  EXPECT_EQ(format_cost(0.31214), "0.3121");
  EXPECT_EQ(format_cost(1.0), "1.000");
  EXPECT_EQ(format_cost(1.2e6), "1.200e+06");
  EXPECT_EQ(format_cost(kNan), "nan");
  EXPECT_EQ(format_cost(-kNan), "nan") << "the sign of a result such as 0 / 0 depends on the CPU";
  EXPECT_EQ(format_cost(std::nullopt), "-");
  EXPECT_EQ(format_speed(24310.4), "24,310");
  EXPECT_EQ(format_speed(kInfinity), "-");
  EXPECT_EQ(format_epoch(5), "5");
  EXPECT_EQ(format_epoch(2.5), "2.50");
  EXPECT_EQ(format_quantity(1, "rank"), "1 rank");
  EXPECT_EQ(format_quantity(0, "rank"), "0 ranks");
}

TEST(NumberText, Bytes) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(999), "999 B");
  EXPECT_EQ(format_bytes(1000), "1.0 kB");
  EXPECT_EQ(format_bytes(999'949), "999.9 kB");
  EXPECT_EQ(format_bytes(999'950), "1.0 MB");
  EXPECT_EQ(format_bytes(14'909'440), "14.9 MB");
  EXPECT_EQ(format_bytes(3'000'000'000), "3.0 GB");
  EXPECT_EQ(format_bytes(18'446'744'073'709'551'615U), "18.4 EB");
}

TEST(NumberText, Mebibytes) {
  EXPECT_EQ(format_mebibytes(0), "0.0 MiB");
  EXPECT_EQ(format_mebibytes(3 << 19), "1.5 MiB");
}

TEST(NumberText, Duration) {
  EXPECT_EQ(format_duration(0.84), "0.8 s");
  EXPECT_EQ(format_duration(9.96), "10 s");
  EXPECT_EQ(format_duration(59.6), "1 min 00 s");
  EXPECT_EQ(format_duration(185), "3 min 05 s");
  EXPECT_EQ(format_duration(60), "1 min 00 s");
  EXPECT_EQ(format_duration(3599), "59 min 59 s");
  EXPECT_EQ(format_duration(3600), "1 h 00 min");
  EXPECT_EQ(format_duration(7620), "2 h 07 min");
  EXPECT_EQ(format_duration(kInfinity), "-");
  EXPECT_EQ(format_duration(kNan), "-");
}

}  // namespace
}  // namespace lockstep
