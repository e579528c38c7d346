// Vector kernels for float, one copy per CPU level: the same source compiled three times (float_math_body.inc). Results
// lie within a few units in the last place of the exact ones.
#pragma once

#include "core/platform/cpu.h"
#include "ops/loop.h"

namespace taper::impl {

struct FloatMath {
  // One input.
  Kernel exp, log, sigmoid, tanh, silu, gelu, gelu_tanh, relu;
  Kernel elu;  // params.real: alpha * scale, scale, input_scale
  // Two inputs. add and sub: params.real[0] is alpha.
  Kernel add, sub, mul, div;
  Kernel maximum, minimum;
  // out = clamp(x, real[0], real[1])
  Kernel clamp;
};

// The kernels of the level, or of the nearest lower one that this build has.
const FloatMath& float_math(CpuLevel level);

}  // namespace taper::impl
