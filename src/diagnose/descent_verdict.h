#pragma once
// Describes the result of the descent check in words (lecture 1.5, 1.7). Pure functions of it.

#include <string>

#include "diagnose/descent.h"

namespace lockstep {

// Whether J fell as it should.
bool passed(const DescentResult& result);

// The result, its likely cause and what to do, in one or more lines without a newline at the end.
std::string descent_verdict(const DescentResult& result);

}  // namespace lockstep
