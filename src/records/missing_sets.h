#pragma once
// What is not known about new examples when a set is missing, or when dev and test differ (1.1).

namespace lockstep {

inline constexpr const char* kNoTestSet =
    "no test set: the dev error is not an unbiased estimate, which is fine if none is needed (1.1)";
inline constexpr const char* kNoDevSet =
    "no dev set: the test error is unbiased only if nothing is chosen by it (1.1)";
inline constexpr const char* kNoDevOrTestSet =
    "no dev or test set: the training error does not estimate the error on new examples (1.1)";
inline constexpr const char* kDevAndTestDiffer =
    "dev and test have different distributions: the best model on dev may not be the best on test "
    "(1.1)";

}  // namespace lockstep
