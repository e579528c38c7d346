// What the pickle of a module holds beyond plain values, in the forms that torch.jit.load expects. Its reader gives a list or
// dict a type only by a tag, an object its class by GLOBAL, NEWOBJ and BUILD, and takes back an object from the memo
// only as a whole: so everything is remembered after it is complete, and nothing may contain itself.
#include "archive/pickle_writer.h"
#include "core/class_type.h"
#include "core/error.h"

namespace taper::impl {
namespace {

// The lists that have a function of their own; empty for the others.
std::string_view list_builder(const Type& element) {
  switch (element.kind()) {
    case TypeKind::kInt: return "torch.jit._pickle build_intlist";
    case TypeKind::kFloat: return "torch.jit._pickle build_doublelist";
    case TypeKind::kBool: return "torch.jit._pickle build_boollist";
    case TypeKind::kTensor: return "torch.jit._pickle build_tensorlist";
    default: return {};
  }
}

}  // namespace

void PickleWriter::write_script_value(const Value& value, int depth) {
  if (value.is(Tag::kEnum)) {
    const EnumObj& entry = value.enumeration();
    write_class(entry.type->name);
    write_value(entry.value, depth + 1);
    op('R');  // of the value itself: that is how the format has it
    return remember(value);
  }
  if (!inside_.insert(value.pointer()).second) fail_value("a value that contains itself cannot be saved");
  switch (value.tag()) {
    case Tag::kList: write_tagged_list(value, depth); break;
    case Tag::kDict: write_tagged_dict(value, depth); break;
    case Tag::kTuple: write_tuple(value, depth); break;
    case Tag::kObject: write_object(value, depth); break;
    case Tag::kRawObject: write_raw_object(value, depth); break;
    case Tag::kCapsule: fail_value("an object of a class of the host's cannot be saved");
    default: fail_value(cat("a ", tag_name(value.tag()), " cannot be saved"));
  }
  inside_.erase(value.pointer());
}

void PickleWriter::write_tagged_list(const Value& value, int depth) {
  std::string_view builder = list_builder(*value.list().element);
  write_global(builder.empty() ? "torch.jit._pickle restore_type_tag" : builder);
  op(']');
  write_items(value, depth);
  if (builder.empty()) {
    write_type_tag(value);
  } else {
    op('\x85');
    op('R');
  }
  remember(value);
}

void PickleWriter::write_tagged_dict(const Value& value, int depth) {
  write_global("torch.jit._pickle restore_type_tag");
  op('}');
  write_entries(value, depth);
  write_type_tag(value);
  remember(value);
}

void PickleWriter::write_type_tag(const Value& value) {
  write_name(type_of(value)->annotation());
  op('\x86');
  op('R');
}

void PickleWriter::write_name(const std::string& name) {
  auto [found, fresh] = names_.try_emplace(name, slots_);
  if (!fresh) return get(found->second);
  write_text(name);
  put(slots_++);
}

void PickleWriter::write_class(std::string_view qualified) {
  size_t dot = qualified.rfind('.');
  if (dot == qualified.npos || qualified.find_first_of(" \n") != qualified.npos)
    fail_value(cat("an object of class '", qualified, "' cannot be saved"));
  std::string global(qualified);
  global[dot] = ' ';
  write_global(global);
}

void PickleWriter::write_object(const Value& value, int depth) {
  const Object& object = value.object();
  write_class(object.type->name);
  op(')');
  op('\x81');
  if (std::optional<Value> state = scripts_->state(value)) {
    held_.push_back(*state);  // its parts are known by address
    write_value(*state, depth + 1);
  } else {
    op('}');
    op('(');
    size_t path_size = path_.size();
    for (size_t i = 0; i < object.slots.size(); ++i) {
      const std::string& name = object.type->attributes[i].name;
      if (!scripts_->saves(*object.type, name)) continue;
      path_ += path_.empty() ? name : "." + name;
      write_name(name);
      write_value(object.slots[i], depth + 1);
      path_.resize(path_size);
    }
    op('u');
  }
  op('b');
  remember(value);
}

// An object of a class that nobody here knows: as the archive had it.
void PickleWriter::write_raw_object(const Value& value, int depth) {
  const RawObject& object = value.raw_object();
  if (!object.class_name.starts_with("__torch__."))
    fail_value(cat("an object of ", object.class_name, " cannot be saved"));
  write_class(object.class_name);
  if (object.reduced) {
    write_value(object.args, depth + 1);
    op('R');
  } else {
    op(')');
    op('\x81');
    write_value(object.state, depth + 1);
    op('b');
  }
  remember(value);
}

}  // namespace taper::impl
