#pragma once
// Rules between the fields of a source, for each format that has some.

#include <string>

#include "config/value_checks.h"

namespace lockstep {

namespace proto {
class Source;
}

// Of the source at `path`.
void check_formats(const ValueChecks& checks, const proto::Source& source, const std::string& path);

}  // namespace lockstep
