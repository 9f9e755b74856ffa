#include "base/failure.h"

#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

template <typename Exception>
void expect_failure(const Exception& exception, ExitCode code, const std::string& message) {
  const Failure failure = failure_of(std::make_exception_ptr(exception));
  EXPECT_EQ(failure.code, code);
  EXPECT_EQ(failure.message, message);
}

TEST(Failure, IsWhatTheExceptionMeansToAUser) {
  expect_failure(Error(ExitCode::data, "text"), ExitCode::data, "text");
  expect_failure(
      std::filesystem::filesystem_error(
          "status", "run/loop", std::make_error_code(std::errc::too_many_symbolic_link_levels)),
      ExitCode::missing_input, "cannot reach run/loop: Too many levels of symbolic links");
  expect_failure(std::bad_alloc(), ExitCode::internal,
                 "out of memory; `lockstep check` predicts what a job needs");
  expect_failure(std::logic_error("text"), ExitCode::internal, "internal error: text");
  expect_failure(1, ExitCode::internal, "internal error");
}

}  // namespace
}  // namespace lockstep
