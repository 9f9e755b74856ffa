#pragma once
// The result of a gradient check, for people and for programs. It does not depend on
// the layout.

#include <string>

#include "base/json_text.h"
#include "diagnose/gradcheck.h"

namespace lockstep {

// A table of tensors for each set of weights, with the worst entries of tensors whose
// verdict is not "great", and a hint to the error if the check fails.
std::string gradcheck_text(const GradcheckResult& result);

// The same as JSON, with the worst entries of every tensor.
Json gradcheck_json(const GradcheckResult& result);

}  // namespace lockstep
