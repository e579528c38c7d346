// Random tensors: rand, randn, randint, randperm, the distributions in place and as functions, multinomial.
#include "ops/aten/random.h"

#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/sort.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/loop.h"
#include "ops/output.h"
#include "ops/walk.h"

namespace taper::impl::aten {
namespace {

using OptDType = std::optional<DType>;
using OptInt = std::optional<int64_t>;
using OptDevice = std::optional<Device>;
using OptBool = std::optional<bool>;

// rand and randn: a fill of a fresh tensor.
using Fill = void (*)(Context&, const Tensor&, Generator&);
void unit(Context& ctx, const Tensor& self, Generator& g) { fill_uniform(ctx, self, 0, 1, g); }
void standard(Context& ctx, const Tensor& self, Generator& g) { fill_normal(ctx, self, 0, 1, g); }

template <Fill fill>
Tensor sized_from(Context& ctx, IntView size, MaybeGenerator g, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  Tensor out = make_tensor(size, dtype.value_or(ctx.default_dtype));
  fill(ctx, out, g.or_default(ctx));
  return out;
}
template <Fill fill>
Tensor sized(Context& ctx, IntView size, OptDType dtype, OptInt layout, OptDevice device, OptBool pin) {
  return sized_from<fill>(ctx, size, {}, dtype, layout, device, pin);
}
template <Fill fill>
Tensor like_from(Context& ctx, const Tensor& self, MaybeGenerator g, OptDType dtype, OptInt layout, OptDevice device, OptBool, OptInt format) {
  check_factory(ctx, layout, device);
  Tensor out = empty_like(self, dtype.value_or(self.dtype()), memory_format(format));
  fill(ctx, out, g.or_default(ctx));
  return out;
}
template <Fill fill>
Tensor like(Context& ctx, const Tensor& self, OptDType dtype, OptInt layout, OptDevice device, OptBool pin, OptInt format) {
  return like_from<fill>(ctx, self, {}, dtype, layout, device, pin, format);
}
template <Fill fill>
Tensor sized_into_from(Context& ctx, IntView size, MaybeGenerator g, const Tensor& out) {
  resize_tensor(out, size);
  fill(ctx, out, g.or_default(ctx));
  return out;
}
template <Fill fill>
Tensor sized_into(Context& ctx, IntView size, const Tensor& out) {
  return sized_into_from<fill>(ctx, size, {}, out);
}
template <Fill fill>
Tensor like_into_from(Context& ctx, const Tensor& self, MaybeGenerator g, OptInt, const Tensor& out) {
  return sized_into_from<fill>(ctx, self.sizes(), g, out);
}
template <Fill fill>
Tensor like_into(Context& ctx, const Tensor& self, OptInt, const Tensor& out) {
  return sized_into_from<fill>(ctx, self.sizes(), {}, out);
}

Tensor randint_low_from(Context& ctx, int64_t low, int64_t high, IntView size, MaybeGenerator g, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  Tensor out = make_tensor(size, dtype.value_or(ctx.default_dtype));
  fill_integers(ctx, out, low, high, g.or_default(ctx));
  return out;
}
Tensor randint_low(Context& ctx, int64_t low, int64_t high, IntView size, OptDType dtype, OptInt layout, OptDevice device, OptBool pin) {
  return randint_low_from(ctx, low, high, size, {}, dtype, layout, device, pin);
}
Tensor randint_from(Context& ctx, int64_t high, IntView size, MaybeGenerator g, OptDType dtype, OptInt layout, OptDevice device, OptBool pin) {
  return randint_low_from(ctx, 0, high, size, g, dtype, layout, device, pin);
}
Tensor randint(Context& ctx, int64_t high, IntView size, OptDType dtype, OptInt layout, OptDevice device, OptBool pin) {
  return randint_low_from(ctx, 0, high, size, {}, dtype, layout, device, pin);
}
Tensor randint_low_into_from(Context& ctx, int64_t low, int64_t high, IntView size, MaybeGenerator g, const Tensor& out) {
  resize_tensor(out, size);
  fill_integers(ctx, out, low, high, g.or_default(ctx));
  return out;
}
Tensor randint_low_into(Context& ctx, int64_t low, int64_t high, IntView size, const Tensor& out) {
  return randint_low_into_from(ctx, low, high, size, {}, out);
}
Tensor randint_into_from(Context& ctx, int64_t high, IntView size, MaybeGenerator g, const Tensor& out) {
  return randint_low_into_from(ctx, 0, high, size, g, out);
}
Tensor randint_into(Context& ctx, int64_t high, IntView size, const Tensor& out) { return randint_low_into_from(ctx, 0, high, size, {}, out); }

Tensor randint_like_low_from(Context& ctx, const Tensor& self, int64_t low, int64_t high, MaybeGenerator g, OptDType dtype, OptInt layout, OptDevice device,
                             OptBool, OptInt format) {
  check_factory(ctx, layout, device);
  Tensor out = empty_like(self, dtype.value_or(self.dtype()), memory_format(format));
  fill_integers(ctx, out, low, high, g.or_default(ctx));
  return out;
}
Tensor randint_like_low(Context& ctx, const Tensor& self, int64_t low, int64_t high, OptDType dtype, OptInt layout, OptDevice device, OptBool pin,
                        OptInt format) {
  return randint_like_low_from(ctx, self, low, high, {}, dtype, layout, device, pin, format);
}
Tensor randint_like_from(Context& ctx, const Tensor& self, int64_t high, MaybeGenerator g, OptDType dtype, OptInt layout, OptDevice device, OptBool pin,
                         OptInt format) {
  return randint_like_low_from(ctx, self, 0, high, g, dtype, layout, device, pin, format);
}
Tensor randint_like(Context& ctx, const Tensor& self, int64_t high, OptDType dtype, OptInt layout, OptDevice device, OptBool pin, OptInt format) {
  return randint_like_low_from(ctx, self, 0, high, {}, dtype, layout, device, pin, format);
}
Tensor randint_like_tensor(Context& ctx, const Tensor& self, const Tensor& high, OptDType dtype, OptInt layout, OptDevice device, OptBool pin, OptInt format) {
  return randint_like_low_from(ctx, self, 0, item(high).to_int(), {}, dtype, layout, device, pin, format);
}

Tensor permutation(Context& ctx, int64_t n, DType dtype, Generator& g) {
  check(n >= 0, "n must be non-negative, got", n);
  Tensor out = make_tensor({n}, dtype);
  ctx.spend(n / 100 + 1);
  visit_real(dtype, "randperm", [&](auto zero) {
    using T = decltype(zero);
    constexpr bool reduced = std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;
    if constexpr (std::is_integral_v<T>)
      check(n - 1 <= int64_t(std::numeric_limits<T>::max()), "value cannot be converted to type ", dtype_name(dtype), "_t without overflow");
    else
      check(n <= (std::is_same_v<T, double>  ? int64_t(1) << 53
                  : std::is_same_v<T, float> ? int64_t(1) << 24
                  : std::is_same_v<T, Half>  ? 1 << 11
                                             : 1 << 8),
            "n is too large to be contained in a tensor of ", cpp_type_name(dtype));
    T* data = out.mutable_data<T>();
    for (int64_t i = 0; i < n; ++i) {
      if constexpr (reduced) data[i] = T(float(i));
      else data[i] = T(i);
    }
    for (int64_t i = 0; i + 1 < n; ++i) std::swap(data[i], data[i + int64_t(g.random() % uint64_t(n - i))]);
  });
  return out;
}
Tensor randperm_from(Context& ctx, int64_t n, MaybeGenerator g, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  return permutation(ctx, n, dtype.value_or(ctx.default_dtype), g.or_default(ctx));
}
Tensor randperm(Context& ctx, int64_t n, OptDType dtype, OptInt layout, OptDevice device, OptBool pin) {
  return randperm_from(ctx, n, {}, dtype, layout, device, pin);
}
Tensor randperm_into_from(Context& ctx, int64_t n, MaybeGenerator g, const Tensor& out) {
  Tensor made = permutation(ctx, n, out.dtype(), g.or_default(ctx));
  resize_tensor(out, made.sizes());
  return copy_(ctx, out, made);
}
Tensor randperm_into(Context& ctx, int64_t n, const Tensor& out) { return randperm_into_from(ctx, n, {}, out); }

// A distribution in place, and as a function that takes shape and dtype from its argument.
#define TAPER_DISTRIBUTION(NAME, FILL)                                                            \
  template <class... P>                                                                           \
  struct NAME##_of {                                                                              \
    static Tensor in_place(Context& ctx, const Tensor& self, P... parameters, MaybeGenerator g) { \
      check_writable(self);                                                                       \
      FILL(ctx, self, parameters..., g.or_default(ctx));                                          \
      return self;                                                                                \
    }                                                                                             \
    static Tensor fresh(Context& ctx, const Tensor& self, P... parameters, MaybeGenerator g) {    \
      Tensor out = empty_like(self, self.dtype());                                                \
      FILL(ctx, out, parameters..., g.or_default(ctx));                                           \
      return out;                                                                                 \
    }                                                                                             \
  };
void fill_upwards(Context& ctx, const Tensor& self, int64_t from, OptInt to, Generator& g) {
  if (to) fill_integers(ctx, self, from, *to, g);
  else fill_integers_from(ctx, self, from, g);
}
void fill_below(Context& ctx, const Tensor& self, int64_t to, Generator& g) { fill_integers(ctx, self, 0, to, g); }
TAPER_DISTRIBUTION(uniform, fill_uniform)
TAPER_DISTRIBUTION(normal, fill_normal)
TAPER_DISTRIBUTION(log_normal, fill_log_normal)
TAPER_DISTRIBUTION(exponential, fill_exponential)
TAPER_DISTRIBUTION(cauchy, fill_cauchy)
TAPER_DISTRIBUTION(geometric, fill_geometric)
TAPER_DISTRIBUTION(bernoulli, fill_bernoulli)
TAPER_DISTRIBUTION(random, fill_integers)
TAPER_DISTRIBUTION(random_upwards, fill_upwards)
TAPER_DISTRIBUTION(random_below, fill_below)
#undef TAPER_DISTRIBUTION
using Uniform = uniform_of<double, double>;
using Normal = normal_of<double, double>;
using LogNormal = log_normal_of<double, double>;
using Exponential = exponential_of<double>;
using Cauchy = cauchy_of<double, double>;
using Geometric = geometric_of<double>;
using Bernoulli = bernoulli_of<double>;
using Random = random_of<>;
using RandomUpwards = random_upwards_of<int64_t, OptInt>;
using RandomBelow = random_below_of<int64_t>;

// Probabilities in a tensor, brought to self's shape and order.
Tensor bernoulli_tensor_(Context& ctx, const Tensor& self, const Tensor& p, MaybeGenerator g) {
  check_writable(self);
  Tensor chances = empty_like(self, p.dtype());
  copy_(ctx, chances, p);
  fill_bernoulli(ctx, self, chances, g.or_default(ctx));
  return self;
}
Tensor bernoulli_tensor(Context& ctx, const Tensor& self, const Tensor& p, MaybeGenerator g) {
  return bernoulli_tensor_(ctx, empty_like(self, self.dtype()), p, g);
}
Tensor bernoulli_self(Context& ctx, const Tensor& self, MaybeGenerator g) {
  return bernoulli_tensor_(ctx, empty_like(self, self.dtype(), MemoryFormat::kContiguous), self, g);
}
Tensor bernoulli_p(Context& ctx, const Tensor& self, double p, MaybeGenerator g) {
  return Bernoulli::in_place(ctx, empty_like(self, self.dtype(), MemoryFormat::kContiguous), p, g);
}

void check_deviations(const Tensor& deviation) {
  check(!deviation.is_complex(), "normal expects standard deviation to be non-complex");
  bool negative = false;
  visit_real_bool(deviation.dtype(), "normal", [&](auto zero) {
    using T = decltype(zero);
    walk_rows<1>(deviation.sizes(), {deviation.strides()}, [&](const Offsets<1>& at, int64_t n, const Offsets<1>& step) {
      const T* data = deviation.data<T>() + at[0];
      for (int64_t i = 0; i < n; ++i) negative = negative || double(data[i * step[0]]) < 0;
    });
  });
  check(!negative, "normal expects all elements of std >= 0.0");
}
Tensor normal_tensor_float(Context& ctx, const Tensor& mean, double deviation, MaybeGenerator g) {
  Tensor out = empty_like(mean, mean.dtype(), MemoryFormat::kContiguous);
  fill_normal(ctx, out, 0, deviation, g.or_default(ctx));
  return copy_(ctx, out, add(ctx, out, mean));
}
Tensor shifted_normal(Context& ctx, const Tensor& out, const Tensor& mean, const Tensor& deviation, MaybeGenerator g) {
  fill_normal(ctx, out, 0, 1, g.or_default(ctx));
  return copy_(ctx, out, add(ctx, mul(ctx, out, deviation), mean));
}
Tensor normal_float_tensor(Context& ctx, double mean, const Tensor& deviation, MaybeGenerator g) {
  check_deviations(deviation);
  Tensor out = empty_like(deviation, deviation.dtype(), MemoryFormat::kContiguous);
  return shifted_normal(ctx, out, scalar_tensor(ctx, Scalar(mean), out.dtype()), deviation, g);
}
Tensor normal_tensor_tensor(Context& ctx, const Tensor& mean, const Tensor& deviation, MaybeGenerator g) {
  check_deviations(deviation);
  return shifted_normal(ctx, make_tensor(broadcast_sizes(mean.sizes(), deviation.sizes()), mean.dtype()), mean, deviation, g);
}
Tensor normal_sized(Context& ctx, double mean, double deviation, IntView size, MaybeGenerator g, OptDType dtype, OptInt layout, OptDevice device, OptBool) {
  check_factory(ctx, layout, device);
  Tensor out = make_tensor(size, dtype.value_or(ctx.default_dtype));
  fill_normal(ctx, out, mean, deviation, g.or_default(ctx));
  return out;
}
Tensor normal_sized_into(Context& ctx, double mean, double deviation, IntView size, MaybeGenerator g, const Tensor& out) {
  resize_tensor(out, size);
  fill_normal(ctx, out, mean, deviation, g.or_default(ctx));
  return out;
}

// Rows of probabilities, normalized and summed up; a draw takes the first category whose sum reaches it.
template <class T>
void choose_with_replacement(const T* weights, int64_t categories, int64_t samples, int64_t* chosen, Generator& g) {
  using W = std::conditional_t<std::is_same_v<T, double>, double, float>;
  Vec<W> sums(static_cast<size_t>(categories));
  W total = 0;
  for (int64_t c = 0; c < categories; ++c) {
    W w = W(weights[c]);
    check(w >= 0, "invalid multinomial distribution (encountering probability entry < 0)");
    check(std::isfinite(w), "invalid multinomial distribution (encountering probability entry = infinity or NaN)");
    sums[size_t(c)] = total += w;
  }
  check(total > 0, "invalid multinomial distribution (sum of probabilities <= 0)");
  for (W& sum : sums) sum /= total;
  sums[size_t(categories - 1)] = 1;
  for (int64_t s = 0; s < samples; ++s) {
    double u = unit_double(g);
    auto at = std::lower_bound(sums.begin(), sums.end(), u, [](W sum, double x) { return double(sum) < x; });
    chosen[s] = at - sums.begin();
  }
}

// Without replacement the samples are the largest of weight / exponential draw.
void check_weights(const Tensor& weights, int64_t rows, int64_t categories) {
  visit_floating(weights.dtype(), "multinomial", [&](auto zero) {
    using T = decltype(zero);
    const T* data = weights.data<T>();
    bool valid = true, positive = true;
    for (int64_t r = 0; r < rows; ++r) {
      double total = 0;
      for (int64_t c = 0; c < categories; ++c) {
        double w = double(data[r * categories + c]);
        valid = valid && w >= 0 && std::isfinite(w);
        total += w;
      }
      positive = positive && total > 0;
    }
    check(valid, "probability tensor contains either `inf`, `nan` or element < 0");
    check(positive, "invalid multinomial distribution (sum of probabilities <= 0)");
  });
}

Tensor multinomial(Context& ctx, const Tensor& self, int64_t samples, bool replacement, MaybeGenerator g) {
  check(self.dim() == 1 || self.dim() == 2, "prob_dist must be 1 or 2 dim");
  check(is_floating(self.dtype()), "multinomial only supports floating-point dtypes for input, got: ", scalar_type_name(self.dtype()));
  check(samples > 0, "cannot sample n_sample <= 0 samples");
  int64_t categories = self.sizes().back();
  check(replacement || samples <= categories, "cannot sample n_sample > prob_dist.size(-1) samples without replacement");
  check(categories <= int64_t(1) << 24, "number of categories cannot exceed 2^24");
  Dims sizes(self.sizes());
  sizes.back() = samples;
  Tensor weights = contiguous(ctx, self);
  int64_t rows = self.dim() == 2 ? self.sizes()[0] : 1;
  Generator& generator = g.or_default(ctx);
  if (rows == 0) return make_tensor(sizes, DType::kLong);
  check(categories > 0, "invalid multinomial distribution (no categories)");
  ctx.spend((self.numel() + rows * samples) / 100 + 1);
  if (!replacement || samples == 1) {
    check_weights(weights, rows, categories);
    Tensor draws = empty_like(self, self.dtype());
    fill_exponential(ctx, draws, 1, generator);
    Tensor order = std::get<1>(sort(ctx, div(ctx, self, draws), -1, true));
    return contiguous(ctx, order.as_view(sizes, order.strides(), order.offset()));
  }
  Tensor out = make_tensor(sizes, DType::kLong);
  visit_floating(weights.dtype(), "multinomial", [&](auto zero) {
    using T = decltype(zero);
    for (int64_t r = 0; r < rows; ++r)
      choose_with_replacement(weights.data<T>() + r * categories, categories, samples, out.mutable_data<int64_t>() + r * samples, generator);
  });
  return out;
}
Tensor multinomial_out(Context& ctx, const Tensor& self, int64_t samples, bool replacement, MaybeGenerator g, const Tensor& out) {
  check(out.dtype() == DType::kLong, "multinomial expects Long tensor out, got: ", scalar_type_name(out.dtype()));
  Tensor made = multinomial(ctx, self, samples, replacement, g);
  if (!same(out.sizes(), made.sizes())) resize_tensor(out, made.sizes());
  return copy_(ctx, out, made);
}

#define FACTORY_TAIL "ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None"
#define LONG_TAIL "ScalarType? dtype=4, Layout? layout=None, Device? device=None, bool? pin_memory=None"
#define LIKE_TAIL FACTORY_TAIL ", MemoryFormat? memory_format=None"
#define DRAWN "*, Generator? generator=None"
#define GIVEN "*, Generator? generator"

constexpr OpDef kRows[] = {
    op("aten::rand(SymInt[] size, *, " FACTORY_TAIL ") -> Tensor", TAPER_OP(sized<unit>), kRandom),
    op("aten::rand.generator(SymInt[] size, " GIVEN ", " FACTORY_TAIL ") -> Tensor", TAPER_OP(sized_from<unit>), kRandom),
    op("aten::rand.out(SymInt[] size, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(sized_into<unit>), kRandom),
    op("aten::rand.generator_out(SymInt[] size, " GIVEN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(sized_into_from<unit>), kRandom),
    op("aten::rand_like(Tensor self, *, " LIKE_TAIL ") -> Tensor", TAPER_OP(like<unit>), kRandom),
    op("aten::rand_like.generator(Tensor self, " GIVEN ", " LIKE_TAIL ") -> Tensor", TAPER_OP(like_from<unit>), kRandom),
    op("aten::rand_like.out(Tensor self, *, MemoryFormat? memory_format=None, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(like_into<unit>), kRandom),
    op("aten::rand_like.generator_out(Tensor self, " GIVEN ", MemoryFormat? memory_format=None, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(like_into_from<unit>),
       kRandom),
    op("aten::randn(SymInt[] size, *, " FACTORY_TAIL ") -> Tensor", TAPER_OP(sized<standard>), kRandom),
    op("aten::randn.generator(SymInt[] size, " GIVEN ", " FACTORY_TAIL ") -> Tensor", TAPER_OP(sized_from<standard>), kRandom),
    op("aten::randn.out(SymInt[] size, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(sized_into<standard>), kRandom),
    op("aten::randn.generator_out(SymInt[] size, " GIVEN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(sized_into_from<standard>), kRandom),
    op("aten::randn_like(Tensor self, *, " LIKE_TAIL ") -> Tensor", TAPER_OP(like<standard>), kRandom),
    op("aten::randn_like.generator(Tensor self, " GIVEN ", " LIKE_TAIL ") -> Tensor", TAPER_OP(like_from<standard>), kRandom),
    op("aten::randn_like.out(Tensor self, *, MemoryFormat? memory_format=None, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(like_into<standard>), kRandom),
    op("aten::randn_like.generator_out(Tensor self, " GIVEN ", MemoryFormat? memory_format=None, Tensor(a!) out) -> Tensor(a!)",
       TAPER_OP(like_into_from<standard>), kRandom),
    op("aten::randint(SymInt high, SymInt[] size, *, " LONG_TAIL ") -> Tensor", TAPER_OP(randint), kRandom),
    op("aten::randint.generator(SymInt high, SymInt[] size, " GIVEN ", " LONG_TAIL ") -> Tensor", TAPER_OP(randint_from), kRandom),
    op("aten::randint.low(SymInt low, SymInt high, SymInt[] size, *, " LONG_TAIL ") -> Tensor", TAPER_OP(randint_low), kRandom),
    op("aten::randint.low_generator(SymInt low, SymInt high, SymInt[] size, " GIVEN ", " LONG_TAIL ") -> Tensor", TAPER_OP(randint_low_from), kRandom),
    op("aten::randint.out(SymInt high, SymInt[] size, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(randint_into), kRandom),
    op("aten::randint.generator_out(SymInt high, SymInt[] size, " GIVEN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(randint_into_from), kRandom),
    op("aten::randint.low_out(SymInt low, SymInt high, SymInt[] size, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(randint_low_into), kRandom),
    op("aten::randint.low_generator_out(SymInt low, SymInt high, SymInt[] size, " GIVEN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(randint_low_into_from),
       kRandom),
    op("aten::randint_like(Tensor self, SymInt high, *, " LIKE_TAIL ") -> Tensor", TAPER_OP(randint_like), kRandom),
    op("aten::randint_like.generator(Tensor self, SymInt high, " GIVEN ", " LIKE_TAIL ") -> Tensor", TAPER_OP(randint_like_from), kRandom),
    op("aten::randint_like.Tensor(Tensor self, Tensor high, *, " LIKE_TAIL ") -> Tensor", TAPER_OP(randint_like_tensor), kRandom),
    op("aten::randint_like.low_dtype(Tensor self, SymInt low, SymInt high, *, " LIKE_TAIL ") -> Tensor", TAPER_OP(randint_like_low), kRandom),
    op("aten::randint_like.low_generator_dtype(Tensor self, SymInt low, SymInt high, " GIVEN ", " LIKE_TAIL ") -> Tensor", TAPER_OP(randint_like_low_from),
       kRandom),
    op("aten::randperm(SymInt n, *, " LONG_TAIL ") -> Tensor", TAPER_OP(randperm), kRandom),
    op("aten::randperm.generator(SymInt n, " GIVEN ", " LONG_TAIL ") -> Tensor", TAPER_OP(randperm_from), kRandom),
    op("aten::randperm.out(SymInt n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(randperm_into), kRandom),
    op("aten::randperm.generator_out(SymInt n, " GIVEN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(randperm_into_from), kRandom),
    op("aten::uniform(Tensor self, float from=0., float to=1., " DRAWN ") -> Tensor", TAPER_OP(Uniform::fresh), kRandom),
    op("aten::uniform_(Tensor(a!) self, float from=0., float to=1., " DRAWN ") -> Tensor(a!)", TAPER_OP(Uniform::in_place), kRandom),
    op_out("aten::uniform.out(Tensor self, float from=0., float to=1., " DRAWN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(Uniform::fresh), kRandom),
    op("aten::normal_functional(Tensor self, float mean=0., float std=1., " DRAWN ") -> Tensor", TAPER_OP(Normal::fresh), kRandom),
    op("aten::normal_(Tensor(a!) self, float mean=0., float std=1., " DRAWN ") -> Tensor(a!)", TAPER_OP(Normal::in_place), kRandom),
    op_out("aten::normal.out(Tensor self, float mean=0., float std=1., " DRAWN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(Normal::fresh), kRandom),
    op("aten::normal.Tensor_float(Tensor mean, float std=1., " DRAWN ") -> Tensor", TAPER_OP(normal_tensor_float), kRandom),
    op_out("aten::normal.Tensor_float_out(Tensor mean, float std=1., " DRAWN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(normal_tensor_float), kRandom),
    op("aten::normal.float_Tensor(float mean, Tensor std, " DRAWN ") -> Tensor", TAPER_OP(normal_float_tensor), kRandom),
    op_out("aten::normal.float_Tensor_out(float mean, Tensor std, " DRAWN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(normal_float_tensor), kRandom),
    op("aten::normal.Tensor_Tensor(Tensor mean, Tensor std, " DRAWN ") -> Tensor", TAPER_OP(normal_tensor_tensor), kRandom),
    op_out("aten::normal.Tensor_Tensor_out(Tensor mean, Tensor std, " DRAWN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(normal_tensor_tensor), kRandom),
    op("aten::normal.float_float(float mean, float std, SymInt[] size, " DRAWN ", " FACTORY_TAIL ") -> Tensor", TAPER_OP(normal_sized), kRandom),
    op("aten::normal.float_float_out(float mean, float std, SymInt[] size, " DRAWN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(normal_sized_into), kRandom),
    op("aten::log_normal(Tensor self, float mean=1., float std=2., " DRAWN ") -> Tensor", TAPER_OP(LogNormal::fresh), kRandom),
    op("aten::log_normal_(Tensor(a!) self, float mean=1., float std=2., " DRAWN ") -> Tensor(a!)", TAPER_OP(LogNormal::in_place), kRandom),
    op_out("aten::log_normal.out(Tensor self, float mean=1., float std=2., " DRAWN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(LogNormal::fresh), kRandom),
    op("aten::exponential(Tensor self, float lambd=1., " DRAWN ") -> Tensor", TAPER_OP(Exponential::fresh), kRandom),
    op("aten::exponential_(Tensor(a!) self, float lambd=1., " DRAWN ") -> Tensor(a!)", TAPER_OP(Exponential::in_place), kRandom),
    op_out("aten::exponential.out(Tensor self, float lambd=1., " DRAWN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(Exponential::fresh), kRandom),
    op("aten::cauchy(Tensor self, float median=0., float sigma=1., " DRAWN ") -> Tensor", TAPER_OP(Cauchy::fresh), kRandom),
    op("aten::cauchy_(Tensor(a!) self, float median=0., float sigma=1., " DRAWN ") -> Tensor(a!)", TAPER_OP(Cauchy::in_place), kRandom),
    op_out("aten::cauchy.out(Tensor self, float median=0., float sigma=1., " DRAWN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(Cauchy::fresh), kRandom),
    op("aten::geometric(Tensor self, float p, " DRAWN ") -> Tensor", TAPER_OP(Geometric::fresh), kRandom),
    op("aten::geometric_(Tensor(a!) self, float p, " DRAWN ") -> Tensor(a!)", TAPER_OP(Geometric::in_place), kRandom),
    op_out("aten::geometric.out(Tensor self, float p, " DRAWN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(Geometric::fresh), kRandom),
    op("aten::bernoulli(Tensor self, " DRAWN ") -> Tensor", TAPER_OP(bernoulli_self), kRandom),
    op_out("aten::bernoulli.out(Tensor self, " DRAWN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(bernoulli_self), kRandom),
    op("aten::bernoulli.p(Tensor self, float p, " DRAWN ") -> Tensor", TAPER_OP(bernoulli_p), kRandom),
    op_out("aten::bernoulli.float_out(Tensor self, float p=0.5, " DRAWN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(Bernoulli::fresh), kRandom),
    op("aten::bernoulli_.float(Tensor(a!) self, float p=0.5, " DRAWN ") -> Tensor(a!)", TAPER_OP(Bernoulli::in_place), kRandom),
    op("aten::bernoulli.Tensor(Tensor self, Tensor p, " DRAWN ") -> Tensor", TAPER_OP(bernoulli_tensor), kRandom),
    op_out("aten::bernoulli.Tensor_out(Tensor self, Tensor p, " DRAWN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(bernoulli_tensor), kRandom),
    op("aten::bernoulli_.Tensor(Tensor(a!) self, Tensor p, " DRAWN ") -> Tensor(a!)", TAPER_OP(bernoulli_tensor_), kRandom),
    op("aten::random(Tensor self, " DRAWN ") -> Tensor", TAPER_OP(Random::fresh), kRandom),
    op("aten::random_(Tensor(a!) self, " DRAWN ") -> Tensor(a!)", TAPER_OP(Random::in_place), kRandom),
    op("aten::random.from(Tensor self, int from, int? to, " DRAWN ") -> Tensor", TAPER_OP(RandomUpwards::fresh), kRandom),
    op("aten::random_.from(Tensor(a!) self, int from, int? to, " DRAWN ") -> Tensor(a!)", TAPER_OP(RandomUpwards::in_place), kRandom),
    op("aten::random.to(Tensor self, int to, " DRAWN ") -> Tensor", TAPER_OP(RandomBelow::fresh), kRandom),
    op("aten::random_.to(Tensor(a!) self, int to, " DRAWN ") -> Tensor(a!)", TAPER_OP(RandomBelow::in_place), kRandom),
    op("aten::multinomial(Tensor self, SymInt num_samples, bool replacement=False, " DRAWN ") -> Tensor", TAPER_OP(multinomial), kRandom),
    op("aten::multinomial.out(Tensor self, SymInt num_samples, bool replacement=False, " DRAWN ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(multinomial_out),
       kRandom),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> random_rows() { return aten::kRows; }
}  // namespace taper::impl
