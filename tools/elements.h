// The elements of any dense tensor, one by one in logical order: for comparing and printing, not for speed.
#pragma once

#include <algorithm>
#include <complex>
#include <cstring>
#include <string>

#include "core/error.h"
#include "core/tensor.h"

namespace taper::impl {

// Reads elements one by one in logical order, whatever the strides.
class Elements {
 public:
  explicit Elements(const Tensor& tensor)
      : tensor_(tensor),
        data_(static_cast<const char*>(tensor.data())),
        size_(int64_t(tensor.item_size())),
        index_(tensor.sizes().size()) {}

  const char* at() const { return data_ + offset_ * size_; }
  void next() {
    for (size_t d = index_.size(); d-- > 0;) {
      offset_ += tensor_.strides()[d];
      if (++index_[d] < tensor_.sizes()[d]) return;
      offset_ -= index_[d] * tensor_.strides()[d];
      index_[d] = 0;
    }
  }
  std::string place() const {
    std::string out = "[";
    for (size_t i = 0; i < index_.size(); ++i) append(out, cat(i ? ", " : "", index_[i]));
    return out + "]";
  }

  // Compared bit by bit: integers, bools, and the 8-bit floats, which have no arithmetic.
  bool is_integral() const {
    DType dtype = tensor_.dtype();
    return !impl::is_complex(dtype) && (!is_floating(dtype) || tensor_.item_size() == 1);
  }
  int64_t integer() const {
    switch (tensor_.dtype()) {
      case DType::kByte: return load<uint8_t>();
      case DType::kChar: return load<int8_t>();
      case DType::kShort: return load<int16_t>();
      case DType::kInt: return load<int32_t>();
      case DType::kLong: return load<int64_t>();
      case DType::kBool: return load<uint8_t>();
      default: {
        uint64_t bits = 0;
        std::memcpy(&bits, at(), std::min<size_t>(size_t(size_), 8));
        return int64_t(bits);
      }
    }
  }
  std::complex<double> number() const {
    std::complex<double> value;
    switch (tensor_.dtype()) {
      case DType::kFloat: value = double(load<float>()); break;
      case DType::kDouble: value = load<double>(); break;
      case DType::kHalf: value = double(float(load<Half>())); break;
      case DType::kBFloat16: value = double(float(load<BFloat16>())); break;
      case DType::kComplexFloat: value = std::complex<double>(load<std::complex<float>>()); break;
      case DType::kComplexDouble: value = load<std::complex<double>>(); break;
      case DType::kComplexHalf: {
        Half parts[2];
        std::memcpy(parts, at(), sizeof parts);
        value = {double(float(parts[0])), double(float(parts[1]))};
        break;
      }
      default: value = double(integer());
    }
    if (tensor_.is_conj()) value = std::conj(value);
    return tensor_.is_neg() ? -value : value;
  }

 private:
  template <class T>
  T load() const {
    T value;
    std::memcpy(&value, at(), sizeof value);
    return value;
  }
  const Tensor& tensor_;
  const char* data_;
  int64_t size_;
  int64_t offset_ = 0;
  Dims index_;
};

}  // namespace taper::impl
