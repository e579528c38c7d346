// The one main of all test programs.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

// What is too large to be allocated is to be an error of ours, not the sanitizer's.
#if defined(__SANITIZE_ADDRESS__)
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options() {
  return "allocator_may_return_null=1";
}
#elif defined(__SANITIZE_THREAD__)
extern "C" __attribute__((visibility("default"))) const char* __tsan_default_options() {
  return "allocator_may_return_null=1";
}
#endif
