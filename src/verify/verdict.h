#pragma once
// What a verification says at its end. Pure.

#include <string>

#include "verify/verification.h"
#include "verify/verified_range.h"

namespace lockstep {

// One line for people, of a verification that found no difference.
std::string verdict_text(const Verification& verification, const VerifiedRange& range);

// {"verified", "from", "to", "evaluations", "summary" (whether it was compared), "weights_digest",
// "not_compared" (fields), "not_recorded" (steps), "parts_at" (a step, or null), "differences":
// [{"field", "recorded", "again"}, ...]}.
std::string verdict_json(const Verification& verification, const VerifiedRange& range);

}  // namespace lockstep
