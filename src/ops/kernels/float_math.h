// Vector kernels for float and double, one copy per CPU level: the same source compiled three times (float_math_body.inc).
// Results lie within a few units in the last place of the exact ones; a test holds them against the plain kernels at
// every level, on every tail length, in place, on NaN and infinities.
#pragma once

#include "core/platform/cpu.h"
#include "ops/loop.h"

namespace taper::impl {

struct FloatMath {
  // One input.
  Kernel exp, expm1, log, sigmoid, tanh, sin, cos, erf;
  Kernel sqrt, rsqrt, reciprocal, square, neg, abs, floor, ceil, trunc, round;
  Kernel relu, silu, gelu, gelu_tanh, hardswish, hardsigmoid, log_sigmoid, mish;
  Kernel leaky_relu;  // params.real[0]: slope
  Kernel elu;         // params.real: alpha * scale, scale, input_scale
  Kernel softplus;    // params.real: beta, threshold
  Kernel clamp;       // params.real: low, high
  // Two inputs. add and sub: params.real[0] is alpha.
  Kernel add, sub, mul, div, maximum, minimum;
};

struct DoubleMath {
  Kernel exp, log, sigmoid, tanh, sin, cos, sqrt, silu;
};

// What the vector loops leave out: sines of arguments too large for their reduction.
float sin_scalar(float x);
float cos_scalar(float x);
double sin_scalar(double x);
double cos_scalar(double x);

// The kernels of the level, or of the nearest lower one that this build has.
const FloatMath& float_math(CpuLevel level);
const DoubleMath& double_math(CpuLevel level);

}  // namespace taper::impl
