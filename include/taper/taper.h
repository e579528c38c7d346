// taper.h: run TorchScript models from C++17, without LibTorch. Header-only over the C ABI (taper.c.h).
//
//   #include <taper/taper.h>
//   int main() {
//     taper::Module module = taper::load("model.pt");
//     taper::Tensor x = taper::ones({1, 3, 224, 224});
//     taper::Tensor y = module.forward({x}).to_tensor();
//     std::cout << y << "\n";
//   }
//
// Names follow LibTorch's, so that a host ports by changing an include and a namespace (torch::jit::load, torch:: and
// at:: become taper::).
//
// Errors: everything that can fail throws taper::Error. Under TAPER_NO_EXCEPTIONS (set by the host, or when the compiler
//   has exceptions off) a failure calls the handler given to taper::set_error_handler on this thread and the function
//   returns an empty object (!defined(), None); without a handler the text goes to stderr and the program ends.
// Ownership: Module, Value, Tensor and Context are counted handles: copies share. Module::clone() makes a second instance
//   that shares the weights.
// Threads: one thread at a time per Module (clone it for each thread) and per Context. Calls use the module's context if
//   set_context() gave one, otherwise a context of the calling thread.
// Shapes: sizes and strides count elements. Dtypes: taper::kFloat32 and so on, PyTorch's numbers.
#ifndef TAPER_H
#define TAPER_H

#include <complex>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "taper.c.h"

#if !defined(TAPER_NO_EXCEPTIONS) && !defined(__cpp_exceptions)
#define TAPER_NO_EXCEPTIONS
#endif

namespace taper {

class Value;
class Tensor;
class Module;
class Context;

// ---- errors ---------------------------------------------------------------------------------------------------------

// A line of the script call stack.
struct Frame {
  std::string function, file;
  int line = 0;
};

// code() says what kind, what() has the script call stack with Python lines and the message.
class Error : public std::runtime_error {
 public:
  explicit Error(taper_error* error)
      : std::runtime_error(taper_error_text(error)),
        code_(taper_error_get_code(error)),
        message_(taper_error_message(error)),
        python_class_(taper_error_python_class(error)) {
    for (size_t i = 0; i < taper_error_frame_count(error); ++i)
      frames_.push_back(
          {taper_error_frame_function(error, i), taper_error_frame_file(error, i), taper_error_frame_line(error, i)});
    taper_error_free(error);
  }
  taper_error_code code() const noexcept { return code_; }
  const std::string& message() const noexcept { return message_; }
  // The class of an exception that the script raised, e.g. "builtins.ValueError"; otherwise empty.
  const std::string& python_class() const noexcept { return python_class_; }
  const std::vector<Frame>& frames() const noexcept { return frames_; }

 private:
  taper_error_code code_;
  std::string message_, python_class_;
  std::vector<Frame> frames_;
};

#ifdef TAPER_NO_EXCEPTIONS
using ErrorHandler = void (*)(const Error&, void* user);
namespace detail {
struct HandlerSlot {
  ErrorHandler handler = nullptr;
  void* user = nullptr;
};
inline HandlerSlot& handler_slot() {
  static thread_local HandlerSlot slot;
  return slot;
}
}  // namespace detail
inline void set_error_handler(ErrorHandler handler, void* user = nullptr) { detail::handler_slot() = {handler, user}; }
#endif

namespace detail {
inline void check(taper_error* error) {
  if (!error) return;
#ifdef TAPER_NO_EXCEPTIONS
  Error description(error);
  HandlerSlot slot = handler_slot();
  if (slot.handler) return slot.handler(description, slot.user);
  std::fprintf(stderr, "%s\n", description.what());
  std::abort();
#else
  throw Error(error);
#endif
}

// An option struct of the C ABI that knows its size.
template <class Struct>
Struct init() {
  Struct options{};
  options.struct_size = sizeof(Struct);
  return options;
}

// Counts a C handle through its own retain and free.
struct ValueRef {
  taper_value* raw = nullptr;
  ValueRef() = default;
  explicit ValueRef(taper_value* owned) noexcept : raw(owned) {}
  ValueRef(const ValueRef& other) noexcept : raw(other.raw ? taper_value_retain(other.raw) : nullptr) {}
  ValueRef(ValueRef&& other) noexcept : raw(std::exchange(other.raw, nullptr)) {}
  ValueRef& operator=(ValueRef other) noexcept {
    std::swap(raw, other.raw);
    return *this;
  }
  ~ValueRef() { taper_value_free(raw); }
};
}  // namespace detail

// ---- dtypes and devices ---------------------------------------------------------------------------------------------

using ScalarType = taper_dtype;
constexpr ScalarType kUInt8 = TAPER_UINT8, kInt8 = TAPER_INT8, kInt16 = TAPER_INT16, kInt32 = TAPER_INT32,
                     kInt64 = TAPER_INT64, kFloat16 = TAPER_FLOAT16, kFloat32 = TAPER_FLOAT32, kFloat64 = TAPER_FLOAT64,
                     kComplex64 = TAPER_COMPLEX64, kComplex128 = TAPER_COMPLEX128, kBool = TAPER_BOOL8,
                     kBFloat16 = TAPER_BFLOAT16;
constexpr ScalarType kByte = kUInt8, kChar = kInt8, kShort = kInt16, kInt = kInt32, kLong = kInt64, kHalf = kFloat16,
                     kFloat = kFloat32, kDouble = kFloat64;

template <class T>
struct dtype_of;
// clang-format off
template <> struct dtype_of<uint8_t> { static constexpr ScalarType value = kUInt8; };
template <> struct dtype_of<int8_t> { static constexpr ScalarType value = kInt8; };
template <> struct dtype_of<int16_t> { static constexpr ScalarType value = kInt16; };
template <> struct dtype_of<int32_t> { static constexpr ScalarType value = kInt32; };
template <> struct dtype_of<int64_t> { static constexpr ScalarType value = kInt64; };
template <> struct dtype_of<float> { static constexpr ScalarType value = kFloat32; };
template <> struct dtype_of<double> { static constexpr ScalarType value = kFloat64; };
template <> struct dtype_of<bool> { static constexpr ScalarType value = kBool; };
template <> struct dtype_of<std::complex<float>> { static constexpr ScalarType value = kComplex64; };
template <> struct dtype_of<std::complex<double>> { static constexpr ScalarType value = kComplex128; };
// clang-format on

// ---- contexts -------------------------------------------------------------------------------------------------------

struct ContextOptions {
  int threads = 1;      // 1: none but the caller's
  uint64_t fuel = 0;    // interpreter steps a call may take; 0: no limit
  uint64_t memory = 0;  // bytes; 0: no limit
  uint32_t max_call_depth = 0;
  bool flush_denormals = false;
  taper_error* (*print)(void* user, const char* text, size_t size) = nullptr;  // print() of scripts
  taper_error* (*warn)(void* user, const char* text, size_t size) = nullptr;
  void* callback_user = nullptr;
  taper_parallel_for parallel_for = nullptr;  // the host's pool instead of an own one
  void* parallel_user = nullptr;
};

// What a run needs: memory pool, random generator, budgets, callbacks.
class Context {
 public:
  explicit Context(const ContextOptions& options = {}) {
    auto raw = detail::init<taper_context_options>();
    raw.threads = options.threads;
    raw.parallel_for = options.parallel_for;
    raw.parallel_user = options.parallel_user;
    raw.fuel = options.fuel;
    raw.memory = options.memory;
    raw.max_call_depth = options.max_call_depth;
    raw.flush_denormals = options.flush_denormals ? 1 : 0;
    raw.print = options.print;
    raw.warn = options.warn;
    raw.callback_user = options.callback_user;
    taper_context* made = nullptr;
    detail::check(taper_context_create(&raw, &made));
    context_.reset(made, taper_context_free);
  }
  taper_context* raw() const noexcept { return context_.get(); }
  void manual_seed(uint64_t seed) { taper_context_seed(raw(), seed); }
  void cancel() { taper_context_cancel(raw()); }  // from any thread
  void trim() { taper_context_trim(raw()); }
  taper_memory_stats memory() const {
    auto stats = detail::init<taper_memory_stats>();
    detail::check(taper_context_memory(raw(), &stats));
    return stats;
  }
  // The calling thread's own context, made at first use.
  static Context& current() {
    static thread_local Context context;
    return context;
  }

 private:
  std::shared_ptr<taper_context> context_;
};

// ---- values ---------------------------------------------------------------------------------------------------------

// Any TorchScript value; LibTorch's IValue.
class Value {
 public:
  Value() { detail::check(taper_none(&ref_.raw)); }
  Value(std::nullptr_t) : Value() {}
  Value(std::nullopt_t) : Value() {}
  template <class T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
  Value(T v) {
    if constexpr (std::is_same_v<T, bool>) detail::check(taper_bool(v, &ref_.raw));
    else if constexpr (std::is_floating_point_v<T>) detail::check(taper_float(double(v), &ref_.raw));
    else detail::check(taper_int(int64_t(v), &ref_.raw));
  }
  Value(std::complex<double> v) { detail::check(taper_complex(v.real(), v.imag(), &ref_.raw)); }
  Value(const char* text) : Value(std::string_view(text)) {}
  Value(const std::string& text) : Value(std::string_view(text)) {}
  Value(std::string_view text) { detail::check(taper_string(text.data(), text.size(), &ref_.raw)); }
  Value(const Tensor& tensor);
  // A Python list. Element types come from the method's schema.
  template <class T>
  Value(const std::vector<T>& items) {
    std::vector<Value> values;
    values.reserve(items.size());
    for (const auto& item : items) values.emplace_back(static_cast<T>(item));
    std::vector<taper_value*> raws = raw_pointers(values);
    detail::check(taper_list(raws.data(), raws.size(), &ref_.raw));
  }
  template <class... Ts>
  Value(const std::tuple<Ts...>& items) {
    std::vector<Value> values = std::apply([](const Ts&... each) { return std::vector<Value>{Value(each)...}; }, items);
    *this = tuple(values);
  }
  template <class T>
  Value(const std::optional<T>& item) : Value(item ? Value(*item) : Value()) {}
  static Value tuple(const std::vector<Value>& items) {
    std::vector<taper_value*> raws = raw_pointers(items);
    Value made;
    detail::check(taper_tuple(raws.data(), raws.size(), &made.reset()));
    return made;
  }
  static Value dict(const std::vector<std::pair<Value, Value>>& entries) {
    std::vector<taper_value*> keys, values;
    for (const auto& [key, value] : entries) {
      keys.push_back(key.raw());
      values.push_back(value.raw());
    }
    Value made;
    detail::check(taper_dict(keys.data(), values.data(), keys.size(), &made.reset()));
    return made;
  }
  static Value device(const char* name) {
    Value made;
    detail::check(taper_device(name, &made.reset()));
    return made;
  }

  taper_kind kind() const noexcept { return taper_value_kind(raw()); }
  bool is_none() const noexcept { return kind() == TAPER_NONE; }
  bool is_tensor() const noexcept { return kind() == TAPER_TENSOR; }
  bool is_bool() const noexcept { return kind() == TAPER_BOOL; }
  bool is_int() const noexcept { return kind() == TAPER_INT; }
  bool is_double() const noexcept { return kind() == TAPER_FLOAT; }
  bool is_string() const noexcept { return kind() == TAPER_STRING; }
  bool is_list() const noexcept { return kind() == TAPER_LIST; }
  bool is_tuple() const noexcept { return kind() == TAPER_TUPLE; }
  bool is_dict() const noexcept { return kind() == TAPER_DICT; }
  bool is_object() const noexcept { return kind() == TAPER_OBJECT; }

  bool to_bool() const { return get<int>(taper_get_bool) != 0; }
  int64_t to_int() const { return get<int64_t>(taper_get_int); }
  double to_double() const { return get<double>(taper_get_float); }
  std::complex<double> to_complex() const {
    double real = 0, imaginary = 0;
    detail::check(taper_get_complex(raw(), &real, &imaginary));
    return {real, imaginary};
  }
  std::string to_string() const {
    const char* bytes = "";
    size_t size = 0;
    detail::check(taper_get_string(raw(), &bytes, &size));
    return std::string(bytes, size);
  }
  Tensor to_tensor() const;

  // Lists, tuples and dicts; a dict's i-th entry in insertion order.
  size_t size() const { return get<size_t>(taper_size); }
  Value operator[](size_t i) const {
    Value item;
    detail::check(taper_item(raw(), i, &item.reset()));
    return item;
  }
  Value key(size_t i) const {
    Value item;
    detail::check(taper_key(raw(), i, &item.reset()));
    return item;
  }
  // A dict's value by key, if it is there.
  std::optional<Value> find(const Value& wanted) const {
    taper_value* found = nullptr;
    detail::check(taper_find(raw(), wanted.raw(), &found));
    return found ? std::optional<Value>(adopt(found)) : std::nullopt;
  }
  Value at(const Value& wanted) const {
    std::optional<Value> found = find(wanted);
    if (!found) {
      detail::check(taper_error_create(TAPER_ERROR_INVALID_ARGUMENT, ("KeyError: " + wanted.str()).c_str()));
      return Value();
    }
    return *found;
  }
  void append(const Value& item) { detail::check(taper_append(raw(), item.raw())); }
  Value attr(const char* name) const {
    Value item;
    detail::check(taper_attribute(raw(), name, &item.reset()));
    return item;
  }
  std::vector<Value> to_list() const {
    std::vector<Value> items;
    for (size_t i = 0, n = size(); i < n; ++i) items.push_back((*this)[i]);
    return items;
  }
  template <class T>
  std::vector<T> to_vector() const;
  std::vector<Tensor> to_tensor_list() const;

  std::string str() const { return text(taper_value_print); }  // as Python's print shows it
  std::string type() const { return text(taper_value_type); }  // "List[int]"

  taper_value* raw() const noexcept { return ref_.raw; }
  static Value adopt(taper_value* owned) {
    Value value{detail::ValueRef(owned)};
    return value;
  }
  static std::vector<taper_value*> raw_pointers(const std::vector<Value>& values) {
    std::vector<taper_value*> raws;
    raws.reserve(values.size());
    for (const Value& value : values) raws.push_back(value.raw());
    return raws;
  }

 private:
  friend class Tensor;
  explicit Value(detail::ValueRef ref) noexcept : ref_(std::move(ref)) {}
  taper_value*& reset() {
    ref_ = detail::ValueRef();
    return ref_.raw;
  }
  template <class T>
  T get(taper_error* (*getter)(const taper_value*, T*)) const {
    T v{};
    detail::check(getter(raw(), &v));
    return v;
  }
  std::string text(taper_error* (*getter)(const taper_value*, taper_value**)) const {
    taper_value* made = nullptr;
    detail::check(getter(raw(), &made));
    return adopt(made).to_string();
  }
  detail::ValueRef ref_;
};

inline std::ostream& operator<<(std::ostream& out, const Value& value) { return out << value.str(); }

// Calls an operator by its full name: op("aten::add.Tensor", {x, y}). Missing trailing arguments take their defaults.
inline std::vector<Value> op_results(const char* name, const std::vector<Value>& arguments,
                                     Context& context = Context::current()) {
  std::vector<taper_value*> raws = Value::raw_pointers(arguments);
  taper_value* results[16] = {};
  size_t count = 0;
  detail::check(taper_op(context.raw(), name, raws.data(), raws.size(), results, 16, &count));
  std::vector<Value> values;
  for (size_t i = 0; i < count; ++i) values.push_back(Value::adopt(results[i]));
  return values;
}
inline Value op(const char* name, const std::vector<Value>& arguments, Context& context = Context::current()) {
  std::vector<Value> results = op_results(name, arguments, context);
  return results.empty() ? Value() : results[0];
}

// ---- tensors --------------------------------------------------------------------------------------------------------

class Tensor {
 public:
  Tensor() = default;  // undefined
  explicit Tensor(Value value) : value_(std::move(value)) {}

  bool defined() const noexcept { return value_ && value_->is_tensor(); }
  const Value& value() const { return *value_; }

  std::vector<int64_t> sizes() const {
    taper_tensor_info info = get();
    return std::vector<int64_t>(info.sizes, info.sizes + info.dims);
  }
  std::vector<int64_t> strides() const {
    taper_tensor_info info = get();
    return std::vector<int64_t>(info.strides, info.strides + info.dims);
  }
  int64_t dim() const { return int64_t(get().dims); }
  int64_t size(int64_t d) const {
    taper_tensor_info info = get();
    return info.sizes[wrap(d, int64_t(info.dims))];
  }
  int64_t stride(int64_t d) const {
    taper_tensor_info info = get();
    return info.strides[wrap(d, int64_t(info.dims))];
  }
  int64_t numel() const { return get().numel; }
  ScalarType dtype() const { return get().dtype; }
  ScalarType scalar_type() const { return get().dtype; }
  bool is_contiguous() const { return get().contiguous != 0; }

  // The first element, for reading; elements lie at strides(). T must be the dtype's C++ type.
  template <class T>
  const T* data_ptr() const {
    taper_tensor_info info = get();
    expect<T>(info.dtype);
    return static_cast<const T*>(info.data);
  }
  const void* data() const { return get().data; }
  // For writing. Copies first when the bytes are a module's shared weights.
  template <class T>
  T* mutable_data_ptr() {
    expect<T>(dtype());
    return static_cast<T*>(mutable_data());
  }
  void* mutable_data() {
    void* data = nullptr;
    detail::check(taper_tensor_mutable_data(value_->raw(), &data));
    return data;
  }
  // The only element, converted: item<float>().
  template <class T = double>
  T item() const {
    Value scalar = op("aten::item", {*this});
    if constexpr (std::is_same_v<T, bool>) return scalar.is_bool() ? scalar.to_bool() : scalar.to_double() != 0;
    else if constexpr (std::is_integral_v<T>)
      return scalar.is_bool() ? T(scalar.to_bool()) : scalar.is_int() ? T(scalar.to_int()) : T(scalar.to_double());
    else return scalar.is_bool() ? T(scalar.to_bool()) : T(scalar.to_double());
  }

  Tensor operator[](int64_t i) const { return select(0, i); }
  Tensor select(int64_t d, int64_t i) const { return of(op("aten::select.int", {*this, d, i})); }
  Tensor slice(int64_t d, std::optional<int64_t> start = std::nullopt, std::optional<int64_t> end = std::nullopt,
               int64_t step = 1) const {
    return of(op("aten::slice.Tensor", {*this, d, Value(start), Value(end), step}));
  }
  Tensor narrow(int64_t d, int64_t start, int64_t length) const {
    return of(op("aten::narrow", {*this, d, start, length}));
  }
  Tensor view(const std::vector<int64_t>& s) const { return of(op("aten::view", {*this, s})); }
  Tensor reshape(const std::vector<int64_t>& s) const { return of(op("aten::reshape", {*this, s})); }
  Tensor permute(const std::vector<int64_t>& d) const { return of(op("aten::permute", {*this, d})); }
  Tensor transpose(int64_t a, int64_t b) const { return of(op("aten::transpose.int", {*this, a, b})); }
  Tensor t() const { return of(op("aten::t", {*this})); }
  Tensor squeeze() const { return of(op("aten::squeeze", {*this})); }
  Tensor squeeze(int64_t d) const { return of(op("aten::squeeze.dim", {*this, d})); }
  Tensor unsqueeze(int64_t d) const { return of(op("aten::unsqueeze", {*this, d})); }
  Tensor flatten(int64_t from = 0, int64_t to = -1) const {
    return of(op("aten::flatten.using_ints", {*this, from, to}));
  }
  Tensor expand(const std::vector<int64_t>& s) const { return of(op("aten::expand", {*this, s})); }
  Tensor contiguous() const { return of(op("aten::contiguous", {*this})); }
  Tensor clone() const { return of(op("aten::clone", {*this})); }
  Tensor to(ScalarType dtype) const { return of(op("aten::to.dtype", {*this, int64_t(dtype)})); }
  Tensor& copy_(const Tensor& source) { return op("aten::copy_", {*this, source}), *this; }
  Tensor& fill_(const Value& v) { return op("aten::fill_.Scalar", {*this, v}), *this; }
  Tensor& zero_() { return op("aten::zero_", {*this}), *this; }
  Tensor sum() const { return of(op("aten::sum", {*this})); }
  Tensor mean() const { return of(op("aten::mean", {*this})); }
  Tensor max() const { return of(op("aten::max", {*this})); }
  Tensor min() const { return of(op("aten::min", {*this})); }
  Tensor abs() const { return of(op("aten::abs", {*this})); }
  Tensor argmax(int64_t d) const { return of(op("aten::argmax", {*this, d})); }
  Tensor softmax(int64_t d) const { return of(op("aten::softmax.int", {*this, d})); }
  Tensor sigmoid() const { return of(op("aten::sigmoid", {*this})); }
  std::string str() const { return defined() ? value_->str() : "[ Tensor (undefined) ]"; }

  static Tensor of(Value value) { return Tensor(std::move(value)); }
  taper_tensor_info get() const {
    auto info = detail::init<taper_tensor_info>();
    if (value_) detail::check(taper_tensor_get(value_->raw(), &info));
    else detail::check(taper_error_create(TAPER_ERROR_INVALID_ARGUMENT, "the tensor is undefined"));
    return info;
  }

 private:
  static size_t wrap(int64_t d, int64_t dims) {
    if (d < -dims || d >= dims) {
      detail::check(
          taper_error_create(TAPER_ERROR_INVALID_ARGUMENT,
                             ("Dimension out of range: " + std::to_string(d) + " of " + std::to_string(dims)).c_str()));
      return 0;
    }
    return size_t(d < 0 ? d + dims : d);
  }
  template <class T>
  static void expect(ScalarType dtype) {
    if constexpr (!std::is_void_v<T>)
      if (dtype_of<T>::value != dtype)
        detail::check(taper_error_create(TAPER_ERROR_INVALID_ARGUMENT,
                                         (std::string("expected scalar type ") + taper_dtype_name(dtype_of<T>::value) +
                                          " but found " + taper_dtype_name(dtype))
                                             .c_str()));
  }
  std::optional<Value> value_;
};

inline std::ostream& operator<<(std::ostream& out, const Tensor& tensor) { return out << tensor.str(); }

inline Value::Value(const Tensor& tensor) : Value(tensor.defined() ? tensor.value() : Value()) {}
inline Tensor Value::to_tensor() const {
  if (!is_tensor()) {
    detail::check(taper_error_create(TAPER_ERROR_INVALID_ARGUMENT, ("expected a Tensor but got " + type()).c_str()));
    return Tensor();
  }
  return Tensor(*this);
}
inline std::vector<Tensor> Value::to_tensor_list() const {
  std::vector<Tensor> items;
  for (size_t i = 0, n = size(); i < n; ++i) items.push_back((*this)[i].to_tensor());
  return items;
}
template <class T>
std::vector<T> Value::to_vector() const {
  std::vector<T> items;
  for (size_t i = 0, n = size(); i < n; ++i) {
    Value item = (*this)[i];
    if constexpr (std::is_same_v<T, bool>) items.push_back(item.to_bool());
    else if constexpr (std::is_integral_v<T>) items.push_back(T(item.to_int()));
    else if constexpr (std::is_floating_point_v<T>) items.push_back(T(item.to_double()));
    else if constexpr (std::is_same_v<T, std::string>) items.push_back(item.to_string());
    else if constexpr (std::is_same_v<T, Tensor>) items.push_back(item.to_tensor());
    else items.push_back(item);
  }
  return items;
}

inline Tensor empty(const std::vector<int64_t>& sizes, ScalarType dtype = kFloat32) {
  taper_value* made = nullptr;
  detail::check(taper_tensor_empty(sizes.data(), sizes.size(), dtype, &made));
  return made ? Tensor(Value::adopt(made)) : Tensor();
}
inline Tensor full(const std::vector<int64_t>& sizes, const Value& v, ScalarType dtype = kFloat32) {
  return empty(sizes, dtype).fill_(v);
}
inline Tensor zeros(const std::vector<int64_t>& sizes, ScalarType dtype = kFloat32) { return full(sizes, 0, dtype); }
inline Tensor ones(const std::vector<int64_t>& sizes, ScalarType dtype = kFloat32) { return full(sizes, 1, dtype); }
inline Tensor arange(int64_t end) { return Tensor::of(op("aten::arange", {end})); }
inline Tensor randn(const std::vector<int64_t>& sizes) { return Tensor::of(op("aten::randn", {sizes})); }
inline Tensor rand(const std::vector<int64_t>& sizes) { return Tensor::of(op("aten::rand", {sizes})); }
inline Tensor cat(const std::vector<Tensor>& tensors, int64_t d = 0) {
  return Tensor::of(op("aten::cat", {tensors, d}));
}
inline Tensor stack(const std::vector<Tensor>& tensors, int64_t d = 0) {
  return Tensor::of(op("aten::stack", {tensors, d}));
}
// A copy of a host's vector, one dimension.
template <class T>
Tensor tensor(const std::vector<T>& items) {
  Tensor made = empty({int64_t(items.size())}, dtype_of<T>::value);
  T* out = made.mutable_data_ptr<T>();
  for (size_t i = 0; i < items.size(); ++i) out[i] = items[i];
  return made;
}
// Over the host's memory without a copy; the memory must outlive every view of it unless a deleter is given.
inline Tensor from_blob(void* data, const std::vector<int64_t>& sizes, ScalarType dtype = kFloat32,
                        void (*deleter)(void* user) = nullptr, void* user = nullptr) {
  taper_value* made = nullptr;
  detail::check(taper_tensor_from_blob(data, sizes.data(), nullptr, sizes.size(), dtype, deleter, user, &made));
  return made ? Tensor(Value::adopt(made)) : Tensor();
}
inline Tensor from_blob(void* data, const std::vector<int64_t>& sizes, const std::vector<int64_t>& strides,
                        ScalarType dtype = kFloat32, void (*deleter)(void* user) = nullptr, void* user = nullptr) {
  taper_value* made = nullptr;
  detail::check(
      strides.size() == sizes.size()
          ? taper_tensor_from_blob(data, sizes.data(), strides.data(), sizes.size(), dtype, deleter, user, &made)
          : taper_error_create(TAPER_ERROR_INVALID_ARGUMENT, "sizes and strides differ in length"));
  return made ? Tensor(Value::adopt(made)) : Tensor();
}

// A file that torch.save wrote (plain values), and one that torch.load(weights_only=True) reads.
inline Value load_value(const std::string& path) {
  taper_value* made = nullptr;
  detail::check(taper_load_value(path.c_str(), &made));
  return made ? Value::adopt(made) : Value();
}
inline void save(const Value& value, const std::string& path) {
  detail::check(taper_save_value(value.raw(), path.c_str()));
}

// ---- custom operators -----------------------------------------------------------------------------------------------

// Operators for the modules that are loaded with it; must outlive them.
class Registry {
 public:
  Registry() {
    taper_registry* made = nullptr;
    detail::check(taper_registry_create(&made));
    registry_.reset(made, taper_registry_free);
  }
  void add_operator(const std::string& schema, taper_operator_fn fn, void* user = nullptr) {
    detail::check(taper_registry_operator(registry_.get(), schema.c_str(), fn, user));
  }
  taper_registry* raw() const noexcept { return registry_.get(); }

 private:
  std::shared_ptr<taper_registry> registry_;
};

// ---- modules --------------------------------------------------------------------------------------------------------

struct LoadOptions {
  bool copy = false;           // copy the weights instead of mapping the file
  bool check_crc = false;      // read every byte and check it
  bool device_to_cpu = false;  // run what names another device on the CPU
  bool optimize = true;
};

struct NamedValue {
  std::string name;
  Value value;
};

class Module;

// A method of a module, ready to call.
class Method {
 public:
  Method(Module module, std::string name);
  Value operator()(const std::vector<Value>& arguments = {}) const;
  const std::string& name() const noexcept { return name_; }

 private:
  std::shared_ptr<Module> module_;
  std::string name_;
};

class Module {
 public:
  Module() = default;

  Value forward(const std::vector<Value>& arguments, const std::vector<std::pair<std::string, Value>>& keywords = {}) {
    return run_method("forward", arguments, keywords);
  }
  // forward with the module's scripted hooks, as Python's module(x).
  Value operator()(const std::vector<Value>& arguments,
                   const std::vector<std::pair<std::string, Value>>& keywords = {}) {
    return run_method("__call__", arguments, keywords);
  }
  Value run_method(const std::string& name, const std::vector<Value>& arguments,
                   const std::vector<std::pair<std::string, Value>>& keywords = {}) {
    std::vector<taper_value*> raws = Value::raw_pointers(arguments), keyword_values;
    std::vector<const char*> names;
    for (const auto& [key, value] : keywords) {
      names.push_back(key.c_str());
      keyword_values.push_back(value.raw());
    }
    taper_value* result = nullptr;
    taper_context* context = context_ ? context_->raw() : Context::current().raw();
    detail::check(taper_call(raw(), context, name.c_str(), raws.data(), raws.size(), names.data(),
                             keyword_values.data(), names.size(), &result));
    return result ? Value::adopt(result) : Value();
  }
  Method get_method(const std::string& name) const;
  bool has_method(const std::string& name) const {
    for (const std::string& each : method_names())
      if (each == name) return true;
    return false;
  }
  std::vector<std::string> method_names() const {
    std::vector<std::string> names;
    for (size_t i = 0; i < taper_instance_method_count(raw()); ++i)
      names.emplace_back(taper_instance_method_name(raw(), i));
    return names;
  }
  std::string schema(const std::string& name) const {
    for (size_t i = 0; i < taper_instance_method_count(raw()); ++i)
      if (name == taper_instance_method_name(raw(), i)) return taper_instance_method_schema(raw(), i);
    return {};
  }
  // Compiles a method ahead of its first call.
  void prepare(const std::string& name = "forward") { detail::check(taper_instance_prepare(raw(), name.c_str())); }

  Value attr(const std::string& name) const {
    taper_value* made = nullptr;
    detail::check(taper_instance_get(raw(), name.c_str(), &made));
    return made ? Value::adopt(made) : Value();
  }
  bool has_attr(const std::string& name) const {
    for (size_t i = 0; i < taper_instance_attribute_count(raw()); ++i)
      if (name == taper_instance_attribute_name(raw(), i)) return true;
    return false;
  }
  void set_attr(const std::string& name, const Value& value) {
    detail::check(taper_instance_set(raw(), name.c_str(), value.raw()));
  }
  // A submodule by attribute path; it shares this module's state.
  Module submodule(const std::string& path) const {
    taper_instance* made = nullptr;
    detail::check(taper_instance_submodule(raw(), path.c_str(), &made));
    return Module(module_, made, context_);
  }
  std::vector<std::pair<std::string, Module>> named_children() const {
    std::vector<std::pair<std::string, Module>> children;
    for (const std::string& name : names_of(TAPER_SUBMODULE)) children.emplace_back(name, submodule(name));
    return children;
  }
  std::vector<NamedValue> named_parameters(bool recurse = true) const { return collect(TAPER_PARAMETER, recurse); }
  std::vector<NamedValue> named_buffers(bool recurse = true) const { return collect(TAPER_BUFFER, recurse); }
  std::vector<NamedValue> named_attributes(bool recurse = true) const { return collect(TAPER_ATTRIBUTE, recurse); }
  std::vector<Tensor> parameters() const {
    std::vector<Tensor> tensors;
    for (const NamedValue& each : named_parameters())
      if (each.value.is_tensor()) tensors.push_back(each.value.to_tensor());
    return tensors;
  }

  void eval() { train(false); }
  void train(bool on = true) { detail::check(taper_instance_train(raw(), on ? 1 : 0)); }
  // A second instance with the present state that shares the weights: one for each thread.
  Module clone() const {
    taper_instance* made = nullptr;
    detail::check(taper_instance_clone(raw(), &made));
    return Module(module_, made, std::nullopt);
  }
  std::string class_name() const { return taper_instance_class_name(raw()); }
  void set_context(const Context& context) { context_ = context; }

  std::vector<std::string> extra_files() const {
    std::vector<std::string> names;
    for (size_t i = 0; i < taper_module_extra_count(module_.get()); ++i)
      names.emplace_back(taper_module_extra_name(module_.get(), i));
    return names;
  }
  std::string extra_file(const std::string& name) const {
    const void* bytes = nullptr;
    size_t size = 0;
    detail::check(taper_module_extra(module_.get(), name.c_str(), &bytes, &size));
    return std::string(static_cast<const char*>(bytes), size);
  }

  // An archive of the present state that torch.jit.load reads. extra_files: name and content, stored beside those that the
  // module came with or instead of the ones of the same name.
  void save(const std::string& path, const std::vector<std::pair<std::string, std::string>>& extra_files = {}) const {
    std::vector<const char*> names;
    std::vector<const void*> bytes;
    std::vector<size_t> sizes;
    for (const auto& [name, content] : extra_files) {
      names.push_back(name.c_str());
      bytes.push_back(content.data());
      sizes.push_back(content.size());
    }
    auto options = detail::init<taper_save_options>();
    options.extra_count = names.size();
    options.extra_names = names.data();
    options.extra_bytes = bytes.data();
    options.extra_sizes = sizes.data();
    detail::check(taper_instance_save(raw(), path.c_str(), &options));
  }

  // What torch::jit::freeze gives: a module of its own with forward inlined and the weights as constants, without what is not
  // needed any more. Call eval() before. preserved_attrs: attributes by path ("encoder.scale"), submodules, further methods.
  // optimize_numerics: batch norms go into the weights before them, which rounds differently.
  //
  //   model.eval();
  //   model.freeze().save("frozen.pt");
  Module freeze(const std::vector<std::string>& preserved_attrs = {}, bool optimize_numerics = true) const {
    std::vector<const char*> names;
    for (const std::string& name : preserved_attrs) names.push_back(name.c_str());
    auto options = detail::init<taper_freeze_options>();
    options.preserved_count = names.size();
    options.preserved = names.data();
    options.no_numerics = optimize_numerics ? 0 : 1;
    taper_module* made = nullptr;
    detail::check(taper_instance_freeze(raw(), &options, &made));
    return adopt(made);
  }

  bool defined() const noexcept { return instance_ != nullptr; }
  taper_instance* raw() const noexcept { return instance_.get(); }
  static Module adopt(taper_module* owned) {
    std::shared_ptr<taper_module> module(owned, taper_module_free);
    taper_instance* made = nullptr;
    if (owned) detail::check(taper_instance_create(owned, &made));
    return Module(std::move(module), made, std::nullopt);
  }

 private:
  Module(std::shared_ptr<taper_module> module, taper_instance* owned, std::optional<Context> context)
      : module_(std::move(module)), instance_(owned, taper_instance_free), context_(std::move(context)) {}
  std::vector<std::string> names_of(taper_attribute_kind kind) const {
    std::vector<std::string> names;
    for (size_t i = 0; i < taper_instance_attribute_count(raw()); ++i)
      if (taper_instance_attribute_get_kind(raw(), i) == kind)
        names.emplace_back(taper_instance_attribute_name(raw(), i));
    return names;
  }
  std::vector<NamedValue> collect(taper_attribute_kind kind, bool recurse) const {
    std::vector<NamedValue> found;
    for (const std::string& name : names_of(kind)) found.push_back({name, attr(name)});
    if (recurse)
      for (const auto& [name, child] : named_children())
        for (NamedValue& each : child.collect(kind, true))
          found.push_back({name + "." + each.name, std::move(each.value)});
    return found;
  }
  std::shared_ptr<taper_module> module_;
  std::shared_ptr<taper_instance> instance_;
  std::optional<Context> context_;
};

inline Method::Method(Module module, std::string name)
    : module_(std::make_shared<Module>(std::move(module))), name_(std::move(name)) {}
inline Value Method::operator()(const std::vector<Value>& arguments) const {
  return module_->run_method(name_, arguments);
}
inline Method Module::get_method(const std::string& name) const { return Method(*this, name); }

namespace detail {
inline taper_load_options raw_options(const LoadOptions& options) {
  auto raw = detail::init<taper_load_options>();
  raw.copy = options.copy;
  raw.check_crc = options.check_crc;
  raw.device_to_cpu = options.device_to_cpu;
  raw.no_optimize = !options.optimize;
  return raw;
}
}  // namespace detail

// The file is mapped and must not change while the module lives (or use LoadOptions::copy).
inline Module load(const std::string& path, const LoadOptions& options = {}) {
  taper_load_options raw = detail::raw_options(options);
  taper_module* module = nullptr;
  detail::check(taper_load_file(path.c_str(), &raw, &module));
  return Module::adopt(module);
}
inline Module load(const Registry& registry, const std::string& path, const LoadOptions& options = {}) {
  taper_load_options raw = detail::raw_options(options);
  taper_module* module = nullptr;
  detail::check(taper_load_file_with(registry.raw(), path.c_str(), &raw, &module));
  return Module::adopt(module);
}
// The bytes are borrowed: they must outlive the module, unless LoadOptions::copy is set.
inline Module load(const void* bytes, size_t size, const LoadOptions& options = {}) {
  taper_load_options raw = detail::raw_options(options);
  taper_module* module = nullptr;
  detail::check(taper_load_memory(bytes, size, &raw, &module));
  return Module::adopt(module);
}
// From the host's own reader (taper_reader in taper.c.h); used during the load only.
inline Module load(const taper_reader& reader, const LoadOptions& options = {}) {
  taper_load_options raw = detail::raw_options(options);
  taper_module* module = nullptr;
  detail::check(taper_load_reader(&reader, &raw, &module));
  return Module::adopt(module);
}

}  // namespace taper

#endif  // TAPER_H
