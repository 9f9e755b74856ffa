#pragma once
// Elementary functions whose bits are the same on every CPU: those of SLEEF's reproducible set
// (Sleef_finz_*). Their results depend neither on the CPU nor on the version of the C library.
// Errors are at most 1.001 units in the last place, for erfc 1.5. NaN gives NaN.
//
// std::sqrt, fma, abs, floor, ceil and round are exact everywhere, and used as they are.

namespace lockstep::numerics {

float exp(float x);
double exp(double x);

float expm1(float x);
double expm1(double x);

float log(float x);
double log(double x);

// Infinite above 1e38 (float) or 1e307 (double), and 0 for denormal x.
float log1p(float x);
double log1p(double x);

float log10(float x);
double log10(double x);

float tanh(float x);
double tanh(double x);

float erfc(float x);
double erfc(double x);

float sin(float x);
double sin(double x);

float cos(float x);
double cos(double x);

float pow(float base, float exponent);
double pow(double base, double exponent);

// The length of the vector (x, y).
float hypot(float x, float y);
double hypot(double x, double y);

}  // namespace lockstep::numerics
