#include "doctor/product.h"

#include <gtest/gtest.h>

#include "linalg/gemm.h"

namespace lockstep {
namespace {

TEST(Product, RatesArePositive) {
  use_one_blas_thread();
  const ProductShape shape{.rows = 8, .inputs = 16, .units = 4};
  EXPECT_EQ(shape.flops(), 1024);
  EXPECT_GT(flops_alone(shape, 0.001), 0);
  EXPECT_GT(flops_together(shape, 3, 0.001), 0);
}

}  // namespace
}  // namespace lockstep
