#pragma once
// The functions of the specification: SLEEF's reproducible set, in its scalar version.

#include <sleef.h>

namespace reference {

inline float exp(float x) { return Sleef_finz_expf1_u10purecfma(x); }
inline float expm1(float x) { return Sleef_finz_expm1f1_u10purecfma(x); }
inline float log(float x) { return Sleef_finz_logf1_u10purecfma(x); }
inline float log1p(float x) { return Sleef_finz_log1pf1_u10purecfma(x); }
inline float tanh(float x) { return Sleef_finz_tanhf1_u10purecfma(x); }
inline float erfc(float x) { return Sleef_finz_erfcf1_u15purecfma(x); }

inline double log(double x) { return Sleef_finz_logd1_u10purecfma(x); }
inline double pow(double x, double y) { return Sleef_finz_powd1_u10purecfma(x, y); }
inline double sin(double x) { return Sleef_finz_sind1_u10purecfma(x); }
inline double cos(double x) { return Sleef_finz_cosd1_u10purecfma(x); }

}  // namespace reference
