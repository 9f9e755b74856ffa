#pragma once
// Numbers as text for people. Pure.

#include <cstdint>
#include <optional>
#include <string>

#include "base/binomial.h"

namespace lockstep {

// 1234567 -> "1,234,567".
std::string format_count(std::uint64_t count);

// 0.10942 -> "10.94%", or "11%" without decimals; absent -> "-".
std::string format_percent(std::optional<double> fraction, int decimals = 2);

// An interval of fractions: "8.29% to 12.02%".
std::string format_interval(const Interval& interval);

// The difference of two fractions in percentage points, without the word: 0.0371 -> "3.71".
std::string format_points(double difference);

// Four significant digits: "0.3121", "1.204e+06"; absent -> "-".
std::string format_cost(std::optional<double> cost);

// Three significant digits: "0.312", "1.2e+06", "nan"; absent -> "-".
std::string format_measure(std::optional<double> value);

// Examples per second as a whole number; "-" when not finite.
std::string format_speed(double examples_per_second);

// "0.8 s", "42 s", "3 min 05 s", "2 h 07 min"; "-" when not finite.
std::string format_duration(double seconds);

// Bytes as "12.3 MiB".
std::string format_mebibytes(std::uint64_t bytes);

// "1,863,690 parameters" from a count and a noun in the singular.
std::string format_quantity(std::uint64_t count, const std::string& noun);

// "999 B", "4.1 kB", "14.9 MB", "1.0 GB": powers of 1000, as rates of networks are given.
std::string format_bytes(std::uint64_t bytes);

// Bytes per second in millions: "117.3", for MB/s.
std::string format_megabytes_per_second(double bytes_per_second);

// Epochs: "5" or "2.50".
std::string format_epoch(double epoch);

}  // namespace lockstep
