#pragma once
// The parts of a sweep that is trained by several programs, each with its share of the trials.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/sweep.h"
#include "sweep/trials.h"

namespace lockstep {

// Part `number` of `count`, from 1.
struct SweepPart {
  std::uint32_t number = 1;
  std::uint32_t count = 1;
};

// Reads "2/3". Throws Error(usage) when the text is not a part. Local.
SweepPart parse_part(std::string_view text);

// "2/3"
std::string part_text(const SweepPart& part);

// Throws Error(usage) when the sweep has a rule that compares trials while they are trained, which
// needs all of them in one program. Local.
void check_divisible(const SweepConfig& sweep);

// Throws as check_divisible does, and Error(usage) when there are more parts than trials. Local.
void check_part(const SweepPart& part, const SweepConfig& sweep, const std::vector<Trial>& trials);

// The numbers of the trials that the part trains, ascending. Every trial is in exactly one part,
// every part has one, and the estimated costs of the parts differ as little as share_out can make
// them. `features`: number of an example's features. Pure.
std::vector<std::uint32_t> trials_of_part(const SweepPart& part, const std::vector<Trial>& trials,
                                          std::uint64_t features);

}  // namespace lockstep
