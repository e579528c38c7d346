// Draws from the generator and the distributions that PyTorch's CPU kernels make of them: the same seed gives the same
// numbers. A fill takes a tensor whose elements it writes in the order of memory.
//
//   Tensor noise = make_tensor({2, 3}, DType::kFloat);
//   fill_normal(ctx, noise, 0, 1, ctx.generator());   // torch.randn(2, 3)
#pragma once

#include "core/boxing.h"

namespace taper::impl::aten {

// [0, 1) in steps of 2^-53 and of 2^-24. PyTorch draws the latter for float and for both half types, which then round.
inline double unit_double(Generator& g) { return double(g.random64() & ((uint64_t(1) << 53) - 1)) * 0x1p-53; }
inline float unit_float(Generator& g) { return float(g.random() & ((uint32_t(1) << 24) - 1)) * 0x1p-24f; }

// A standard normal number: two come of two draws, and the generator keeps the second.
double normal_double(Generator& g);

void fill_uniform(Context& ctx, const Tensor& self, double from, double to, Generator& g);
void fill_normal(Context& ctx, const Tensor& self, double mean, double deviation, Generator& g);
void fill_log_normal(Context& ctx, const Tensor& self, double mean, double deviation, Generator& g);
void fill_exponential(Context& ctx, const Tensor& self, double rate, Generator& g);
void fill_cauchy(Context& ctx, const Tensor& self, double median, double sigma, Generator& g);
void fill_geometric(Context& ctx, const Tensor& self, double p, Generator& g);
// 1 with probability p; `p` of the second has self's sizes and order in memory.
void fill_bernoulli(Context& ctx, const Tensor& self, double p, Generator& g);
void fill_bernoulli(Context& ctx, const Tensor& self, const Tensor& p, Generator& g);

// Integers: whatever the dtype holds exactly; [from, to); [from, the largest].
void fill_integers(Context& ctx, const Tensor& self, Generator& g);
void fill_integers(Context& ctx, const Tensor& self, int64_t from, int64_t to, Generator& g);
void fill_integers_from(Context& ctx, const Tensor& self, int64_t from, Generator& g);

}  // namespace taper::impl::aten
