#pragma once
// An environment that has only the variables which a test gives.

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "comm/preflight.h"

namespace lockstep {

inline Environment with(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

}  // namespace lockstep
