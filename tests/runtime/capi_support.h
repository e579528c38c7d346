// Small helpers for tests of the C ABI: handles that free themselves, and errors that end the test.
#pragma once

#include <taper/taper.c.h>

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

namespace capi_test {

inline const std::string kData = TAPER_SOURCE_DIR "/tests/tools/data/";
inline const std::string kSample = kData + "sample.pt";
inline const std::string kHost = TAPER_SOURCE_DIR "/tests/runtime/data/host.pt";

template <class T, void (*Free)(T*)>
class Handle {
 public:
  Handle() = default;
  Handle(T* owned) : raw_(owned) {}
  Handle(Handle&& other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~Handle() { Free(raw_); }
  operator T*() const { return raw_; }
  T** out() {
    Free(raw_);
    raw_ = nullptr;
    return &raw_;
  }
  void reset() { *this = Handle(); }
  T* release() { return std::exchange(raw_, nullptr); }

 private:
  T* raw_ = nullptr;
};
using Module = Handle<taper_module, taper_module_free>;
using Instance = Handle<taper_instance, taper_instance_free>;
using Context = Handle<taper_context, taper_context_free>;
using Value = Handle<taper_value, taper_value_free>;
using Registry = Handle<taper_registry, taper_registry_free>;
using Failure = Handle<taper_error, taper_error_free>;

inline void ok(taper_error* error) {
  Failure failure(error);
  if (failure) FAIL(taper_error_text(failure));
}

struct Refused {
  taper_error_code code = TAPER_OK;
  std::string message;
};
inline Refused refused(taper_error* error) {
  Failure failure(error);
  REQUIRE(failure);
  return {taper_error_get_code(failure), taper_error_message(failure)};
}

inline Value make_int(int64_t v) {
  Value value;
  ok(taper_int(v, value.out()));
  return value;
}
inline Value make_text(const std::string& v) {
  Value value;
  ok(taper_string(v.data(), v.size(), value.out()));
  return value;
}
inline Value make_floats(const std::vector<float>& items) {
  Value value;
  int64_t size = int64_t(items.size());
  ok(taper_tensor_empty(&size, 1, TAPER_FLOAT32, value.out()));
  void* data = nullptr;
  ok(taper_tensor_mutable_data(value, &data));
  std::copy(items.begin(), items.end(), static_cast<float*>(data));
  return value;
}
inline std::string printed(taper_value* value) {
  Value text;
  ok(taper_value_print(value, text.out()));
  const char* bytes = nullptr;
  size_t size = 0;
  ok(taper_get_string(text, &bytes, &size));
  return std::string(bytes, size);
}
inline int64_t integer(taper_value* value) {
  int64_t v = 0;
  ok(taper_get_int(value, &v));
  return v;
}
inline const float* floats(taper_value* value) {
  taper_tensor_info info{};
  info.struct_size = sizeof info;
  ok(taper_tensor_get(value, &info));
  REQUIRE(info.dtype == TAPER_FLOAT32);
  return static_cast<const float*>(info.data);
}

// A model, ready to be called.
struct Host {
  Module module;
  Instance instance;
  Context context;
  explicit Host(const std::string& path = kSample, taper_registry* registry = nullptr) {
    ok(taper_load_file_with(registry, path.c_str(), nullptr, module.out()));
    ok(taper_instance_create(module, instance.out()));
    ok(taper_context_create(nullptr, context.out()));
  }
  taper_error* try_call(const char* method, const std::vector<taper_value*>& arguments, taper_value** result) {
    return taper_call(instance, context, method, arguments.data(), arguments.size(), nullptr, nullptr, 0, result);
  }
  Value call(const char* method, const std::vector<taper_value*>& arguments) {
    Value result;
    ok(try_call(method, arguments, result.out()));
    return result;
  }
  Refused fail(const char* method, const std::vector<taper_value*>& arguments) {
    taper_value* result = nullptr;
    Refused why = refused(try_call(method, arguments, &result));
    CHECK(result == nullptr);
    return why;
  }
};

}  // namespace capi_test
