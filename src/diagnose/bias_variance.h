#pragma once
// Bias, variance and data mismatch read from errors (lecture 1.2; mismatch 1.1).

#include <cstdint>
#include <optional>

#include "config/job.h"
#include "records/diagnosis.h"

namespace lockstep {

// A fraction of wrong answers, or a relative RMSE with its standard error, and the number of
// examples (above 0) that it was measured on.
struct SetError {
  double error = 0;
  std::uint64_t examples = 0;
  std::optional<double> standard_error = {};
};

// The number of wrong answers behind an error rate.
inline double wrong_answers(double error, std::uint64_t examples) {
  return error * static_cast<double>(examples);
}

struct RunErrors {
  bool of_values = false;  // as in Diagnosis
  SetError train;
  double train_floor = 0;  // as in Diagnosis
  std::optional<SetError> train_dev, dev, test;
  // Dev has a source of its own, or comes from data.held_out, so its distribution may differ from
  // that of train.
  bool dev_from_elsewhere = false;
  // Dev and test have different distributions, as the job declares.
  bool dev_and_test_differ = false;
  // There is a test set, but it was not evaluated: `test` is absent.
  bool test_unseen = false;
};

// The error with its interval. Pure.
MeasuredError measured(const SetError& set);

// Pure. Returns the errors with their intervals, the gaps between them, which gaps are high by the
// rule of `config` (`Diagnosis` in proto/job.proto), and the verdict; no recipe. The notes say
// what cannot be determined because a set is missing.
Diagnosis diagnose_errors(const RunErrors& errors, const DiagnosisConfig& config);

// The diagnosis of a run whose loss has no error rate, which has no verdict.
Diagnosis no_error_rate(const DiagnosisConfig& config);

}  // namespace lockstep
