#pragma once
// How long a step takes at several numbers of nodes, as a table and as JSON. Pure.

#include <string>

#include "base/json_text.h"
#include "plan/node_plan.h"

namespace lockstep {

std::string plan_text(const PlanReport& report);
// The object that docs/commands.md describes.
Json plan_json(const PlanReport& report);

}  // namespace lockstep
