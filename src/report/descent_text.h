#pragma once
// The result of the descent check, for people and for scripts.

#include <cstdint>
#include <string>

#include "base/json_text.h"
#include "diagnose/descent.h"

namespace lockstep {

// What was checked.
struct DescentSubject {
  std::string job;
  std::uint64_t parameters = 0;
  std::uint64_t examples = 0;  // examples in every step
  std::uint64_t train_examples = 0;
  std::string rate_from;  // why this learning rate: "of the job", "--learning-rate"
};

// The subject, J after a selection of the steps, the smaller steps, and the verdict.
std::string descent_text(const DescentSubject& subject, const DescentResult& result);

Json descent_json(const DescentSubject& subject, const DescentResult& result);

}  // namespace lockstep
