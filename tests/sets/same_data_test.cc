#include "sets/same_data.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace lockstep {
namespace {

using testing::HasSubstr;

// What a run is told whose data has these fingerprints, where those before had "t" and
// `dev`; empty: it continues.
std::string refusal(const std::string& dev, const std::string& train_now,
                    const std::string& dev_now) {
  RunStart start;
  start.train_fingerprint = train_now;
  start.dev_fingerprint = dev_now;
  try {
    SameData({"t", dev}, "trial 3").on_start(start);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::data);
    return error.what();
  }
}

TEST(SameData, TrainingAndDevAreBothCompared) {
  EXPECT_EQ(refusal("d", "t", "d"), "");
  EXPECT_EQ(refusal("", "t", ""), "");
  EXPECT_THAT(refusal("d", "u", "d"),
              HasSubstr("the training data is not that of trial 3 (fingerprint u, there t)"));
  EXPECT_THAT(refusal("d", "t", "e"),
              HasSubstr("the dev data is not that of trial 3 (fingerprint e, there d)"));
  EXPECT_THAT(refusal("d", "t", ""), HasSubstr("(fingerprint none, there d)"));
  EXPECT_THAT(refusal("", "t", "d"), HasSubstr("(fingerprint d, there none)"));
}

}  // namespace
}  // namespace lockstep
