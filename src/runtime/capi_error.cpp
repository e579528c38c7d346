// Errors of the C ABI, and the version.
#include <cstring>
#include <new>
#include <stdexcept>

#include "runtime/capi.h"

using namespace taper::impl;

namespace taper::impl {
namespace {

constinit taper_error out_of_memory{TAPER_ERROR_OUT_OF_MEMORY, nullptr};
constexpr const char* kOutOfMemoryText = "out of memory";

taper_error* make_error(const Error& error) noexcept {
  try {
    auto details = std::make_unique<Error>(error);
    details->what();  // put together now: later callers may be on several threads
    auto* made = new taper_error{taper_error_code(int(error.code())), details.get()};
    details.release();
    return made;
  } catch (...) {
    return &out_of_memory;
  }
}

taper_error* make_error(ErrorCode code, const char* message) noexcept {
  try {
    return make_error(Error(code, message));
  } catch (...) {
    return &out_of_memory;
  }
}

}  // namespace

taper_error* current_error() noexcept {
  try {
    throw;
  } catch (const Error& error) {
    return make_error(error);
  } catch (const std::bad_alloc&) {
    return &out_of_memory;
  } catch (const std::length_error&) {  // a container of more elements than there can be
    return &out_of_memory;
  } catch (const std::exception& error) {
    return make_error(ErrorCode::kInternal, error.what());
  } catch (...) {
    return make_error(ErrorCode::kInternal, "an unknown exception");
  }
}

void rethrow(taper_error* error) {
  if (!error->details) throw std::bad_alloc();
  Error copy(*error->details);
  taper_error_free(error);
  throw copy;
}

void fail_null(const char* what) { fail(ErrorCode::kInvalidArgument, cat(what, " is NULL")); }

void copy_struct(void* to, size_t to_size, const void* from, const char* what) {
  size_t size = 0;
  std::memcpy(&size, from, sizeof size);
  if (size < sizeof size || size > 4096)
    fail(ErrorCode::kInvalidArgument, cat(what, ": struct_size is ", size, "; initialize the struct with TAPER_INIT"));
  std::memcpy(to, from, size < to_size ? size : to_size);
}

void fill_struct(void* to, const void* from, size_t from_size, const char* what) {
  size_t size = 0;
  if (!to) fail_null(what);
  std::memcpy(&size, to, sizeof size);
  if (size < sizeof size || size > 4096)
    fail(ErrorCode::kInvalidArgument, cat(what, ": struct_size is ", size, "; initialize the struct with TAPER_INIT"));
  size_t known = size < from_size ? size : from_size;
  std::memcpy(static_cast<char*>(to) + sizeof size, static_cast<const char*>(from) + sizeof size, known - sizeof size);
}

}  // namespace taper::impl

uint32_t taper_abi_version(void) { return TAPER_ABI_VERSION; }
const char* taper_version(void) { return TAPER_VERSION; }

taper_error_code taper_error_get_code(const taper_error* error) { return error ? error->code : TAPER_OK; }

const char* taper_error_text(const taper_error* error) {
  if (!error) return "";
  return error->details ? error->details->what() : kOutOfMemoryText;
}

const char* taper_error_message(const taper_error* error) {
  if (!error) return "";
  return error->details ? error->details->message().c_str() : kOutOfMemoryText;
}

const char* taper_error_python_class(const taper_error* error) {
  return error && error->details ? error->details->python_class().c_str() : "";
}

size_t taper_error_frame_count(const taper_error* error) {
  return error && error->details ? error->details->stack().size() : 0;
}

const char* taper_error_frame_function(const taper_error* error, size_t frame) {
  return frame < taper_error_frame_count(error) ? error->details->stack()[frame].function.c_str() : "";
}

const char* taper_error_frame_file(const taper_error* error, size_t frame) {
  return frame < taper_error_frame_count(error) ? error->details->stack()[frame].file.c_str() : "";
}

int taper_error_frame_line(const taper_error* error, size_t frame) {
  return frame < taper_error_frame_count(error) ? error->details->stack()[frame].line : 0;
}

void taper_error_free(taper_error* error) {
  if (!error || !error->details) return;
  delete error->details;
  delete error;
}

taper_error* taper_error_create(taper_error_code code, const char* message) {
  if (code < TAPER_ERROR_INVALID_ARGUMENT || code > TAPER_ERROR_INTERNAL) code = TAPER_ERROR_RUNTIME;
  if (code == TAPER_ERROR_OUT_OF_MEMORY && !message) return &out_of_memory;
  return make_error(ErrorCode(int(code)), message ? message : "");
}
