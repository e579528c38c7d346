// Operators and opaque classes of the host's.
#include "runtime/capi_registry.h"

#include <algorithm>

#include "ops/registry.h"

using namespace taper::impl;

namespace taper::impl {
namespace {

struct Boxes {
  explicit Boxes(size_t count) : values(count) {}
  ~Boxes() {
    for (taper_value* value : values) taper_value_free(value);
  }
  Vec<taper_value*> values;
};

// A result that shares memory with an argument although the schema calls it fresh would be written over, or change an
// argument, once the optimizer believes the schema.
Value fresh_value(Value value, Arguments arguments) {
  if (!value.is_tensor() || !value.tensor().impl()->storage) return value;
  for (uint32_t i = 0; i < arguments.count; ++i)
    if (arguments[i].is_tensor() && arguments[i].tensor().impl()->storage == value.tensor().impl()->storage)
      return deep_copy(value);
  return value;
}

void call_host(const OpDef& op, Context& context, Arguments arguments, Value* results) {
  const auto& custom = *static_cast<const HostTable::Operator*>(op.function);
  Boxes given(arguments.count), made(custom.fresh.size());
  for (uint32_t i = 0; i < arguments.count; ++i) given.values[i] = box(arguments[i]);
  auto* host = static_cast<taper_context*>(context.host);
  if (taper_error* error = custom.function(custom.user, host, given.values.data(), given.values.size(),
                                           made.values.data(), made.values.size()))
    rethrow(error);
  for (size_t i = 0; i < made.values.size(); ++i) {
    if (!made.values[i])
      fail(ErrorCode::kRuntime,
           cat(schema_name(custom.row.schema).name, ": the host's operator left result ", i, " unset"));
    results[i] = custom.fresh[i] ? fresh_value(made.values[i]->value, arguments) : made.values[i]->value;
  }
}

}  // namespace

std::span<const OpDef* const> HostTable::find(std::string_view name) const {
  auto found = rows.find(std::string(name));
  return found == rows.end() ? operator_table().find(name) : std::span<const OpDef* const>(found->second);
}

bool HostTable::knows(std::string_view class_name) const { return classes.count(std::string(class_name)) != 0; }

Value HostTable::restore(std::string_view class_name, const Value& state) const {
  auto found = classes.find(std::string(class_name));
  if (found == classes.end()) fail(ErrorCode::kInternal, cat("class ", class_name, " is not registered"));
  void* object = nullptr;
  taper_value* boxed = box(state);
  taper_error* error = found->second.restore(found->second.user, boxed, &object);
  taper_value_free(boxed);
  if (error) rethrow(error);
  return Value::capsule(make_ref<HostObject>(std::string(class_name), object, found->second));
}

HostObject::~HostObject() {
  if (release_object) release_object(user, object);
}

const HostObject* host_object(const Value& value) noexcept {
  return value.is(Tag::kCapsule) ? dynamic_cast<const HostObject*>(value.pointer()) : nullptr;
}

}  // namespace taper::impl

Ref<const HostTable> taper_registry::snapshot() const {
  std::lock_guard guard(lock);
  auto table = make_ref<HostTable>();
  table->operators = operators;
  table->classes = classes;
  for (const auto& each : operators) table->rows[std::string(schema_name(each->row.schema).name)].push_back(&each->row);
  return table;
}

taper_error* taper_registry_create(taper_registry** registry) {
  return guarded([&] {
    need(registry, "registry");
    *registry = new taper_registry;
  });
}

void taper_registry_free(taper_registry* registry) { delete registry; }

taper_error* taper_registry_operator(taper_registry* registry, const char* schema, taper_operator_fn fn, void* user) {
  return guarded([&] {
    need(registry, "registry");
    if (!fn) fail_null("fn");
    Schema parsed = parse_schema(&need(schema, "schema"));
    if (parsed.name.find("::") == std::string::npos)
      fail(ErrorCode::kInvalidArgument, cat("operator '", parsed.name, "' needs a namespace, as in my::", parsed.name));
    if (parsed.is_vararg || parsed.is_varret)
      fail(ErrorCode::kInvalidArgument, cat(parsed.name, ": a custom operator cannot have '...' in its schema"));
    if (!operator_table().find(parsed.name).empty())
      fail(ErrorCode::kInvalidArgument, cat("taper has ", parsed.name, " itself; a custom operator cannot replace it"));
    auto made = std::make_shared<HostTable::Operator>();
    made->schema = schema;
    made->function = fn;
    made->user = user;
    for (const Argument& result : parsed.returns) made->fresh.push_back(!result.alias.any());
    made->row = {made->schema.c_str(), made.get(), &call_host, kSideEffect | kDataDependent};
    std::lock_guard guard(registry->lock);
    SchemaName name = schema_name(made->row.schema);
    for (const auto& other : registry->operators)
      if (SchemaName known = schema_name(other->row.schema); known.name == name.name && known.overload == name.overload)
        fail(ErrorCode::kInvalidArgument,
             cat("operator ", name.name, name.overload.empty() ? "" : ".", name.overload, " is registered already"));
    registry->operators.push_back(std::move(made));
  });
}

taper_error* taper_registry_class(taper_registry* registry, const char* qualified_name,
                                  taper_error* (*restore)(void* user, const taper_value* state, void** object),
                                  void (*release)(void* user, void* object), void* user) {
  return guarded([&] {
    need(registry, "registry");
    if (!restore) fail_null("restore");
    std::string name = &need(qualified_name, "qualified_name");
    if (!name.starts_with("__torch__.torch.classes."))
      fail(ErrorCode::kInvalidArgument,
           cat("'", name, "' is no class of a host; its name begins with __torch__.torch.classes."));
    std::lock_guard guard(registry->lock);
    if (!registry->classes.emplace(name, HostTable::Class{restore, release, user}).second)
      fail(ErrorCode::kInvalidArgument, cat("class ", name, " is registered already"));
  });
}

taper_error* taper_capsule_get(const taper_value* value, const char* qualified_name, void** object) {
  return guarded([&] {
    const HostObject* found = host_object(need(value, "value").value);
    need(object, "object");
    std::string_view wanted = &need(qualified_name, "qualified_name");
    if (!found)
      fail(ErrorCode::kInvalidArgument,
           cat("expected an object of ", wanted, ", got a ", type_of(value->value)->annotation()));
    if (found->class_name != wanted)
      fail(ErrorCode::kInvalidArgument, cat("expected an object of ", wanted, ", got one of ", found->class_name));
    *object = found->object;
  });
}
