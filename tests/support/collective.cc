#include "support/collective.h"

#include <stdlib.h>  // NOLINT: mkdtemp is POSIX, not in <cstdlib>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "support/gather_text.h"

namespace lockstep {
namespace {

// A directory that lives as long as the object. An empty path owns nothing.
class TempDir {
 public:
  explicit TempDir(std::filesystem::path path) : path_(std::move(path)) {}
  ~TempDir() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::filesystem::path make_temp_dir() {
  std::string path = testing::TempDir() + "lockstep-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) throw std::runtime_error("cannot make " + path);
  return path;
}

// The parent of all directories of this process: only rank 0 makes one.
const std::filesystem::path& temp_root() {
  static const TempDir root(test_rank() == 0 ? make_temp_dir() : std::filesystem::path());
  return root.path();
}

}  // namespace

MPI_Comm test_communicator() {
  static const MPI_Comm comm = [] {
    MPI_Comm duplicate = MPI_COMM_NULL;
    MPI_Comm_dup(MPI_COMM_WORLD, &duplicate);
    return duplicate;
  }();
  return comm;
}

int test_rank() {
  int rank = 0;
  MPI_Comm_rank(test_communicator(), &rank);
  return rank;
}

int test_size() {
  int size = 0;
  MPI_Comm_size(test_communicator(), &size);
  return size;
}

testing::AssertionResult on_all_ranks(bool holds, std::string_view detail) {
  std::string report;  // empty, or "!" and the detail
  if (!holds) report.append("!").append(detail);
  const std::vector<std::string> reports = gather_text(test_communicator(), report);
  testing::AssertionResult result = testing::AssertionSuccess();
  for (std::size_t rank = 0; rank < reports.size(); ++rank) {
    if (reports[rank].empty()) continue;
    result = result ? testing::AssertionFailure() : result << "\n";
    result << "[rank " << rank << "] does not hold";
    if (reports[rank].size() > 1) result << ": " << reports[rank].substr(1);
  }
  return result;
}

testing::AssertionResult same_on_all_ranks(std::string_view bytes) {
  const std::vector<std::string> all = gather_text(test_communicator(), bytes);
  for (std::size_t rank = 1; rank < all.size(); ++rank) {
    if (all[rank] == all[0]) continue;
    return testing::AssertionFailure()
           << "rank " << rank << " has " << testing::PrintToString(all[rank]) << ", rank 0 has "
           << testing::PrintToString(all[0]);
  }
  return testing::AssertionSuccess();
}

std::filesystem::path collective_temp_dir() {
  static int made = 0;
  std::string mine;
  if (test_rank() == 0) {
    const std::filesystem::path dir = temp_root() / std::to_string(made++);
    std::filesystem::create_directory(dir);
    mine = dir.string();
  }
  return gather_text(test_communicator(), mine)[0];
}

}  // namespace lockstep
