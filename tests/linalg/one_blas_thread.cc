// Part of every test program that multiplies matrices: the one call that must
// come before the first product.

#include <gtest/gtest.h>

#include "linalg/gemm.h"

namespace lockstep {
namespace {

class OneBlasThread : public testing::Environment {
 public:
  void SetUp() override { use_one_blas_thread(); }
};

// GoogleTest owns it.
[[maybe_unused]] const testing::Environment* const kRegistered =
    testing::AddGlobalTestEnvironment(new OneBlasThread);

}  // namespace
}  // namespace lockstep
