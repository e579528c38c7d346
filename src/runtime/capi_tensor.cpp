// Tensors over the host's memory or ours, and files of plain values.
#include <cstdio>

#include "archive/model_file.h"
#include "runtime/capi.h"
#include "runtime/write_file.h"

using namespace taper::impl;

namespace taper::impl {
namespace {

// Keeps a host's memory: its deleter runs when the last view is gone.
struct HostMemory final : RefCounted {
  ~HostMemory() override {
    if (deleter) deleter(user);
  }
  void (*deleter)(void*) = nullptr;
  void* user = nullptr;
};

DType check_dtype(taper_dtype dtype) {
  if (taper_dtype_size(dtype) == 0)
    fail(ErrorCode::kInvalidArgument, cat(int(dtype), " is no dtype that a host can make tensors of"));
  return DType(int8_t(dtype));
}

IntView check_sizes(const int64_t* sizes, size_t dims, const char* what) {
  if (dims > 64) fail(ErrorCode::kInvalidArgument, cat(what, ": a tensor has at most 64 dimensions, not ", dims));
  if (dims) need(sizes, what);
  for (size_t i = 0; i < dims; ++i)
    if (sizes[i] < 0) fail(ErrorCode::kInvalidArgument, cat(what, "[", i, "] is negative: ", sizes[i]));
  return {sizes, dims};
}

// The bytes that a strided view reaches from its first element on.
size_t reach(IntView sizes, IntView strides, size_t item) {
  uint64_t last = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    uint64_t step;
    if (sizes[i] == 0) return 0;
    if (__builtin_mul_overflow(uint64_t(sizes[i] - 1), uint64_t(strides[i]), &step) ||
        __builtin_add_overflow(last, step, &last))
      fail(ErrorCode::kInvalidArgument, "sizes and strides reach further than memory does");
  }
  uint64_t bytes;
  if (__builtin_mul_overflow(last + 1, uint64_t(item), &bytes) || bytes > uint64_t(INT64_MAX) || size_t(bytes) != bytes)
    fail(ErrorCode::kInvalidArgument, "sizes and strides reach further than memory does");
  return size_t(bytes);
}

const Tensor& tensor_of(const taper_value& value) {
  if (!value.value.is_tensor())
    fail(ErrorCode::kInvalidArgument, cat("expected a Tensor, got a ", type_of(value.value)->annotation()));
  return value.value.tensor();
}

void check_dense(const Tensor& tensor) {
  if (tensor.impl()->layout != Layout::kStrided || !tensor.impl()->storage)
    fail(ErrorCode::kInvalidArgument, "this tensor is not dense: it has no data that lies at strides");
}

}  // namespace
}  // namespace taper::impl

size_t taper_dtype_size(taper_dtype dtype) {
  int number = int(dtype);
  bool known = (number >= TAPER_UINT8 && number <= TAPER_BOOL8) || number == TAPER_BFLOAT16 ||
               (number >= TAPER_UINT16 && number <= TAPER_UINT64);
  return known ? item_size(DType(int8_t(number))) : 0;
}

// Names are literals within the library, each ended by a zero.
const char* taper_dtype_name(taper_dtype dtype) {
  return is_valid_dtype(int64_t(dtype)) ? dtype_name(DType(int8_t(dtype))).data() : "";
}

taper_error* taper_tensor_empty(const int64_t* sizes, size_t dims, taper_dtype dtype, taper_value** tensor) {
  return guarded([&] {
    give(tensor, "tensor", [&] { return box(make_tensor(check_sizes(sizes, dims, "sizes"), check_dtype(dtype))); });
  });
}

taper_error* taper_tensor_from_blob(void* data, const int64_t* sizes, const int64_t* strides, size_t dims,
                                    taper_dtype dtype, void (*deleter)(void* user), void* user, taper_value** tensor) {
  return guarded([&] {
    need(tensor, "tensor");
    DType type = check_dtype(dtype);
    IntView extents = check_sizes(sizes, dims, "sizes");
    Dims steps = strides ? Dims(check_sizes(strides, dims, "strides")) : contiguous_strides(extents);
    size_t bytes = reach(extents, steps, item_size(type));
    if (bytes) need(static_cast<char*>(data), "data");
    auto memory = make_ref<HostMemory>();
    taper_value* made = box(make_tensor_on(Storage::borrow(data, bytes, memory, false), extents, steps, 0, type));
    memory->deleter = deleter;  // from here on nothing fails: on an error the host keeps its memory
    memory->user = user;
    *tensor = made;
  });
}

taper_error* taper_tensor_get(const taper_value* tensor, taper_tensor_info* info) {
  return guarded([&] {
    const taper_value& from = need(tensor, "tensor");
    const Tensor& own = tensor_of(from);
    check_dense(own);
    const Tensor& shown = from.plain.is_tensor() ? from.plain.tensor() : own;
    taper_tensor_info made{};
    made.dtype = taper_dtype(int(shown.dtype()));
    made.dims = shown.sizes().size();
    made.sizes = shown.sizes().data();
    made.strides = shown.strides().data();
    made.numel = shown.numel();
    made.contiguous = shown.is_contiguous();
    made.data = shown.data();
    fill_struct(info, &made, sizeof made, "tensor info");
  });
}

taper_error* taper_tensor_mutable_data(taper_value* tensor, void** data) {
  return guarded([&] {
    const taper_value& from = need(tensor, "tensor");
    const Tensor& own = tensor_of(from);
    check_dense(own);
    if (from.plain.is_tensor())
      fail(ErrorCode::kInvalidArgument, "this tensor is a lazily conjugated or negated view: write to a clone of it");
    need(data, "data") = own.mutable_data();
  });
}

taper_error* taper_load_value(const char* path, taper_value** value) {
  return guarded([&] {
    need(value, "value");
    *value = box(read_values(open_file(&need(path, "path"))));
  });
}

taper_error* taper_save_value(const taper_value* value, const char* path) {
  return guarded([&] {
    const Value& saved = need(value, "value").value;
    stream_file(&need(path, "path"), [&](ByteSink& sink) { write_values(sink, saved); });
  });
}
