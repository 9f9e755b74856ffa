#include "linalg/onednn.h"

#include <cstdint>
#include <new>

#include <dnnl.h>

#include "base/check.h"

// OpenMP's declaration. Its header is not included, because each compiler has its
// own and clang's tools cannot read GCC's.
extern "C" void omp_set_num_threads(int num_threads);

namespace lockstep::onednn {
namespace {

dnnl_dim_t to_dim(std::uint64_t n) { return static_cast<dnnl_dim_t>(n); }

char letter(Transpose transpose) { return transpose == Transpose::yes ? 'T' : 'N'; }

// oneDNN would divide a product with OpenMP, which has a separate number of threads for
// each calling thread.
void keep_to_the_calling_thread() {
  thread_local const bool done = (omp_set_num_threads(1), true);
  (void)done;
}

bool has_avx512(dnnl_cpu_isa_t isa) {
  return (isa & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core;
}

}  // namespace

bool is_preferred() {
  static const bool preferred = has_avx512(dnnl_get_effective_cpu_isa());
  return preferred;
}

void multiply(Transpose transpose_a, Transpose transpose_b, Matrix<const float> a,
              Matrix<const float> b, float beta, Matrix<float> c) {
  keep_to_the_calling_thread();
  const std::uint64_t depth = transpose_a == Transpose::yes ? a.rows : a.columns;
  const dnnl_status_t status = dnnl_sgemm(
      letter(transpose_a), letter(transpose_b), to_dim(c.rows), to_dim(c.columns), to_dim(depth),
      1.0F, a.data, to_dim(a.columns), b.data, to_dim(b.columns), beta, c.data, to_dim(c.columns));
  if (status == dnnl_out_of_memory) throw std::bad_alloc();
  check(status == dnnl_success, "oneDNN accepts the matrices");
}

std::string description() {
  const dnnl_version_t* version = dnnl_version();
  return "oneDNN " + std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
         std::to_string(version->patch) + " (AVX-512)";
}

}  // namespace lockstep::onednn
