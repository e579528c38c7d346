#include "tools/npy.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "archive/reader.h"
#include "core/error.h"

namespace taper::impl {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

// The header is a Python dict: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
class Header {
 public:
  Header(std::string_view text, const std::string& path) : text_(text), path_(path) {}

  std::string_view after(std::string_view key) const {
    std::string quoted = cat("'", key, "'");
    size_t at = text_.find(quoted);
    if (at == text_.npos) wrong(cat("the header lacks ", quoted));
    std::string_view rest = text_.substr(at + quoted.size());
    size_t start = rest.find_first_not_of(": ");
    if (start == rest.npos) wrong(cat(quoted, " has no value"));
    return rest.substr(start);
  }
  std::string_view text(std::string_view key) const {
    std::string_view rest = after(key);
    size_t end = rest.find('\'', 1);
    if (rest[0] != '\'' || end == rest.npos)
      wrong(cat("'", key, "' is not a plain dtype: structured arrays are not tensors"));
    return rest.substr(1, end - 1);
  }
  Dims shape() const {
    std::string_view rest = after("shape");
    size_t end = rest.find(')');
    if (rest[0] != '(' || end == rest.npos) wrong("'shape' is not a tuple");
    Dims sizes;
    const char *at = rest.data() + 1, *stop = rest.data() + end;
    while (at < stop) {
      int64_t size = 0;
      auto [next, error] = std::from_chars(at, stop, size);
      if (error != std::errc() || size < 0) wrong("'shape' is not a tuple of sizes");
      sizes.push_back(size);
      if (sizes.size() > 64) wrong("more than 64 dimensions");
      at = std::find_if(next, stop, [](char c) { return c != ',' && c != ' '; });
    }
    return sizes;
  }
  [[noreturn]] void wrong(const std::string& what) const {
    fail(ErrorCode::kInvalidFile, cat(path_, ": damaged .npy file: ", what));
  }

 private:
  std::string_view text_;
  const std::string& path_;
};

DType dtype_of_code(std::string_view code, const std::string& path) {
  struct Known {
    std::string_view code;
    DType dtype;
  };
  constexpr Known kKnown[] = {{"b1", DType::kBool},         {"i1", DType::kChar},          {"u1", DType::kByte},
                              {"i2", DType::kShort},        {"u2", DType::kUInt16},        {"i4", DType::kInt},
                              {"u4", DType::kUInt32},       {"i8", DType::kLong},          {"u8", DType::kUInt64},
                              {"f2", DType::kHalf},         {"f4", DType::kFloat},         {"f8", DType::kDouble},
                              {"c8", DType::kComplexFloat}, {"c16", DType::kComplexDouble}};
  for (const Known& known : kKnown)
    if (known.code == code) return known.dtype;
  fail(ErrorCode::kUnsupported, cat(path, ": arrays of dtype '", code, "' are not tensors"));
}

}  // namespace

Tensor read_npy(const std::string& path) {
  Ref<Reader> reader = open_file(path, false);
  uint64_t size = reader->size();
  unsigned char start[12] = {};
  reader->read(0, start, size_t(std::min<uint64_t>(size, sizeof start)));
  if (size < 10 || std::memcmp(start, kMagic.data(), kMagic.size()) != 0)
    fail(ErrorCode::kInvalidFile, cat(path, ": this is no .npy file: it does not begin with \\x93NUMPY"));
  bool wide = start[6] >= 2;
  uint64_t header_size =
      wide ? uint64_t(start[8]) | uint64_t(start[9]) << 8 | uint64_t(start[10]) << 16 | uint64_t(start[11]) << 24
           : uint64_t(start[8]) | uint64_t(start[9]) << 8;
  uint64_t header_at = wide ? 12 : 10;
  if (start[6] < 1 || start[6] > 3 || size < header_at || header_size > size - header_at || header_size > (1 << 20))
    fail(ErrorCode::kInvalidFile, cat(path, ": damaged .npy file: its header does not fit into the file"));
  std::string text(size_t(header_size), '\0');
  reader->read(header_at, text.data(), text.size());
  Header header(text, path);

  std::string_view descr = header.text("descr");
  if (descr.empty()) header.wrong("'descr' is empty");
  bool swapped = descr[0] == '>';
  if (descr[0] == '<' || descr[0] == '>' || descr[0] == '|' || descr[0] == '=') descr.remove_prefix(1);
  DType dtype = dtype_of_code(descr, path);
  Dims sizes = header.shape();
  int64_t numel = checked_numel(sizes);
  uint64_t bytes;
  if (__builtin_mul_overflow(uint64_t(numel), uint64_t(item_size(dtype)), &bytes) ||
      bytes > size - header_at - header_size)
    header.wrong(cat("the shape needs ", numel, " numbers, and fewer follow; the file is truncated"));
  Dims strides = contiguous_strides(sizes);
  if (header.after("fortran_order").starts_with("True")) {
    int64_t step = 1;
    for (size_t i = 0; i < sizes.size(); ++i) {
      strides[i] = step;
      step *= std::max<int64_t>(sizes[i], 1);
    }
  }
  Tensor tensor = make_tensor_strided(sizes, strides, dtype);
  auto* out = static_cast<char*>(tensor.mutable_data());
  reader->read(header_at + header_size, out, size_t(bytes));
  if (size_t width = is_complex(dtype) ? item_size(dtype) / 2 : item_size(dtype); swapped && width > 1)
    for (size_t at = 0; at < bytes; at += width) std::reverse(out + at, out + at + width);
  return tensor;
}

}  // namespace taper::impl
