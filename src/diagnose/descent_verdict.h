#pragma once
// The descent check in words (lecture 1.5, 1.7). Pure functions of its result.

#include <string>

#include "diagnose/descent.h"

namespace lockstep {

// Whether J fell as it must.
bool passed(const DescentResult& result);

// "fell", "rate_too_large": a stable name for scripts.
const char* name_of(DescentOutcome outcome);

// What came out, what is likely, and what to do, in one or more lines without a
// newline at the end.
std::string descent_verdict(const DescentResult& result);

}  // namespace lockstep
