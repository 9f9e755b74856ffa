#pragma once
// Checks of a source's format, the format of IDX apart.

#include <string>

#include "config/value_checks.h"

namespace lockstep {

namespace proto {
class Source;
}

// Of the source at `path`.
void check_formats(const ValueChecks& checks, const proto::Source& source, const std::string& path);

}  // namespace lockstep
