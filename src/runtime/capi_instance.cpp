// Instances: attributes, methods, calls.
#include <algorithm>
#include <unordered_set>

#include "runtime/capi.h"

using namespace taper::impl;

namespace {

taper_instance* make_instance(const Ref<Loaded>& loaded, Ref<Instance> instance) {
  return new taper_instance{loaded, std::move(instance), nullptr};
}

// Attributes in slots, then the constants that the class declares.
struct AttributeView {
  const std::string* name;
  const Type* type;
  taper_attribute_kind kind;
};

size_t attribute_count(const taper_instance& instance) {
  const ClassType& type = instance.instance->type();
  return type.attributes.size() + type.constants.size();
}

AttributeView attribute(const taper_instance& instance, size_t index) {
  const ClassType& type = instance.instance->type();
  if (index >= type.attributes.size()) {
    const ClassConstant& constant = type.constants[index - type.attributes.size()];
    return {&constant.name, constant.type.get(), TAPER_ATTRIBUTE};
  }
  const Attribute& found = type.attributes[index];
  const Value& value = instance.instance->object().slots[index];
  taper_attribute_kind kind = found.is_parameter                                         ? TAPER_PARAMETER
                              : found.is_buffer                                          ? TAPER_BUFFER
                              : value.is(Tag::kObject) && value.object().type->is_module ? TAPER_SUBMODULE
                                                                                         : TAPER_ATTRIBUTE;
  return {&found.name, found.type.get(), kind};
}

taper_instance::Texts& texts(const taper_instance& instance) {
  if (!instance.texts) {
    PoolScope heap(nullptr);
    auto made = std::make_unique<taper_instance::Texts>();
    for (size_t i = 0; i < attribute_count(instance); ++i)
      made->attribute_types.push_back(attribute(instance, i).type->annotation());
    made->methods = instance.instance->methods();
    for (const std::string& name : made->methods) made->schemas.push_back(instance.instance->schema_text(name));
    instance.texts = std::move(made);
  }
  return *instance.texts;
}

// Objects and functions mean nothing outside their module, and must not outlive it in another one's state.
bool holds_objects(const Value& value, std::unordered_set<const void*>& seen) {
  switch (value.tag()) {
    case Tag::kObject:
    case Tag::kFunction:
    case Tag::kFuture: return true;
    case Tag::kList:
    case Tag::kTuple: {
      if (!seen.insert(value.pointer()).second) return false;
      const Vec<Value>& items = value.is(Tag::kList) ? value.list().items : value.tuple().items;
      return std::any_of(items.begin(), items.end(), [&](const Value& item) { return holds_objects(item, seen); });
    }
    case Tag::kDict: {
      if (!seen.insert(value.pointer()).second) return false;
      const auto& entries = value.dict().entries();
      return std::any_of(entries.begin(), entries.end(),
                         [&](const auto& entry) { return holds_objects(entry.value, seen); });
    }
    default: return false;
  }
}

const Value& own_value(const taper_value& value, const taper_instance& instance) {
  if (value.owner && value.owner != Ref<const RefCounted>(instance.loaded)) {
    std::unordered_set<const void*> seen;
    if (holds_objects(value.value, seen))
      fail(ErrorCode::kInvalidArgument, "the value holds an object of another module");
  }
  return value.value;
}

Vec<Value> unbox(const taper_instance& callee, taper_value* const* values, size_t count, const char* what) {
  Vec<Value> out;
  out.reserve(count + 1);  // the module object goes in front
  if (count) need(values, what);
  for (size_t i = 0; i < count; ++i) {
    if (!values[i]) fail(ErrorCode::kInvalidArgument, cat(what, "[", i, "] is NULL"));
    out.push_back(own_value(*values[i], callee));
  }
  return out;
}

}  // namespace

taper_error* taper_instance_create(const taper_module* module, taper_instance** instance) {
  return guarded([&] {
    PoolScope heap(nullptr);
    const Ref<Loaded>& loaded = need(module, "module").loaded;
    give(instance, "instance", [&] { return make_instance(loaded, loaded->module->instantiate()); });
  });
}

taper_error* taper_instance_clone(const taper_instance* instance, taper_instance** clone) {
  return guarded([&] {
    PoolScope heap(nullptr);
    const taper_instance& from = need(instance, "instance");
    give(clone, "clone", [&] { return make_instance(from.loaded, from.instance->clone()); });
  });
}

void taper_instance_free(taper_instance* instance) { delete instance; }

taper_error* taper_instance_submodule(const taper_instance* instance, const char* path, taper_instance** submodule) {
  return guarded([&] {
    PoolScope heap(nullptr);
    const taper_instance& from = need(instance, "instance");
    give(submodule, "submodule",
         [&] { return make_instance(from.loaded, from.instance->submodule(&need(path, "path"))); });
  });
}

const char* taper_instance_class_name(const taper_instance* instance) {
  return instance ? instance->instance->type().name.c_str() : "";
}

taper_error* taper_instance_train(taper_instance* instance, int on) {
  return guarded([&] { need(instance, "instance").instance->train(on != 0); });
}

size_t taper_instance_attribute_count(const taper_instance* instance) {
  return instance ? attribute_count(*instance) : 0;
}

const char* taper_instance_attribute_name(const taper_instance* instance, size_t index) {
  return index < taper_instance_attribute_count(instance) ? attribute(*instance, index).name->c_str() : "";
}

const char* taper_instance_attribute_type(const taper_instance* instance, size_t index) {
  if (index >= taper_instance_attribute_count(instance)) return "";
  return guarded_or("", [&] { return texts(*instance).attribute_types[index].c_str(); });
}

taper_attribute_kind taper_instance_attribute_get_kind(const taper_instance* instance, size_t index) {
  return index < taper_instance_attribute_count(instance) ? attribute(*instance, index).kind : TAPER_ATTRIBUTE;
}

taper_error* taper_instance_get(const taper_instance* instance, const char* name, taper_value** value) {
  return guarded([&] {
    const taper_instance& from = need(instance, "instance");
    give(value, "value", [&] { return box(from.instance->get(&need(name, "name")), from.loaded); });
  });
}

taper_error* taper_instance_set(taper_instance* instance, const char* name, const taper_value* value) {
  return guarded([&] {
    taper_instance& to = need(instance, "instance");
    const ClassType& type = to.instance->type();
    if (type.slot(&need(name, "name")) < 0 && type.constant(name))
      fail(ErrorCode::kInvalidArgument,
           cat("'", name, "' is a constant of ", type.name, ": its value is part of the code"));
    to.instance->set(name, own_value(need(value, "value"), to));
  });
}

size_t taper_instance_method_count(const taper_instance* instance) {
  return instance ? instance->instance->type().methods.size() : 0;
}

const char* taper_instance_method_name(const taper_instance* instance, size_t index) {
  return index < taper_instance_method_count(instance) ? instance->instance->type().methods[index].first.c_str() : "";
}

const char* taper_instance_method_schema(const taper_instance* instance, size_t index) {
  if (index >= taper_instance_method_count(instance)) return "";
  return guarded_or("", [&] { return texts(*instance).schemas[index].c_str(); });
}

taper_error* taper_instance_prepare(taper_instance* instance, const char* method) {
  return guarded([&] { need(instance, "instance").instance->prepare(&need(method, "method")); });
}

taper_error* taper_call(taper_instance* instance, taper_context* context, const char* method,
                        taper_value* const* arguments, size_t count, const char* const* keywords,
                        taper_value* const* keyword_values, size_t keyword_count, taper_value** result) {
  return guarded([&] {
    taper_instance& callee = need(instance, "instance");
    Running running(need(context, "context"));
    need(result, "result");
    Vec<Value> values = unbox(callee, arguments, count, "arguments");
    Vec<Keyword> named;
    if (keyword_count) {
      Vec<Value> keyed = unbox(callee, keyword_values, keyword_count, "keyword_values");
      need(keywords, "keywords");
      for (size_t i = 0; i < keyword_count; ++i)
        named.push_back({&need(keywords[i], "keywords[]"), std::move(keyed[i])});
    }
    Value answer =
        callee.instance->call(context->execution, &need(method, "method"), std::move(values), std::move(named));
    *result = box(std::move(answer), callee.loaded);
  });
}
