#include "numerics/functions.h"

// Has sleef.h declare the functions on fused multiply-adds, with whatever flags it is compiled.
#ifndef FP_FAST_FMA
#define FP_FAST_FMA
#endif
#include <sleef.h>

namespace lockstep::numerics {

float exp(float x) { return Sleef_finz_expf1_u10purecfma(x); }
double exp(double x) { return Sleef_finz_expd1_u10purecfma(x); }

float expm1(float x) { return Sleef_finz_expm1f1_u10purecfma(x); }
double expm1(double x) { return Sleef_finz_expm1d1_u10purecfma(x); }

float log(float x) { return Sleef_finz_logf1_u10purecfma(x); }
double log(double x) { return Sleef_finz_logd1_u10purecfma(x); }

float log1p(float x) { return Sleef_finz_log1pf1_u10purecfma(x); }
double log1p(double x) { return Sleef_finz_log1pd1_u10purecfma(x); }

float log10(float x) { return Sleef_finz_log10f1_u10purecfma(x); }
double log10(double x) { return Sleef_finz_log10d1_u10purecfma(x); }

float tanh(float x) { return Sleef_finz_tanhf1_u10purecfma(x); }
double tanh(double x) { return Sleef_finz_tanhd1_u10purecfma(x); }

float erfc(float x) { return Sleef_finz_erfcf1_u15purecfma(x); }
double erfc(double x) { return Sleef_finz_erfcd1_u15purecfma(x); }

float sin(float x) { return Sleef_finz_sinf1_u10purecfma(x); }
double sin(double x) { return Sleef_finz_sind1_u10purecfma(x); }

float cos(float x) { return Sleef_finz_cosf1_u10purecfma(x); }
double cos(double x) { return Sleef_finz_cosd1_u10purecfma(x); }

float pow(float base, float exponent) { return Sleef_finz_powf1_u10purecfma(base, exponent); }
double pow(double base, double exponent) { return Sleef_finz_powd1_u10purecfma(base, exponent); }

float hypot(float x, float y) { return Sleef_finz_hypotf1_u05purecfma(x, y); }
double hypot(double x, double y) { return Sleef_finz_hypotd1_u05purecfma(x, y); }

}  // namespace lockstep::numerics
