// Tensor: a counted handle to a strided view of a Storage. Copying a Tensor copies the handle; views share the Storage.
//
//   Tensor t = make_tensor({2, 3}, DType::kFloat);        // uninitialized
//   float* p = t.mutable_data<float>();                   // write access: copies shared bytes first
//   Tensor row = t.as_view({3}, {1}, t.offset() + 3);     // shares the storage
//
// Invariant of every Tensor: each element it can reach lies inside its storage (make_tensor and as_view check it), so
// kernels need not check bounds of what sizes and strides describe.
#pragma once

#include <cstdint>

#include "core/dims.h"
#include "core/dtype.h"
#include "core/error.h"
#include "core/ref.h"
#include "core/storage.h"

namespace taper::impl {

// c10's device numbers. taper computes on the CPU; others occur in archives and as arguments.
enum class DeviceType : int8_t {
  kCpu = 0,
  kCuda = 1,
  kHip = 6,
  kXla = 9,
  kVulkan = 10,
  kXpu = 12,
  kMps = 13,
  kMeta = 14
};
struct Device {
  DeviceType type = DeviceType::kCpu;
  int16_t index = -1;  // -1: the current one
  friend bool operator==(Device, Device) = default;
};
std::string device_name(Device device);      // "cpu", "cuda:0"
Device parse_device(std::string_view text);  // throws PyTorch's text on what is not a device

// kNested is taper's own: sequences of different lengths [N, longest, D], whose NestedMeta has the lengths. Only operators
// marked kTakesNested get to see such a tensor.
enum class Layout : int8_t { kStrided = 0, kSparse = 1, kSparseCsr = 2, kMkldnn = 3, kNested = 64 };
enum class MemoryFormat : int8_t { kContiguous = 0, kPreserve = 1, kChannelsLast = 2, kChannelsLast3d = 3 };

// Rare state of a tensor: quantizer, gradient node, sparse parts. Subclasses live where they are used.
class TensorMeta : public RefCounted {};

class NestedMeta final : public TensorMeta {
 public:
  explicit NestedMeta(Dims n) : lengths(std::move(n)) {}
  const Dims lengths;
};

class TensorImpl final : public RefCounted {
 public:
  Ref<Storage> storage;
  Dims sizes;
  Dims strides;
  int64_t offset = 0;  // elements
  int64_t numel = 0;
  DType dtype = DType::kFloat;
  Layout layout = Layout::kStrided;
  bool contiguous = true;
  bool conj = false;
  bool neg = false;
  bool requires_grad = false;
  bool wrapped_number = false;  // a 0-dim tensor made from a Python number: weak in type promotion
  Device device;
  Ref<TensorMeta> meta;
};

class Tensor {
 public:
  Tensor() = default;  // undefined
  explicit Tensor(Ref<TensorImpl> impl) : impl_(std::move(impl)) {}

  bool defined() const noexcept { return bool(impl_); }
  TensorImpl* impl() const noexcept { return impl_.get(); }
  Ref<TensorImpl> take() && noexcept { return std::move(impl_); }
  const Ref<TensorImpl>& ref() const noexcept { return impl_; }
  friend bool operator==(const Tensor& a, const Tensor& b) noexcept { return a.impl_ == b.impl_; }  // identity

  int64_t dim() const noexcept { return int64_t(impl_->sizes.size()); }
  IntView sizes() const noexcept { return impl_->sizes; }
  IntView strides() const noexcept { return impl_->strides; }
  int64_t size(int64_t d) const { return impl_->sizes[wrap(d)]; }  // negative d counts from the end
  int64_t stride(int64_t d) const { return impl_->strides[wrap(d)]; }
  int64_t numel() const noexcept { return impl_->numel; }
  int64_t offset() const noexcept { return impl_->offset; }
  DType dtype() const noexcept { return impl_->dtype; }
  size_t item_size() const { return impl::item_size(impl_->dtype); }
  Device device() const noexcept { return impl_->device; }
  Storage& storage() const noexcept { return *impl_->storage; }

  bool is_contiguous() const noexcept { return impl_->contiguous; }
  bool is_contiguous(MemoryFormat format) const;
  bool is_conj() const noexcept { return impl_->conj; }
  bool is_neg() const noexcept { return impl_->neg; }
  bool is_complex() const noexcept { return impl::is_complex(impl_->dtype); }
  bool is_floating() const noexcept { return impl::is_floating(impl_->dtype); }
  bool is_wrapped_number() const noexcept { return impl_->wrapped_number; }
  bool is_non_overlapping_and_dense() const;

  // The first element. Untyped data of a conj or neg tensor is the unresolved bits.
  const void* data() const noexcept {
    return static_cast<const char*>(impl_->storage->data()) + impl_->offset * int64_t(impl::item_size(impl_->dtype));
  }
  void* mutable_data() const {
    return static_cast<char*>(impl_->storage->mutable_data()) + impl_->offset * int64_t(impl::item_size(impl_->dtype));
  }
  template <class T>
  const T* data() const noexcept {
    return static_cast<const T*>(data());
  }
  template <class T>
  T* mutable_data() const {
    return static_cast<T*>(mutable_data());
  }

  // A view of the same storage, dtype and bits. Throws when it would reach outside the storage.
  Tensor as_view(IntView sizes, IntView strides, int64_t offset) const;
  // Same view under another dtype of the same item size.
  Tensor with_dtype(DType dtype) const;
  // New handle (its own sizes, flags), same storage: what detach() and alias() give.
  Tensor alias() const;

 private:
  size_t wrap(int64_t d) const;
  Ref<TensorImpl> impl_;
};

Dims contiguous_strides(IntView sizes);
Dims channels_last_strides(IntView sizes);  // 4-d NHWC or 5-d NDHWC strides for NCHW-ordered sizes
// The product, checked: Error(kRuntime) when negative sizes or overflow.
int64_t checked_numel(IntView sizes);

Tensor make_tensor(IntView sizes, DType dtype);  // contiguous, uninitialized
inline Tensor make_tensor(std::initializer_list<int64_t> sizes, DType dtype) {
  return make_tensor(IntView(sizes.begin(), sizes.size()), dtype);
}
Tensor make_tensor_strided(IntView sizes, IntView strides, DType dtype);
// Over an existing storage; checks that every element lies inside.
Tensor make_tensor_on(Ref<Storage> storage, IntView sizes, IntView strides, int64_t offset, DType dtype);

// Changes sizes in place to contiguous `sizes`, growing the storage when needed; what resize_ and out= do.
void resize_tensor(const Tensor& tensor, IntView sizes);
// Replaces sizes, strides and offset in place after the same bounds check as as_view.
void set_sizes(const Tensor& tensor, IntView sizes, IntView strides, int64_t offset);

// Wraps a possibly negative dimension; PyTorch's text when out of range. dims == 0 counts as 1.
int64_t wrap_dim(int64_t dim, int64_t dims);

}  // namespace taper::impl
