#pragma once
// The importance of a model's columns, for people and for programs. Pure.

#include <string>

#include "base/json_text.h"
#include "evaluate/importance.h"

namespace lockstep {

// The metric, a line for each of the 50 most important columns, and how to read them. The error and
// what it rises by are in percent and percentage points.
std::string importance_text(const Importance& importance);

// All columns, with every repeat.
Json importance_json(const Importance& importance);

}  // namespace lockstep
