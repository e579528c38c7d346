// What REDUCE does for each function of the table, except those that make tensors.
#include "archive/annotation.h"
#include "archive/pickle_machine.h"
#include "core/error.h"

namespace taper::impl {
namespace {

// Longer annotations are no types that a model has.
constexpr size_t kMaxAnnotation = 65536;

}  // namespace

Value PickleMachine::make_raw(const std::string& class_name, Value arguments, bool reduced) {
  auto object = make_ref<RawObject>();
  object->class_name = class_name;
  object->args = std::move(arguments);
  object->reduced = reduced;
  made_.push_back(Value(object));
  return object;
}

Value PickleMachine::reduce(const Value& function, const Value& arguments) {
  PickleObject* global = pickle_object(function, PickleObject::Kind::kGlobal);
  if (!global) fail_here("a call of what is not a function");
  GlobalKind kind = global->global.kind;
  // An enum: the writer of TorchScript archives gives its value without a tuple around it.
  if (kind == GlobalKind::kScriptClass) return make_raw(global->name, arguments, true);
  if (!arguments.is(Tag::kTuple)) fail_here(cat("the arguments of ", global->name, " are not a tuple"));
  std::span<const Value> args(arguments.tuple().items);
  auto need = [&](size_t least, size_t most) {
    if (args.size() < least || args.size() > most) fail_here(cat(global->name, " with ", args.size(), " arguments"));
  };
  switch (kind) {
    case GlobalKind::kRebuildTensor: need(4, 4); return rebuild_tensor(args, DType::kUndefined, 4);
    case GlobalKind::kRebuildTensorV2: need(6, 7); return rebuild_tensor(args, DType::kUndefined, 6);
    case GlobalKind::kRebuildTensorV3: {
      need(7, 8);
      int64_t dtype = to_integer(args[6], "a tensor's dtype");
      if (!is_valid_dtype(dtype)) fail_here(cat("dtype number ", dtype));
      return rebuild_tensor(args, DType(dtype), 7);
    }
    case GlobalKind::kRebuildParameter: need(3, 4); return rebuild_parameter(args);
    case GlobalKind::kRebuildFromType: need(4, 4); return rebuild_from_type(args);
    case GlobalKind::kRebuildQTensor: need(7, 7); return rebuild_qtensor(args);
    case GlobalKind::kRebuildOther: return make_raw(global->name, arguments, true);

    case GlobalKind::kOrderedDict:
    case GlobalKind::kCounter: {
      need(0, 1);
      Value dict = make_dict_from(args.empty() ? Value() : args[0]);
      unfilled_.emplace(dict.pointer(), true);
      return dict;
    }
    case GlobalKind::kDefaultDict: need(0, 1); return make_dict_from(Value());
    case GlobalKind::kDeque: {
      need(0, 2);
      auto list = make_ref<ListObj>(any_type());
      made_.push_back(Value(list));
      if (!args.empty() && args[0].is(Tag::kList)) {
        spend(args[0].list().items.size());
        list->items = args[0].list().items;
      }
      return list;
    }
    case GlobalKind::kSet: need(0, 1); return make_set(args.empty() ? Value() : args[0]);
    case GlobalKind::kSize:
      need(1, 1);
      if (!args[0].is(Tag::kTuple)) fail_here("a torch.Size of what is not a tuple");
      return args[0];
    case GlobalKind::kDevice: {
      need(1, 2);
      if (!args[0].is(Tag::kString)) fail_here("a device whose name is not a string");
      std::string name = args[0].string();
      if (args.size() == 2) name += cat(':', to_integer(args[1], "a device's index"));
      try {
        return parse_device(name);
      } catch (const Error& error) {
        fail_here(error.message());
      }
    }
    case GlobalKind::kGetLayout: {
      need(1, 1);
      int64_t number = args[0].is(Tag::kString) ? layout_number(args[0].string()) : -1;
      if (number < 0) fail_here("an unknown layout");
      return number;
    }
    case GlobalKind::kComplex: return make_complex(args);
    case GlobalKind::kEncode: return decode_bytes(args);
    case GlobalKind::kNumpyDType: return numpy_dtype(args);
    case GlobalKind::kNumpyScalar: return numpy_scalar(args);
    case GlobalKind::kNumpyArray: {
      auto empty = make_tensor({0}, DType::kByte);
      unfilled_.emplace(empty.impl(), true);
      // Held like a container, so that no other tensor gets its address while the table above knows it.
      made_.push_back(Value(empty));
      return empty;
    }

    case GlobalKind::kNumpyFromBuffer: {  // (bytes, dtype, shape, 'C' or 'F')
      need(4, 4);
      if (!args[3].is(Tag::kString)) fail_here("a numpy array of unknown form");
      Tensor tensor = make_tensor({0}, DType::kByte);
      auto state = make_ref<TupleObj>();
      state->items = {Value(int64_t(1)), args[2], args[1], Value(args[3].string() == "F"), args[0]};
      fill_numpy_array(tensor, Value(state));
      return tensor;
    }

    case GlobalKind::kIntListClass: {
      need(0, 0);
      auto list = make_ref<ListObj>(any_type());
      made_.push_back(Value(list));
      unfilled_.emplace(list.get(), true);
      return list;
    }
    case GlobalKind::kBuildIntList: need(1, 1); return build_typed_list(args[0], int_type());
    case GlobalKind::kBuildDoubleList: need(1, 1); return build_typed_list(args[0], float_type());
    case GlobalKind::kBuildBoolList: need(1, 1); return build_typed_list(args[0], bool_type());
    case GlobalKind::kBuildTensorList: need(1, 1); return build_typed_list(args[0], tensor_type());
    case GlobalKind::kBuildTensorFromId:
      need(1, 1);
      if (!source_) fail_here("a tensor in a pickle that has none");
      return source_->tensor(to_integer(args[0], "a tensor's number"));
    case GlobalKind::kRestoreTypeTag: need(2, 2); return restore_type_tag(args[0], args[1]);
    default: fail_here(cat("a call of ", global->name));
  }
}

Value PickleMachine::make_dict_from(const Value& pairs) {
  auto dict = make_ref<DictObj>(any_type(), any_type());
  made_.push_back(Value(dict));
  if (pairs.is_none()) return dict;
  if (pairs.is(Tag::kDict)) {  // a Counter
    spend(pairs.dict().size());
    for (const DictObj::Entry& entry : pairs.dict().entries()) dict->set(entry.key, entry.value);
    return dict;
  }
  bool is_list = pairs.is(Tag::kList);
  if (!is_list && !pairs.is(Tag::kTuple)) fail_here("a dict made from what is not a list of pairs");
  // [[key, value], ...]: set like SETITEMS sets them.
  const auto& items = is_list ? pairs.list().items : pairs.tuple().items;
  spend(items.size() * 2);
  size_t from = stack_.size() + 1;
  stack_.push_back(Value(dict));
  for (const Value& pair : items) {
    if (!pair.is(Tag::kList) && !pair.is(Tag::kTuple)) fail_here("a dict made from what is not a list of pairs");
    const auto& parts = pair.is(Tag::kList) ? pair.list().items : pair.tuple().items;
    if (parts.size() != 2) fail_here("a dict made from what is not a list of pairs");
    stack_.push_back(parts[0]);
    stack_.push_back(parts[1]);
  }
  set_items(from);
  stack_.pop_back();
  return dict;
}

Value PickleMachine::make_set(const Value& items) {
  auto list = make_ref<ListObj>(any_type());
  made_.push_back(Value(list));
  if (items.is(Tag::kList) || items.is(Tag::kTuple)) {
    const auto& source = items.is(Tag::kList) ? items.list().items : items.tuple().items;
    spend(source.size());
    list->items = source;
  } else if (!items.is_none()) {
    fail_here("a set made from what is not a list");
  }
  return make_raw("builtins.set", list, true);
}

Value PickleMachine::make_complex(std::span<const Value> arguments) {
  if (arguments.size() != 2) fail_here("a complex number without two parts");
  for (const Value& part : arguments)
    if (!part.is(Tag::kFloat) && !part.is(Tag::kInt)) fail_here("a complex number whose parts are no numbers");
  return std::complex<double>(arguments[0].to_number(), arguments[1].to_number());
}

// _codecs.encode(text, 'latin1'): each character is one byte.
Value PickleMachine::decode_bytes(std::span<const Value> arguments) {
  if (arguments.empty()) return Value(std::string());
  if (arguments.size() == 1 && arguments[0].is(Tag::kString)) return arguments[0];
  if (arguments.size() != 2 || !arguments[0].is(Tag::kString) || !arguments[1].is(Tag::kString) ||
      (arguments[1].string() != "latin1" && arguments[1].string() != "latin-1"))
    fail_here("bytes in an encoding other than latin1");
  const std::string& text = arguments[0].string();
  spend(text.size() / 16);
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80) {
      if ((c != 0xc2 && c != 0xc3) || i + 1 >= text.size() || (static_cast<unsigned char>(text[i + 1]) & 0xc0) != 0x80)
        fail_here("bytes in an encoding other than latin1");
      c = static_cast<unsigned char>(((c & 3) << 6) | (static_cast<unsigned char>(text[++i]) & 0x3f));
    }
    bytes += char(c);
  }
  return Value(std::move(bytes));
}

Value PickleMachine::build_typed_list(const Value& argument, const TypePtr& element) {
  if (!argument.is(Tag::kList)) fail_here("a typed list made from what is not a list");
  ListObj& list = argument.list();
  spend(list.items.size());
  for (const Value& item : list.items)
    if (!value_has_type(item, *element))
      fail_here(cat("a value of type ", tag_name(item.tag()), " in a list of ", element->annotation()));
  if (!list.element->is(TypeKind::kAny) && !equal(*list.element, *element)) fail_here("a list with two element types");
  list.element = element;
  return argument;
}

Value PickleMachine::restore_type_tag(const Value& value, const Value& tag) {
  if (!tag.is(Tag::kString)) fail_here("a type tag that is not a string");
  const std::string& text = tag.string();
  if (text.size() > kMaxAnnotation) fail_here("a type tag of more than 64 KiB");
  auto [found, fresh] = annotations_.try_emplace(tag.pointer());
  if (fresh) {
    annotation_texts_.push_back(tag);
    found->second = parse_annotation(text);
  }
  if (found->second) {
    if (!apply_type(value, *found->second, budget_.values)) {
      spend(1);  // says so when the budget is the reason
      fail_here(cat("a value that is no ", text.substr(0, 200)));
    }
  } else if (options_.type_tags && value.is_counted()) {
    (*options_.type_tags)[value.pointer()] = text;
  }
  return value;
}

}  // namespace taper::impl
