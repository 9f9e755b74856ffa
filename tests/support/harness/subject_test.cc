// What the harness is tried on: one passing suite, and tests that must fail in a
// given way. The latter are disabled; expect_failure.sh asks for them by name.

#include <mpi.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/collective.h"
#include "support/gather_text.h"

namespace lockstep {
namespace {

// The last rank; alone, rank 0 plays the part.
bool is_culprit() { return test_rank() == test_size() - 1; }

TEST(Harness, GathersTextsOfDifferentLengths) {
  const std::string mine(static_cast<std::size_t>(test_rank()), 'x');
  const std::vector<std::string> all = gather_text(test_communicator(), mine);
  ASSERT_EQ(all.size(), static_cast<std::size_t>(test_size()));
  for (std::size_t rank = 0; rank < all.size(); ++rank) EXPECT_EQ(all[rank].size(), rank);
}

TEST(Harness, CollectiveAssertionHasTheSameAnswerEverywhere) {
  EXPECT_TRUE(on_all_ranks(true));
  const testing::AssertionResult result = on_all_ranks(!is_culprit(), "a detail");
  EXPECT_FALSE(result);
  const std::string culprit = "[rank " + std::to_string(test_size() - 1) + "]";
  EXPECT_EQ(std::string(result.message()), culprit + " does not hold: a detail");
}

TEST(Harness, ComparesBytesOfAllRanks) {
  EXPECT_TRUE(same_on_all_ranks("same"));
  if (test_size() > 1) {
    EXPECT_FALSE(same_on_all_ranks(std::to_string(test_rank())));
  }
}

TEST(Harness, TempDirIsCommonEmptyAndNew) {
  const std::filesystem::path dir = collective_temp_dir();
  EXPECT_TRUE(same_on_all_ranks(dir.string()));
  EXPECT_TRUE(std::filesystem::is_empty(dir));
  EXPECT_NE(dir, collective_temp_dir());
}

TEST(Harness, SkipsUniformly) { GTEST_SKIP() << "on every rank"; }

TEST(HarnessCulprit, DISABLED_Fails) { EXPECT_FALSE(is_culprit()) << "only here"; }

TEST(HarnessCulprit, DISABLED_Throws) {
  if (is_culprit()) throw std::runtime_error("thrown only here");
  MPI_Barrier(test_communicator());
}

TEST(HarnessCulprit, DISABLED_Skips) {
  if (is_culprit()) GTEST_SKIP() << "only here";
}

TEST(HarnessCulprit, DISABLED_AssertsCollectively) {
  ASSERT_TRUE(on_all_ranks(!is_culprit(), "only here"));
  FAIL() << "no rank may come this far";
}

}  // namespace
}  // namespace lockstep
