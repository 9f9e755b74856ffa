#include "sweep/part.h"

#include <cstddef>
#include <optional>
#include <variant>

#include <fmt/format.h>

#include "base/error.h"
#include "base/parse_number.h"
#include "sweep/termination.h"
#include "sweep/trial_cost.h"

namespace lockstep {

SweepPart parse_part(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const auto number = parse_number<std::uint32_t>(text.substr(0, slash));
    const auto count = parse_number<std::uint32_t>(text.substr(slash + 1));
    if (number && count && *number >= 1 && *number <= *count) return {*number, *count};
  }
  throw Error(ExitCode::usage,
              fmt::format("--part {} is not a part of a sweep; --part 2/3 is the second of three "
                          "parts, and parts are counted from 1",
                          text));
}

std::string part_text(const SweepPart& part) {
  return fmt::format("{}/{}", part.number, part.count);
}

void check_divisible(const SweepConfig& sweep) {
  if (std::holds_alternative<NoTermination>(sweep.termination)) return;
  const bool halves = std::holds_alternative<SuccessiveHalving>(sweep.termination);
  throw Error(ExitCode::usage,
              fmt::format("a sweep with {} has no parts (--part, --collect), because the rule "
                          "compares trials while they are trained; write none {{}} in the sweep, "
                          "or train all trials in one program, side by side with --groups",
                          halves ? "successive_halving" : "median"));
}

void check_part(const SweepPart& part, const SweepConfig& sweep, const std::vector<Trial>& trials) {
  check_divisible(sweep);
  if (part.count > trials.size()) {
    throw Error(ExitCode::usage,
                fmt::format("--part {0}: the sweep has {1} trials, so it has at most {1} parts",
                            part_text(part), trials.size()));
  }
}

std::vector<std::uint32_t> trials_of_part(const SweepPart& part, const std::vector<Trial>& trials,
                                          std::uint64_t features) {
  std::vector<double> costs;
  costs.reserve(trials.size());
  for (const Trial& trial : trials) costs.push_back(estimated_cost(trial.loaded.job, features));
  const std::vector<int> index_of_part = share_out(costs, static_cast<int>(part.count));
  std::vector<std::uint32_t> numbers;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (index_of_part[i] + 1 == static_cast<int>(part.number)) numbers.push_back(trials[i].number);
  }
  return numbers;
}

}  // namespace lockstep
