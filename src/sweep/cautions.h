#pragma once
// Warnings about a sweep, to be read before its table is believed.

#include <string>
#include <vector>

#include "config/sweep.h"
#include "sweep/trials.h"

namespace lockstep {

// Lines that begin with "caution: ", in this order, each only where it applies: trials whose dev
// sets differ are not compared on the same examples (1.4), and early stopping in a sweep over
// regularization couples two tasks (1.8). Pure.
std::vector<std::string> sweep_cautions(const SweepConfig& sweep, const std::vector<Trial>& trials);

}  // namespace lockstep
