#pragma once
// The result of a gradient check, for people and for programs. Nothing in them
// depends on the layout.

#include <string>

#include "base/json_text.h"
#include "diagnose/gradcheck.h"

namespace lockstep {

// A table of tensors for each set of weights, with the worst entries of tensors
// that are not great and where to look when the check fails.
std::string gradcheck_text(const GradcheckResult& result);

// The same, with the worst entries of every tensor.
Json gradcheck_json(const GradcheckResult& result);

}  // namespace lockstep
