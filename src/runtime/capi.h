// What stands behind the handles of taper.c.h. The capi_*.cpp files implement that header: they turn handles into the
// objects of this folder and exceptions into error objects, and do nothing else.
//
//   taper_error* taper_foo(taper_value* value) { return guarded([&] { use(need(value, "value").value); }); }
//
// Rules: nothing throws out of an entry; outputs are written last, so that a failure leaves them as they were; pointers
// from the host are checked for null.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/error.h"
#include "core/op_def.h"
#include "core/platform/fp_env.h"
#include "core/schema.h"
#include "runtime/module.h"
#include "runtime/opaque.h"
#include "runtime/parallel.h"
#include "taper/taper.c.h"

// Null details: memory was exhausted, and the error is a constant that is never freed.
struct taper_error {
  taper_error_code code;
  const taper::impl::Error* details;
};

namespace taper::impl {

// The exception being handled as an error object; for use in a catch block.
taper_error* current_error() noexcept;
// Throws the host's error as ours, and frees it.
void rethrow(taper_error* error);

template <class Body>
taper_error* guarded(Body&& body) noexcept {
  try {
    body();
    return nullptr;
  } catch (...) {
    return current_error();
  }
}

// The getters that cannot report an error.
template <class Result, class Body>
Result guarded_or(Result fallback, Body&& body) noexcept {
  try {
    return body();
  } catch (...) {
    return fallback;
  }
}

[[noreturn]] void fail_null(const char* what);
template <class T>
T& need(T* pointer, const char* what) {
  if (!pointer) fail_null(what);
  return *pointer;
}

// *out = make(), where out is looked at first: what was made would be lost.
template <class T, class Make>
void give(T* out, const char* what, Make&& make) {
  T& to = need(out, what);
  to = make();
}

// A copy of a host's option struct in this library's size: fields that the host's version lacks are zero.
void copy_struct(void* to, size_t to_size, const void* from, const char* what);
template <class Options>
Options read_options(const Options* given, const char* what) {
  Options options{};
  if (given) copy_struct(&options, sizeof options, given, what);
  options.struct_size = sizeof options;
  return options;
}
// The other direction: what the host's version of the struct has room for.
void fill_struct(void* to, const void* from, size_t from_size, const char* what);

// What modules need of a registry; a snapshot, so that a registry may grow or go while modules live.
class HostTable final : public RefCounted, public OpTable, public OpaqueClasses {
 public:
  struct Operator {
    OpDef row;
    std::string schema;
    taper_operator_fn function;
    void* user;
    std::vector<bool> fresh;  // which results the schema calls fresh: they may not share memory with an argument
  };
  struct Class {
    taper_error* (*restore)(void* user, const taper_value* state, void** object);
    void (*release)(void* user, void* object);
    void* user;
  };

  std::span<const OpDef* const> find(std::string_view name) const override;
  bool knows(std::string_view class_name) const override;
  Value restore(std::string_view class_name, const Value& state) const override;

  std::unordered_map<std::string, std::vector<const OpDef*>> rows;
  std::vector<std::shared_ptr<const Operator>> operators;
  std::unordered_map<std::string, Class> classes;
};

// A module and what it stands on. Instances, and values whose classes live in it, keep it.
struct Loaded final : RefCounted {
  Ref<const HostTable> host;  // goes after the module
  Ref<Module> module;
  std::mutex lock;  // of the below
  std::vector<std::string> extra_names;
  std::unordered_map<std::string, std::string> extra;
};

// A new handle on a value. `owner` is kept when the value has parts that live in a module: objects, enums, named
// tuples.
taper_value* box(Value value, const Ref<const RefCounted>& owner = nullptr);
// An owner for a value made of parts that have owners.
Ref<const RefCounted> join_owners(const Ref<const RefCounted>& a, const Ref<const RefCounted>& b);

}  // namespace taper::impl

struct taper_value final : taper::impl::RefCounted {
  taper::impl::Value value;
  // A device's name, or a conjugated or negated tensor's plain form: what the host reads instead.
  taper::impl::Value plain;
  taper::impl::Ref<const taper::impl::RefCounted> owner;
};

struct taper_module {
  taper::impl::Ref<taper::impl::Loaded> loaded;
};

struct taper_instance {
  taper::impl::Ref<taper::impl::Loaded> loaded;
  taper::impl::Ref<taper::impl::Instance> instance;
  // Texts that the host was given, made at the first question.
  struct Texts {
    std::vector<std::string> attribute_types, methods, schemas;
  };
  mutable std::unique_ptr<Texts> texts;
};

struct taper_context final : taper::impl::HostCallbacks, taper::impl::HostParallelFor {
  explicit taper_context(const taper_context_options& given);
  void print(std::string_view text) override;
  void warn(std::string_view text, std::string_view category) override;
  void run(int64_t count, int64_t grain, void (*body)(void*, int64_t, int64_t), void* body_user) override;

  const taper_context_options options;
  taper::impl::Execution execution;
  std::unique_ptr<taper::impl::ParallelFor> threads;   // the pool or the host's
  std::unique_ptr<taper::impl::ParallelFor> parallel;  // around it: gives each range the caller's float environment
  std::atomic<bool> cancelled{false};
  std::atomic<const void*> user{nullptr};  // the thread that is in, by an address of its own
  int depth = 0;                           // of calls on that thread: an operator of the host's may call

  struct Row {
    const taper::impl::OpDef* op;
    taper::impl::Schema schema;
  };
  std::unordered_map<std::string, std::vector<Row>> rows;  // of taper_op, by the name as given
};

namespace taper::impl {

// Around everything that runs in a context: one thread at a time; the budgets, the float environment and the pool.
class Running {
 public:
  explicit Running(taper_context& context);
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  struct Entry {
    explicit Entry(taper_context& entered);
    ~Entry();
    taper_context& context;
  } entry_;
  DenormalScope floats_;
  ContextScope pool_;
};

}  // namespace taper::impl
