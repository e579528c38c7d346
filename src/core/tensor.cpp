#include "core/tensor.h"

#include <charconv>

namespace taper::impl {
namespace {

constexpr size_t kMaxDims = 128;

bool compute_contiguous(IntView sizes, IntView strides) {
  if (std::find(sizes.begin(), sizes.end(), 0) != sizes.end()) return true;
  int64_t expected = 1;
  for (size_t i = sizes.size(); i-- > 0;) {
    if (sizes[i] == 1) continue;
    if (strides[i] != expected) return false;
    expected *= sizes[i];
  }
  return true;
}

// True and sets [low, high]: the range of element indices relative to the first element.
bool reach(IntView sizes, IntView strides, int64_t& low, int64_t& high) {
  low = high = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] < 1) continue;
    int64_t step;
    if (__builtin_mul_overflow(sizes[i] - 1, strides[i], &step)) return false;
    if (__builtin_add_overflow(step < 0 ? low : high, step, step < 0 ? &low : &high)) return false;
  }
  return true;
}

void check_bounds(const Storage& storage, IntView sizes, IntView strides, int64_t offset, DType dtype) {
  check(sizes.size() == strides.size(), "mismatch in length of strides and shape");
  check(sizes.size() <= kMaxDims, "tensors of more than 128 dimensions are not supported, got ", sizes.size());
  int64_t numel = checked_numel(sizes);
  check(offset >= 0, "storage_offset must be non-negative, got ", offset);
  if (numel == 0) return;
  int64_t low, high;
  bool ok = reach(sizes, strides, low, high);
  int64_t first = 0, last = 0;
  ok = ok && !__builtin_add_overflow(offset, low, &first) && !__builtin_add_overflow(offset, high, &last) && first >= 0;
  int64_t available = int64_t(storage.bytes() / item_size(dtype));
  if (!ok || last >= available)
    fail_runtime("setStorage: sizes ", sizes, ", strides ", strides, ", storage offset ", offset, ", and itemsize ",
                 item_size(dtype), " requiring a storage size of ",
                 ok && last < INT64_MAX / 16 ? (last + 1) * int64_t(item_size(dtype)) : INT64_MAX,
                 " are out of bounds for storage of size ", storage.bytes());
}

void assign_geometry(TensorImpl& impl, IntView sizes, IntView strides, int64_t offset) {
  impl.sizes = Dims(sizes);
  impl.strides = Dims(strides);
  impl.offset = offset;
  impl.numel = checked_numel(sizes);
  impl.contiguous = compute_contiguous(sizes, strides);
}

size_t bytes_for(int64_t numel, DType dtype) {
  size_t bytes;
  if (__builtin_mul_overflow(size_t(numel), item_size(dtype), &bytes) || bytes > size_t(INT64_MAX))
    fail_runtime("Storage size calculation overflowed with ", numel, " elements");
  return bytes;
}

}  // namespace

int64_t checked_numel(IntView sizes) {
  int64_t numel = 1;
  bool overflow = false, zero = false;
  for (int64_t size : sizes) {
    check(size >= 0, "Trying to create tensor with negative dimension ", size);
    if (size == 0) zero = true;
    else overflow = overflow || __builtin_mul_overflow(numel, size, &numel);
  }
  if (zero) return 0;
  check(!overflow, "numel: integer multiplication overflow");
  return numel;
}

Dims contiguous_strides(IntView sizes) {
  Dims strides(sizes.size());
  int64_t step = 1;
  for (size_t i = sizes.size(); i-- > 0;) {
    strides[i] = step;
    int64_t next;
    step = __builtin_mul_overflow(step, std::max<int64_t>(sizes[i], 1), &next) ? step : next;
  }
  return strides;
}

Dims channels_last_strides(IntView sizes) {
  check(sizes.size() == 4 || sizes.size() == 5, "required rank 4 tensor to use channels_last format");
  Dims strides(sizes.size());
  int64_t step = 1;
  auto take = [&](size_t i) {
    strides[i] = step;
    step *= std::max<int64_t>(sizes[i], 1);
  };
  take(1);
  for (size_t i = sizes.size() - 1; i >= 2; --i) take(i);
  take(0);
  return strides;
}

Tensor make_tensor(IntView sizes, DType dtype) {
  check(sizes.size() <= kMaxDims, "tensors of more than 128 dimensions are not supported, got ", sizes.size());
  int64_t numel = checked_numel(sizes);
  auto impl = make_ref<TensorImpl>();
  impl->storage = Storage::make(bytes_for(numel, dtype));
  impl->sizes = Dims(sizes);
  impl->strides = contiguous_strides(sizes);
  impl->numel = numel;
  impl->dtype = dtype;
  return Tensor(std::move(impl));
}

Tensor make_tensor_strided(IntView sizes, IntView strides, DType dtype) {
  int64_t numel = checked_numel(sizes);
  int64_t low = 0, high = 0;
  check(sizes.size() == strides.size(), "mismatch in length of strides and shape");
  for (int64_t stride : strides) check(stride >= 0, "as_strided: Negative strides are not supported at the moment");
  check(reach(sizes, strides, low, high) && high < INT64_MAX, "Storage size calculation overflowed");
  return make_tensor_on(Storage::make(numel ? bytes_for(high + 1, dtype) : 0), sizes, strides, 0, dtype);
}

Tensor make_tensor_on(Ref<Storage> storage, IntView sizes, IntView strides, int64_t offset, DType dtype) {
  check_bounds(*storage, sizes, strides, offset, dtype);
  auto impl = make_ref<TensorImpl>();
  impl->storage = std::move(storage);
  impl->dtype = dtype;
  assign_geometry(*impl, sizes, strides, offset);
  return Tensor(std::move(impl));
}

Tensor Tensor::as_view(IntView sizes, IntView strides, int64_t offset) const {
  check_bounds(storage(), sizes, strides, offset, dtype());
  Tensor view = alias();
  assign_geometry(*view.impl_, sizes, strides, offset);
  return view;
}

Tensor Tensor::with_dtype(DType dtype) const {
  check(impl::item_size(dtype) == item_size(), "self.dtype and dtype must have the same element size");
  Tensor view = alias();
  view.impl_->dtype = dtype;
  return view;
}

Tensor Tensor::alias() const {
  auto impl = make_ref<TensorImpl>();
  impl->storage = impl_->storage;
  impl->sizes = impl_->sizes;
  impl->strides = impl_->strides;
  impl->offset = impl_->offset;
  impl->numel = impl_->numel;
  impl->dtype = impl_->dtype;
  impl->layout = impl_->layout;
  impl->contiguous = impl_->contiguous;
  impl->conj = impl_->conj;
  impl->neg = impl_->neg;
  impl->device = impl_->device;
  impl->meta = impl_->meta;
  return Tensor(std::move(impl));
}

bool Tensor::is_contiguous(MemoryFormat format) const {
  if (format == MemoryFormat::kContiguous || format == MemoryFormat::kPreserve) return impl_->contiguous;
  size_t wanted = format == MemoryFormat::kChannelsLast ? 4 : 5;
  if (impl_->sizes.size() != wanted) return false;
  Dims expected = channels_last_strides(impl_->sizes);
  for (size_t i = 0; i < wanted; ++i)
    if (impl_->sizes[i] > 1 && impl_->strides[i] != expected[i]) return false;
  return true;
}

bool Tensor::is_non_overlapping_and_dense() const {
  if (impl_->contiguous) return true;
  struct Axis {
    int64_t stride, size;
  };
  SmallVec<Axis, 8> order;
  for (size_t i = 0; i < impl_->sizes.size(); ++i)
    if (impl_->sizes[i] != 1) order.push_back({impl_->strides[i], impl_->sizes[i]});
  std::sort(order.begin(), order.end(), [](Axis a, Axis b) { return a.stride < b.stride; });
  int64_t expected = 1;
  for (auto [stride, size] : order) {
    if (size == 0) return true;
    if (stride != expected) return false;
    expected *= size;
  }
  return true;
}

size_t Tensor::wrap(int64_t d) const { return size_t(wrap_dim(d, dim())); }

int64_t wrap_dim(int64_t dim, int64_t dims) {
  int64_t range = std::max<int64_t>(dims, 1);
  if (dim < -range || dim >= range)
    fail_runtime("Dimension out of range (expected to be in range of [", -range, ", ", range - 1, "], but got ", dim,
                 ")");
  return dim < 0 ? dim + range : dim;
}

void resize_tensor(const Tensor& tensor, IntView sizes) {
  int64_t numel = checked_numel(sizes);
  TensorImpl& impl = *tensor.impl();
  int64_t last;
  check(!__builtin_add_overflow(numel, impl.offset, &last), "Storage size calculation overflowed");
  size_t bytes = numel ? bytes_for(last, impl.dtype) : 0;
  if (bytes > impl.storage->bytes()) impl.storage->resize(bytes);
  assign_geometry(impl, sizes, contiguous_strides(sizes), impl.offset);
}

void set_sizes(const Tensor& tensor, IntView sizes, IntView strides, int64_t offset) {
  check_bounds(tensor.storage(), sizes, strides, offset, tensor.dtype());
  assign_geometry(*tensor.impl(), sizes, strides, offset);
}

namespace {
struct DeviceRow {
  DeviceType type;
  std::string_view name;
};
constexpr DeviceRow kDevices[] = {
    {DeviceType::kCpu, "cpu"}, {DeviceType::kCuda, "cuda"},     {DeviceType::kHip, "hip"},
    {DeviceType::kXla, "xla"}, {DeviceType::kVulkan, "vulkan"}, {DeviceType::kXpu, "xpu"},
    {DeviceType::kMps, "mps"}, {DeviceType::kMeta, "meta"},
};
}  // namespace

std::string device_name(Device device) {
  std::string name = "privateuseone";
  for (const DeviceRow& row : kDevices)
    if (row.type == device.type) name = row.name;
  if (device.index >= 0) name += cat(':', int(device.index));
  return name;
}

Device parse_device(std::string_view text) {
  std::string_view name = text.substr(0, text.find(':'));
  for (const DeviceRow& row : kDevices) {
    if (row.name != name) continue;
    Device device{row.type, -1};
    if (name.size() == text.size()) return device;
    std::string_view digits = text.substr(name.size() + 1);
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), device.index);
    if (error != std::errc() || end != digits.data() + digits.size() || device.index < 0)
      fail_runtime("Invalid device string: '", text, "'");
    return device;
  }
  fail_runtime(
      "Expected one of cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, mtia, privateuseone "
      "device type at start of device string: ",
      text);
}

}  // namespace taper::impl
