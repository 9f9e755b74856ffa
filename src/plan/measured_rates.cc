#include "plan/measured_rates.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/input_file.h"
#include "base/median.h"

namespace lockstep {
namespace {

// The numbers `name` of all objects of a list.
std::vector<double> numbers(const nlohmann::json& list, const char* name) {
  std::vector<double> all;
  for (const nlohmann::json& object : list) {
    const double value = object.at(name).get<double>();
    if (!(value > 0)) throw std::domain_error(fmt::format("{} is {}", name, value));
    all.push_back(value);
  }
  return all;
}

}  // namespace

MachineRates measure_rates(const Job& job, int threads) {
  constexpr double kSeconds = 2;
  return {.step = measure_job(job, threads, kSeconds),
          .threads = threads,
          .slowdown = 1,
          .bytes_per_second = job.exchange.link_gigabits_per_second * 1e9 / 8,
          .latency_seconds = kUsualLatencySeconds};
}

bool take_doctors_rates(const std::string& file, MachineRates& rates) {
  const std::optional<std::string> text = read_if_there(file);
  if (!text) {
    throw Error(ExitCode::missing_input, fmt::format("--doctor {}: cannot open the file", file));
  }
  try {
    const nlohmann::json report = nlohmann::json::parse(*text);
    if (report.at("version") != 1) throw std::domain_error("its version is not 1");
    const std::vector<double> alone = numbers(report.at("ranks"), "flops_per_second_alone");
    const std::vector<double> together = numbers(report.at("ranks"), "flops_per_second_together");
    if (alone.empty()) throw std::domain_error("it has no ranks");
    rates.slowdown = std::max(1.0, median(alone) / median(together));
    const nlohmann::json& links = report.at("links");
    if (links.empty()) return false;
    rates.bytes_per_second = std::ranges::min(numbers(links, "bytes_per_second_both"));
    rates.latency_seconds = median(numbers(links, "latency_seconds"));
    return true;
  } catch (const nlohmann::json::exception&) {
    throw Error(ExitCode::data,
                fmt::format("{}: is not a report that `lockstep doctor --json` writes", file));
  } catch (const std::domain_error& error) {
    throw Error(ExitCode::data,
                fmt::format("{}: is not a report that `lockstep doctor --json` writes: {}", file,
                            error.what()));
  }
}

}  // namespace lockstep
