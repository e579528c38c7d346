#include "runtime/resolve.h"

#include "core/error.h"
#include "runtime/module.h"

namespace taper::impl {
namespace {

constexpr int kMaxDepth = 2000;

struct Deeper {
  explicit Deeper(int& counter) : depth(counter) {
    if (++counter > kMaxDepth) fail(ErrorCode::kBudget, "attributes are nested too deeply");
  }
  ~Deeper() { --depth; }
  int& depth;
};

}  // namespace

void Resolver::wrong(const std::string& what) const {
  fail(ErrorCode::kInvalidFile, cat("data.pkl", path_.empty() ? "" : ": ", path_, ": ", what));
}

Value Resolver::resolve(Value value, const Type& type) {
  Deeper deeper(depth_);
  if (value.is(Tag::kRawObject)) value = object(value);
  contents(value, type);
  if (!convert_to_type(value, type))
    wrong(cat("expected a value of type ", type.annotation(), " but found ", type_of(value)->annotation()));
  return value;
}

// Replaces raw objects within a container, in place.
void Resolver::contents(Value& value, const Type& declared) {
  if (value.is_tensor()) return share_storage(value.tensor());
  if (!value.is(Tag::kList) && !value.is(Tag::kDict) && !value.is(Tag::kTuple)) return;
  bool first = visited_.insert(value.pointer()).second;
  if (!first) return;
  kept_.push_back(value);
  const Type* type = &declared;
  TypePtr tagged;
  if (auto tag = file_.type_tags.find(value.pointer()); tag != file_.type_tags.end()) {
    tagged = unit_.parse_annotation(tag->second);
    type = tagged.get();
  }
  if (type->is(TypeKind::kOptional)) type = type->element().get();
  auto element = [&](size_t i, TypeKind kind) -> const Type& {
    return type->is(kind) && i < type->elements().size() ? *type->element(i) : *any_type();
  };
  switch (value.tag()) {
    case Tag::kList:
      for (Value& item : value.list().items) item = resolve(std::move(item), element(0, TypeKind::kList));
      break;
    case Tag::kTuple: {
      size_t i = 0;
      for (Value& item : value.tuple().items) item = resolve(std::move(item), element(i++, TypeKind::kTuple));
      break;
    }
    default: {
      DictObj& dict = value.dict();
      Vec<DictObj::Entry> entries = dict.entries();
      dict.clear();
      for (DictObj::Entry& entry : entries) {
        Value key = resolve(std::move(entry.key), element(0, TypeKind::kDict));
        if (!is_hashable(key)) wrong(cat("a ", type_of(key)->annotation(), " as a dict's key"));
        dict.set(key, resolve(std::move(entry.value), element(1, TypeKind::kDict)));
      }
    }
  }
  if (tagged && !convert_to_type(value, *tagged))
    wrong(cat("a container does not fit its type ", tagged->annotation()));
}

Value Resolver::object(const Value& raw) {
  if (auto found = done_.find(raw.pointer()); found != done_.end()) return found->second;
  kept_.push_back(raw);
  const RawObject& record = raw.raw_object();
  if (!record.class_name.starts_with("__torch__."))
    fail(ErrorCode::kUnsupported,
         cat("data.pkl", path_.empty() ? "" : ": ", path_, ": a value made by ", record.class_name));
  TypePtr type = unit_.type(record.class_name);
  if (!type)
    fail(ErrorCode::kInvalidFile, cat("data.pkl", path_.empty() ? "" : ": ", path_, ": class ", record.class_name,
                                      " is not defined in the archive's code"));
  Value made;
  if (type->is(TypeKind::kEnum)) {
    made = enumeration(record, Ref<const EnumType>(&as_enum(*type)));
    done_[raw.pointer()] = made;
  } else if (type->is(TypeKind::kClass) && !as_class(*type).opaque) {
    made = script_object(raw, Ref<const ClassType>(&as_class(*type)));
  } else if (type->is(TypeKind::kClass)) {
    // A class of the host's. Without it, what uses the object says that it is missing.
    bool known = opaque_ && opaque_->knows(as_class(*type).name);
    made = known ? opaque_->restore(as_class(*type).name, resolve(record.state, *any_type())) : raw;
    done_[raw.pointer()] = made;
  } else {
    wrong(cat(record.class_name, " is no class of objects"));
  }
  return made;
}

Value Resolver::script_object(const Value& raw, const Ref<const ClassType>& type) {
  const RawObject& record = raw.raw_object();
  Ref<Object> object = make_ref<Object>(type);
  Value made(object);
  done_[raw.pointer()] = made;
  size_t path_size = path_.size();
  if (type->has_state_methods()) {
    Function* restore = type->method("__setstate__");
    if (restore->schema.arguments.size() != 2) wrong(cat(type->name, ".__setstate__ does not take a state"));
    Value arguments[2] = {made, resolve(record.state, *restore->schema.arguments[1].type)};
    run_(*restore, arguments);
    return made;
  }
  if (!record.state.is(Tag::kDict) && !record.state.is_none())
    wrong(cat("the state of a ", type->name, " is not a dict"));
  for (size_t slot = 0; slot < type->attributes.size(); ++slot) {
    const Attribute& attribute = type->attributes[slot];
    path_ += path_.empty() ? attribute.name : "." + attribute.name;
    Value* found = record.state.is(Tag::kDict) ? record.state.dict().find(Value(attribute.name)) : nullptr;
    if (found) {
      object->slots[slot] = resolve(*found, *attribute.type);
    } else if (!value_has_type(Value(), *attribute.type)) {
      wrong(cat("attribute ", attribute.name, " of a ", type->name, " is missing"));
    }
    path_.resize(path_size);
  }
  return made;
}

Value Resolver::enumeration(const RawObject& raw, const Ref<const EnumType>& type) {
  Value key = raw.args;
  if (key.is(Tag::kTuple) && key.tuple().items.size() == 1) key = Value(key.tuple().items[0]);
  for (const auto& [name, value] : type->entries)
    if (is_hashable(key) && is_hashable(value) && keys_equal(key, value)) return make_ref<EnumObj>(type, name, value);
  wrong(cat(type->name, " has no such member"));
}

// The pristine attributes are never written: every instance gets handles that copy first.
void Resolver::share_storage(const Tensor& tensor) {
  Ref<Storage>& storage = tensor.impl()->storage;
  if (!storage || storage->is_copy_on_write()) return;
  auto [at, is_new] = shared_.try_emplace(storage.get());
  if (is_new) {
    kept_.push_back(Value::capsule(storage));
    at->second = Storage::borrow(const_cast<void*>(storage->data()), storage->bytes(), storage, true);
  }
  storage = at->second;
}

}  // namespace taper::impl
