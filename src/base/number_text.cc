#include "base/number_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>

namespace lockstep {

std::string format_count(std::uint64_t count) {
  const std::string digits = std::to_string(count);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string format_percent(std::optional<double> fraction, int decimals) {
  return fraction ? fmt::format("{:.{}f}%", 100 * *fraction, decimals) : "-";
}

std::string format_interval(const Interval& interval) {
  return fmt::format("{} to {}", format_percent(interval.low), format_percent(interval.high));
}

std::string format_points(double difference) { return fmt::format("{:.2f}", 100 * difference); }

std::string format_cost(std::optional<double> cost) {
  if (!cost) return "-";
  return std::isnan(*cost) ? "nan" : fmt::format("{:#.4g}", *cost);
}

std::string format_measure(std::optional<double> value) {
  if (!value) return "-";
  return std::isnan(*value) ? "nan" : fmt::format("{:.3g}", *value);
}

std::string format_speed(double examples_per_second) {
  if (!(examples_per_second >= 0 && examples_per_second < 1e15)) return "-";
  return format_count(static_cast<std::uint64_t>(std::llround(examples_per_second)));
}

std::string format_duration(double seconds) {
  if (!std::isfinite(seconds)) return "-";
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::uint64_t>(std::llround(std::min(seconds, 1e15)));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", format_count(whole / 3600), whole % 3600 / 60);
}

std::string format_mebibytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1024.0 * 1024.0));
}

std::string format_quantity(std::uint64_t count, const std::string& noun) {
  return fmt::format("{} {}{}", format_count(count), noun, count == 1 ? "" : "s");
}

std::string format_bytes(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  constexpr std::array kUnits = {"kB", "MB", "GB", "TB", "PB", "EB"};
  while (value >= 999.95 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string format_megabytes_per_second(double bytes_per_second) {
  return fmt::format("{:.1f}", 1e-6 * bytes_per_second);
}

std::string format_epoch(double epoch) {
  return epoch == std::floor(epoch) ? fmt::format("{:.0f}", epoch) : fmt::format("{:.2f}", epoch);
}

}  // namespace lockstep
