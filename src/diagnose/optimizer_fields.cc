#include "diagnose/optimizer_fields.h"

#include <fmt/format.h>

namespace lockstep {

std::string learning_rate_line(const Optimizer& optimizer, double rate) {
  return fmt::format("optimizer.{}.learning_rate={:g}", optimizer_name(optimizer), rate);
}

}  // namespace lockstep
