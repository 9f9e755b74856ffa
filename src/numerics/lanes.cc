#include "numerics/lanes.h"

#if defined(__AVX2__)
#include <sleef.h>
#endif

namespace lockstep::numerics {

#if defined(__AVX2__)

Lanes exp(Lanes x) { return Lanes(Sleef_finz_expf8_u10avx2(x.vector())); }
Lanes expm1(Lanes x) { return Lanes(Sleef_finz_expm1f8_u10avx2(x.vector())); }
Lanes log1p(Lanes x) { return Lanes(Sleef_finz_log1pf8_u10avx2(x.vector())); }
Lanes tanh(Lanes x) { return Lanes(Sleef_finz_tanhf8_u10avx2(x.vector())); }
Lanes erfc(Lanes x) { return Lanes(Sleef_finz_erfcf8_u15avx2(x.vector())); }

#else

namespace {

Lanes lane_by_lane(float (*function)(float), Lanes x) {
  auto values = x.values();
  for (float& value : values) value = function(value);
  return Lanes(values);
}

}  // namespace

Lanes exp(Lanes x) { return lane_by_lane(exp, x); }
Lanes expm1(Lanes x) { return lane_by_lane(expm1, x); }
Lanes log1p(Lanes x) { return lane_by_lane(log1p, x); }
Lanes tanh(Lanes x) { return lane_by_lane(tanh, x); }
Lanes erfc(Lanes x) { return lane_by_lane(erfc, x); }

#endif

}  // namespace lockstep::numerics
