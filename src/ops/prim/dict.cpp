// Python's dict builtins. Dicts keep insertion order; a popped and re-set key goes to the end.
#include "core/boxing.h"
#include "core/class_type.h"
#include "ops/families.h"

namespace taper::impl {
namespace {

std::string key_text(const Value& key) {
  switch (key.tag()) {
    case Tag::kString: return key.string();
    case Tag::kInt: return cat(key.integer());
    case Tag::kFloat: return cat(key.floating());
    case Tag::kBool: return key.boolean() ? "True" : "False";
    default: return cat("<", tag_name(key.tag()), ">");
  }
}

[[noreturn]] void fail_key(const Value& key) { fail_runtime("KeyError: ", key_text(key)); }

int64_t length(Context&, DictObj& dict) { return int64_t(dict.size()); }

Value get(Context&, DictObj& dict, const Value& key) {
  Value* found = dict.find(key);
  if (!found) fail_key(key);
  return *found;
}

Value find(Context&, DictObj& dict, const Value& key) {
  Value* found = dict.find(key);
  return found ? *found : Value();
}

Value find_or(Context&, DictObj& dict, const Value& key, const Value& otherwise) {
  Value* found = dict.find(key);
  return found ? *found : otherwise;
}

bool contains(Context&, DictObj& dict, const Value& key) { return dict.find(key) != nullptr; }

void set(Context&, DictObj& dict, const Value& key, const Value& value) { dict.set(key, value); }

void remove(Context&, DictObj& dict, const Value& key) {
  if (!dict.erase(key)) fail_key(key);
}

Value pop(Context&, DictObj& dict, const Value& key) {
  Value* found = dict.find(key);
  if (!found) fail_key(key);
  Value out = *found;
  dict.erase(key);
  return out;
}

Value pop_or(Context&, DictObj& dict, const Value& key, const Value& otherwise) {
  Value* found = dict.find(key);
  if (!found) return otherwise;
  Value out = *found;
  dict.erase(key);
  return out;
}

Value pop_item(Context&, DictObj& dict) {
  check(dict.size() > 0, "popitem(): dictionary is empty");
  DictObj::Entry first = dict.entries().front();  // the oldest, unlike Python's
  dict.erase(first.key);
  return make_tuple_value({first.key, first.value});
}

Value set_default(Context&, DictObj& dict, const Value& key, const Value& otherwise) {
  if (Value* found = dict.find(key)) return *found;
  dict.set(key, otherwise);
  return otherwise;
}

void update(Context&, DictObj& dict, DictObj& other) {
  if (&dict == &other) return;
  for (const DictObj::Entry& entry : other.entries()) dict.set(entry.key, entry.value);
}

void clear(Context&, DictObj& dict) { dict.clear(); }

Value copy(Context&, DictObj& dict) {
  auto out = make_ref<DictObj>(dict.key, dict.value);
  for (const DictObj::Entry& entry : dict.entries()) out->set(entry.key, entry.value);
  return Value(std::move(out));
}

Value keys(Context&, DictObj& dict) {
  auto out = make_ref<ListObj>(dict.key);
  for (const DictObj::Entry& entry : dict.entries()) out->items.push_back(entry.key);
  return Value(std::move(out));
}

Value values(Context&, DictObj& dict) {
  auto out = make_ref<ListObj>(dict.value);
  for (const DictObj::Entry& entry : dict.entries()) out->items.push_back(entry.value);
  return Value(std::move(out));
}

Value items(Context&, DictObj& dict) {
  auto out = make_ref<ListObj>(tuple_of({dict.key, dict.value}));
  for (const DictObj::Entry& entry : dict.entries()) out->items.push_back(make_tuple_value({entry.key, entry.value}));
  return Value(std::move(out));
}

Value empty(Context&) { return make_dict(string_type(), tensor_type()); }

Value from_pairs(Context&, const ListObj& pairs) {
  bool typed = pairs.element->is(TypeKind::kTuple) && pairs.element->elements().size() == 2;
  check(typed, "dict() takes a list of (key, value) tuples, got ", pairs.element->annotation());
  auto out = make_ref<DictObj>(pairs.element->element(0), pairs.element->element(1));
  for (const Value& pair : pairs.items) {
    const TupleObj& both = pair.to_tuple();
    check(both.items.size() == 2, "dict() takes (key, value) tuples");
    out->set(both.items[0], both.items[1]);
  }
  return Value(std::move(out));
}

constexpr OpDef kRows[] = {
    op("aten::Delete.Dict_Tensor(Dict(Tensor, t)(a!) self, Tensor key) -> ()", TAPER_OP(remove)),
    op("aten::Delete.Dict_bool(Dict(bool, t)(a!) self, bool key) -> ()", TAPER_OP(remove)),
    op("aten::Delete.Dict_complex(Dict(complex, t)(a!) self, complex key) -> ()", TAPER_OP(remove)),
    op("aten::Delete.Dict_float(Dict(float, t)(a!) self, float key) -> ()", TAPER_OP(remove)),
    op("aten::Delete.Dict_int(Dict(int, t)(a!) self, int key) -> ()", TAPER_OP(remove)),
    op("aten::Delete.Dict_str(Dict(str, t)(a!) self, str key) -> ()", TAPER_OP(remove)),
    op("aten::__contains__.Tensor(Dict(Tensor, t) dict, Tensor key) -> bool", TAPER_OP(contains)),
    op("aten::__contains__.bool(Dict(bool, t) dict, bool key) -> bool", TAPER_OP(contains)),
    op("aten::__contains__.complex(Dict(complex, t) dict, complex key) -> bool", TAPER_OP(contains)),
    op("aten::__contains__.float(Dict(float, t) dict, float key) -> bool", TAPER_OP(contains)),
    op("aten::__contains__.int(Dict(int, t) dict, int key) -> bool", TAPER_OP(contains)),
    op("aten::__contains__.str(Dict(str, t) dict, str key) -> bool", TAPER_OP(contains)),
    op("aten::__getitem__.Dict_Tensor(Dict(Tensor, t) self, Tensor key) -> t(*)", TAPER_OP(get)),
    op("aten::__getitem__.Dict_bool(Dict(bool, t) self, bool key) -> t(*)", TAPER_OP(get)),
    op("aten::__getitem__.Dict_complex(Dict(complex, t) self, complex key) -> t(*)", TAPER_OP(get)),
    op("aten::__getitem__.Dict_float(Dict(float, t) self, float key) -> t(*)", TAPER_OP(get)),
    op("aten::__getitem__.Dict_int(Dict(int, t) self, int key) -> t(*)", TAPER_OP(get)),
    op("aten::__getitem__.Dict_str(Dict(str, t) self, str key) -> t(*)", TAPER_OP(get)),
    op("aten::_set_item.Tensor(Dict(Tensor, t)(a!) l, Tensor(b -> *) idx, t(c -> *) v) -> ()", TAPER_OP(set)),
    op("aten::_set_item.bool(Dict(bool, t)(a!) l, bool(b -> *) idx, t(c -> *) v) -> ()", TAPER_OP(set)),
    op("aten::_set_item.complex(Dict(complex, t)(a!) l, complex(b -> *) idx, t(c -> *) v) -> ()", TAPER_OP(set)),
    op("aten::_set_item.float(Dict(float, t)(a!) l, float(b -> *) idx, t(c -> *) v) -> ()", TAPER_OP(set)),
    op("aten::_set_item.int(Dict(int, t)(a!) l, int(b -> *) idx, t(c -> *) v) -> ()", TAPER_OP(set)),
    op("aten::_set_item.str(Dict(str, t)(a!) l, str(b -> *) idx, t(c -> *) v) -> ()", TAPER_OP(set)),
    op("aten::clear.Tensor(Dict(Tensor, t)(a!) self) -> ()", TAPER_OP(clear)),
    op("aten::clear.bool(Dict(bool, t)(a!) self) -> ()", TAPER_OP(clear)),
    op("aten::clear.complex(Dict(complex, t)(a!) self) -> ()", TAPER_OP(clear)),
    op("aten::clear.float(Dict(float, t)(a!) self) -> ()", TAPER_OP(clear)),
    op("aten::clear.int(Dict(int, t)(a!) self) -> ()", TAPER_OP(clear)),
    op("aten::clear.str(Dict(str, t)(a!) self) -> ()", TAPER_OP(clear)),
    op("aten::copy.Dict_Tensor(Dict(Tensor, t)(a) self) -> Dict(Tensor, t)", TAPER_OP(copy)),
    op("aten::copy.Dict_bool(Dict(bool, t)(a) self) -> Dict(bool, t)", TAPER_OP(copy)),
    op("aten::copy.Dict_complex(Dict(complex, t)(a) self) -> Dict(complex, t)", TAPER_OP(copy)),
    op("aten::copy.Dict_float(Dict(float, t)(a) self) -> Dict(float, t)", TAPER_OP(copy)),
    op("aten::copy.Dict_int(Dict(int, t)(a) self) -> Dict(int, t)", TAPER_OP(copy)),
    op("aten::copy.Dict_str(Dict(str, t)(a) self) -> Dict(str, t)", TAPER_OP(copy)),
    op("aten::dict() -> Dict(str, Tensor)", TAPER_OP(empty)),
    op("aten::dict.Dict_Tensor(Dict(Tensor, t)(a) self) -> Dict(Tensor, t)", TAPER_OP(copy)),
    op("aten::dict.Dict_bool(Dict(bool, t)(a) self) -> Dict(bool, t)", TAPER_OP(copy)),
    op("aten::dict.Dict_complex(Dict(complex, t)(a) self) -> Dict(complex, t)", TAPER_OP(copy)),
    op("aten::dict.Dict_float(Dict(float, t)(a) self) -> Dict(float, t)", TAPER_OP(copy)),
    op("aten::dict.Dict_int(Dict(int, t)(a) self) -> Dict(int, t)", TAPER_OP(copy)),
    op("aten::dict.Dict_str(Dict(str, t)(a) self) -> Dict(str, t)", TAPER_OP(copy)),
    op("aten::dict.Tensor((Tensor, tVal)[] inputs) -> Dict(Tensor, tVal)", TAPER_OP(from_pairs)),
    op("aten::dict.bool((bool, tVal)[] inputs) -> Dict(bool, tVal)", TAPER_OP(from_pairs)),
    op("aten::dict.complex((complex, tVal)[] inputs) -> Dict(complex, tVal)", TAPER_OP(from_pairs)),
    op("aten::dict.float((float, tVal)[] inputs) -> Dict(float, tVal)", TAPER_OP(from_pairs)),
    op("aten::dict.int((int, tVal)[] inputs) -> Dict(int, tVal)", TAPER_OP(from_pairs)),
    op("aten::dict.str((str, tVal)[] inputs) -> Dict(str, tVal)", TAPER_OP(from_pairs)),
    op("aten::get.Tensor(Dict(Tensor, t) self, Tensor key) -> t(*)?", TAPER_OP(find)),
    op("aten::get.bool(Dict(bool, t) self, bool key) -> t(*)?", TAPER_OP(find)),
    op("aten::get.complex(Dict(complex, t) self, complex key) -> t(*)?", TAPER_OP(find)),
    op("aten::get.default_Tensor(Dict(Tensor, t) self, Tensor key, t default_value) -> t(*)", TAPER_OP(find_or)),
    op("aten::get.default_bool(Dict(bool, t) self, bool key, t default_value) -> t(*)", TAPER_OP(find_or)),
    op("aten::get.default_complex(Dict(complex, t) self, complex key, t default_value) -> t(*)", TAPER_OP(find_or)),
    op("aten::get.default_float(Dict(float, t) self, float key, t default_value) -> t(*)", TAPER_OP(find_or)),
    op("aten::get.default_int(Dict(int, t) self, int key, t default_value) -> t(*)", TAPER_OP(find_or)),
    op("aten::get.default_str(Dict(str, t) self, str key, t default_value) -> t(*)", TAPER_OP(find_or)),
    op("aten::get.float(Dict(float, t) self, float key) -> t(*)?", TAPER_OP(find)),
    op("aten::get.int(Dict(int, t) self, int key) -> t(*)?", TAPER_OP(find)),
    op("aten::get.str(Dict(str, t) self, str key) -> t(*)?", TAPER_OP(find)),
    op("aten::items.Tensor(Dict(Tensor, t) self) -> ((Tensor, t)[])", TAPER_OP(items)),
    op("aten::items.bool(Dict(bool, t) self) -> ((bool, t)[])", TAPER_OP(items)),
    op("aten::items.complex(Dict(complex, t) self) -> ((complex, t)[])", TAPER_OP(items)),
    op("aten::items.float(Dict(float, t) self) -> ((float, t)[])", TAPER_OP(items)),
    op("aten::items.int(Dict(int, t) self) -> ((int, t)[])", TAPER_OP(items)),
    op("aten::items.str(Dict(str, t) self) -> ((str, t)[])", TAPER_OP(items)),
    op("aten::keys.Tensor(Dict(Tensor, t) self) -> Tensor[](*)", TAPER_OP(keys)),
    op("aten::keys.bool(Dict(bool, t) self) -> bool[](*)", TAPER_OP(keys)),
    op("aten::keys.complex(Dict(complex, t) self) -> complex[](*)", TAPER_OP(keys)),
    op("aten::keys.float(Dict(float, t) self) -> float[](*)", TAPER_OP(keys)),
    op("aten::keys.int(Dict(int, t) self) -> int[](*)", TAPER_OP(keys)),
    op("aten::keys.str(Dict(str, t) self) -> str[](*)", TAPER_OP(keys)),
    op("aten::len.Dict_Tensor(Dict(Tensor, t) self) -> int", TAPER_OP(length)),
    op("aten::len.Dict_bool(Dict(bool, t) self) -> int", TAPER_OP(length)),
    op("aten::len.Dict_complex(Dict(complex, t) self) -> int", TAPER_OP(length)),
    op("aten::len.Dict_float(Dict(float, t) self) -> int", TAPER_OP(length)),
    op("aten::len.Dict_int(Dict(int, t) self) -> int", TAPER_OP(length)),
    op("aten::len.Dict_str(Dict(str, t) self) -> int", TAPER_OP(length)),
    op("aten::pop.Dict_Tensor(Dict(Tensor, t)(a!) self, Tensor key) -> t(*)", TAPER_OP(pop)),
    op("aten::pop.Dict_bool(Dict(bool, t)(a!) self, bool key) -> t(*)", TAPER_OP(pop)),
    op("aten::pop.Dict_complex(Dict(complex, t)(a!) self, complex key) -> t(*)", TAPER_OP(pop)),
    op("aten::pop.Dict_default_Tensor(Dict(Tensor, t)(a!) self, Tensor key, t default_value) -> t(*)", TAPER_OP(pop_or)),
    op("aten::pop.Dict_default_bool(Dict(bool, t)(a!) self, bool key, t default_value) -> t(*)", TAPER_OP(pop_or)),
    op("aten::pop.Dict_default_complex(Dict(complex, t)(a!) self, complex key, t default_value) -> t(*)", TAPER_OP(pop_or)),
    op("aten::pop.Dict_default_float(Dict(float, t)(a!) self, float key, t default_value) -> t(*)", TAPER_OP(pop_or)),
    op("aten::pop.Dict_default_int(Dict(int, t)(a!) self, int key, t default_value) -> t(*)", TAPER_OP(pop_or)),
    op("aten::pop.Dict_default_str(Dict(str, t)(a!) self, str key, t default_value) -> t(*)", TAPER_OP(pop_or)),
    op("aten::pop.Dict_float(Dict(float, t)(a!) self, float key) -> t(*)", TAPER_OP(pop)),
    op("aten::pop.Dict_int(Dict(int, t)(a!) self, int key) -> t(*)", TAPER_OP(pop)),
    op("aten::pop.Dict_str(Dict(str, t)(a!) self, str key) -> t(*)", TAPER_OP(pop)),
    op("aten::popitem.Tensor(Dict(Tensor, t)(a!) self) -> ((Tensor, t))", TAPER_OP(pop_item)),
    op("aten::popitem.bool(Dict(bool, t)(a!) self) -> ((bool, t))", TAPER_OP(pop_item)),
    op("aten::popitem.complex(Dict(complex, t)(a!) self) -> ((complex, t))", TAPER_OP(pop_item)),
    op("aten::popitem.float(Dict(float, t)(a!) self) -> ((float, t))", TAPER_OP(pop_item)),
    op("aten::popitem.int(Dict(int, t)(a!) self) -> ((int, t))", TAPER_OP(pop_item)),
    op("aten::popitem.str(Dict(str, t)(a!) self) -> ((str, t))", TAPER_OP(pop_item)),
    op("aten::setdefault.Tensor(Dict(Tensor, t)(a!) self, Tensor(b -> *) key, t(c -> *) default_value) -> t(*)", TAPER_OP(set_default)),
    op("aten::setdefault.bool(Dict(bool, t)(a!) self, bool(b -> *) key, t(c -> *) default_value) -> t(*)", TAPER_OP(set_default)),
    op("aten::setdefault.complex(Dict(complex, t)(a!) self, complex(b -> *) key, t(c -> *) default_value) -> t(*)", TAPER_OP(set_default)),
    op("aten::setdefault.float(Dict(float, t)(a!) self, float(b -> *) key, t(c -> *) default_value) -> t(*)", TAPER_OP(set_default)),
    op("aten::setdefault.int(Dict(int, t)(a!) self, int(b -> *) key, t(c -> *) default_value) -> t(*)", TAPER_OP(set_default)),
    op("aten::setdefault.str(Dict(str, t)(a!) self, str(b -> *) key, t(c -> *) default_value) -> t(*)", TAPER_OP(set_default)),
    op("aten::update.Tensor(Dict(Tensor, t)(a!) self, Dict(Tensor, t)(a!) to_add) -> ()", TAPER_OP(update)),
    op("aten::update.bool(Dict(bool, t)(a!) self, Dict(bool, t)(a!) to_add) -> ()", TAPER_OP(update)),
    op("aten::update.complex(Dict(complex, t)(a!) self, Dict(complex, t)(a!) to_add) -> ()", TAPER_OP(update)),
    op("aten::update.float(Dict(float, t)(a!) self, Dict(float, t)(a!) to_add) -> ()", TAPER_OP(update)),
    op("aten::update.int(Dict(int, t)(a!) self, Dict(int, t)(a!) to_add) -> ()", TAPER_OP(update)),
    op("aten::update.str(Dict(str, t)(a!) self, Dict(str, t)(a!) to_add) -> ()", TAPER_OP(update)),
    op("aten::values.Tensor(Dict(Tensor, t) self) -> t[](*)", TAPER_OP(values)),
    op("aten::values.bool(Dict(bool, t) self) -> t[](*)", TAPER_OP(values)),
    op("aten::values.complex(Dict(complex, t) self) -> t[](*)", TAPER_OP(values)),
    op("aten::values.float(Dict(float, t) self) -> t[](*)", TAPER_OP(values)),
    op("aten::values.int(Dict(int, t) self) -> t[](*)", TAPER_OP(values)),
    op("aten::values.str(Dict(str, t) self) -> t[](*)", TAPER_OP(values)),
};

}  // namespace

std::span<const OpDef> dict_rows() { return kRows; }

}  // namespace taper::impl
