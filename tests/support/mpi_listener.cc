#include "support/mpi_listener.h"

#include <cstddef>
#include <cstdio>
#include <sstream>
#include <vector>

#include "support/gather_text.h"

namespace lockstep {
namespace {

std::string describe(const testing::TestPartResult& part) {
  std::ostringstream text;
  text << (part.file_name() != nullptr ? part.file_name() : "unknown file") << ":"
       << part.line_number() << ": Failure\n"
       << part.message() << "\n";
  return text.str();
}

// `text` with `prefix` in front of each line.
std::string prefixed(const std::string& prefix, const std::string& text) {
  std::istringstream lines(text);
  std::string result;
  for (std::string line; std::getline(lines, line);) result += prefix + line + "\n";
  return result;
}

}  // namespace

MpiListener::MpiListener(MPI_Comm comm) : comm_(comm) { MPI_Comm_rank(comm_, &rank_); }

void MpiListener::OnTestStart(const testing::TestInfo& /*test*/) { failures_.clear(); }

void MpiListener::OnTestPartResult(const testing::TestPartResult& part) {
  if (!part.failed()) return;
  const std::string text = describe(part);
  failures_ += text;
  if (rank_ == 0) return;
  const std::string echo = prefixed("[rank " + std::to_string(rank_) + "] ", text);
  std::fputs(echo.c_str(), stderr);
}

void MpiListener::OnTestEnd(const testing::TestInfo& test) {
  const std::vector<std::string> failures = gather_text(comm_, failures_);
  const std::vector<std::string> skips =
      gather_text(comm_, test.result()->Skipped() ? "skipped" : "");
  if (rank_ != 0) return;
  for (std::size_t rank = 1; rank < failures.size(); ++rank) {
    if (!failures[rank].empty()) {
      ADD_FAILURE() << "failed on rank " << rank << ":\n" << failures[rank];
    }
    if (skips[rank] != skips[0]) {
      ADD_FAILURE() << "skipped on rank " << (skips[0].empty() ? rank : 0) << " but not on rank "
                    << (skips[0].empty() ? 0 : rank);
    }
  }
}

}  // namespace lockstep
