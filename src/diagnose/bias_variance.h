#pragma once
// Bias, variance and data mismatch read from errors (lecture 1.2; mismatch 1.1).

#include <cstdint>
#include <optional>

#include "config/job.h"
#include "records/diagnosis.h"

namespace lockstep {

// A fraction of wrong answers and the number of examples, above 0, it is of.
struct SetError {
  double error = 0;
  std::uint64_t examples = 0;
};

struct RunErrors {
  SetError train;
  double train_floor = 0;  // as in Diagnosis
  std::optional<SetError> train_dev, dev, test;
  // Dev has a source of its own, or is of data.held_out: it may be of another
  // distribution than train.
  bool dev_from_elsewhere = false;
  // Dev and test are of different distributions, as the job says.
  bool dev_and_test_differ = false;
  // There is a test set, and nobody looked at it: `test` is absent.
  bool test_unseen = false;
};

// With its interval. Pure.
MeasuredError measured(const SetError& set);

// Pure. The errors with their intervals, the gaps between them, which of those
// are high by the rule of `config` (`Diagnosis` in proto/job.proto), and the
// verdict; no recipe. What cannot be said without a set is told in the notes.
Diagnosis diagnose_errors(const RunErrors& errors, const DiagnosisConfig& config);

// The diagnosis of a run whose loss has no error rate: that there is none.
Diagnosis no_error_rate(const DiagnosisConfig& config);

}  // namespace lockstep
