#include "base/failure.h"

#include <filesystem>
#include <new>

#include <fmt/format.h>

namespace lockstep {

Failure failure_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const Error& known) {
    return {known.code(), known.what()};
  } catch (const std::filesystem::filesystem_error& refused) {
    return {ExitCode::missing_input,
            fmt::format("cannot reach {}: {}", refused.path1().string(), refused.code().message())};
  } catch (const std::bad_alloc&) {
    return {ExitCode::internal, "out of memory; `lockstep check` predicts what a job needs"};
  } catch (const std::exception& unknown) {
    return {ExitCode::internal, fmt::format("internal error: {}", unknown.what())};
  } catch (...) {
    return {ExitCode::internal, "internal error"};
  }
}

}  // namespace lockstep
