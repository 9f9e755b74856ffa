#pragma once
// Validation of rules between the fields of a source, for each format that has such rules.

#include <string>

#include "config/value_checks.h"

namespace lockstep {

namespace proto {
class Source;
}

// Checks the source at `path`.
void check_formats(const ValueChecks& checks, const proto::Source& source, const std::string& path);

}  // namespace lockstep
