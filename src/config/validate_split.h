#pragma once
// Validation of the origins of the dev and test sets (lecture 1.1).

#include "config/value_checks.h"

namespace lockstep {

namespace proto {
class Data;
}

// Checks data.split, and that the sources of train, dev and test fit together.
void check_split(const ValueChecks& checks, const proto::Data& data);

}  // namespace lockstep
