#include <unordered_set>

#include "core/error.h"
#include "runtime/reachable.h"

namespace taper::impl {
namespace {

class Finder {
 public:
  Finder(Reachable& out, const OpaqueClasses* opaque) : out_(out), opaque_(opaque) {}

  void add_type(const Type& type, const std::string& method, const SourceRange& range) {
    if (!types_.insert(&type).second) return;
    for (const TypePtr& element : type.elements()) add_type(*element, method, range);
    if (!type.is(TypeKind::kClass)) return;
    const ClassType& cls = as_class(type);
    if (cls.opaque) {
      if (!opaque_ || !opaque_->knows(cls.name)) out_.missing.push_back({cat("class ", cls.name), method, range});
      return;
    }
    classes_.push_back(&cls);
  }

  void run() {
    for (size_t next_class = 0, next = 0;;) {
      if (next_class < classes_.size()) read(*classes_[next_class++]);
      else if (next < work_.size()) read(*work_[next++]);
      else return;
    }
  }

 private:
  void read(const ClassType& cls) {
    for (const auto& [name, function] : cls.methods) add_function(*function);
    for (const auto& [name, function] : cls.static_methods) add_function(*function);
    for (const Ref<Function>& hook : cls.forward_pre_hooks) add_function(*hook);
    for (const Ref<Function>& hook : cls.forward_hooks) add_function(*hook);
    for (const Attribute& attribute : cls.attributes) add_type(*attribute.type, cat(cls.name, ".", attribute.name), {});
  }

  void add_function(Function& function) {
    if (functions_.insert(&function).second) work_.push_back(&function);
  }

  void read(Function& function) {
    auto* compiled = dynamic_cast<ir::GraphFunction*>(&function);
    if (!compiled) return;
    out_.functions.push_back(compiled);
    try {
      read(*compiled->graph().top(), function);
    } catch (const Error& error) {
      out_.missing.push_back({error.message(), function.name, {}});
    }
  }

  // Not missing in itself: it cannot be done with the result of something that is.
  static bool follows(const ir::Node& node) {
    bool unknown = false;
    for (const ir::Value* input : node.inputs()) unknown |= input->type()->is(TypeKind::kUnknown);
    return unknown && node.text.find("::") == node.text.npos;
  }

  void read(const ir::Block& block, const Function& function) {
    for (const ir::Node* node = block.first(); node; node = node->next()) {
      if (node->is(ir::Kind::kUnsupported) && !follows(*node))
        out_.missing.push_back({node->text, function.name, node->range()});
      if (node->function) add_function(*node->function);
      for (const ir::Value* output : node->outputs()) add_type(*output->type(), function.name, node->range());
      for (const ir::Block* inner : node->blocks()) read(*inner, function);
    }
  }

  Reachable& out_;
  const OpaqueClasses* opaque_;
  std::unordered_set<const Type*> types_;
  std::unordered_set<const Function*> functions_;
  std::vector<const ClassType*> classes_;
  std::vector<Function*> work_;
};

// Calls `found(path, object)` for every object of a pickle.
template <class Found>
class RawObjects {
 public:
  explicit RawObjects(Found found) : found_(std::move(found)) {}

  void read(const Value& value, const std::string& path, int depth) {
    if (!value.is_counted() || depth > 1000) return;
    switch (value.tag()) {
      case Tag::kList:
        if (first(value)) items(value.list().items, path, depth);
        return;
      case Tag::kTuple:
        if (first(value)) items(value.tuple().items, path, depth);
        return;
      case Tag::kDict:
        if (!first(value)) return;
        for (const DictObj::Entry& entry : value.dict().entries()) {
          std::string name = entry.key.is(Tag::kString) ? entry.key.string() : std::string("item");
          read(entry.key, path, depth + 1);
          read(entry.value, path.empty() ? name : cat(path, ".", name), depth + 1);
        }
        return;
      case Tag::kRawObject: {
        if (!first(value)) return;
        const RawObject& raw = value.raw_object();
        found_(path, raw);
        read(raw.args, path, depth + 1);
        read(raw.state, path, depth + 1);
        return;
      }
      default: return;
    }
  }

 private:
  bool first(const Value& value) { return seen_.insert(value.pointer()).second; }
  void items(const Vec<Value>& values, const std::string& path, int depth) {
    for (size_t i = 0; i < values.size(); ++i)
      if (values[i].is_counted()) read(values[i], cat(path, "[", i, "]"), depth + 1);
  }
  Found found_;
  std::unordered_set<const RefCounted*> seen_;
};

}  // namespace

Reachable find_reachable(const ClassType& root, const OpaqueClasses* opaque) {
  PoolScope heap(nullptr);
  Reachable out;
  Finder finder(out, opaque);
  finder.add_type(root, root.name, {});
  finder.run();
  return out;
}

Reachable find_reachable(const ClassType& root, const Value& pickled, ir::CompilationUnit& unit) {
  PoolScope heap(nullptr);
  Reachable out;
  Finder finder(out, nullptr);
  finder.add_type(root, root.name, {});
  RawObjects([&](const std::string& path, const RawObject& object) {
    try {
      if (TypePtr type = unit.type(object.class_name)) finder.add_type(*type, cat("data.pkl: ", path), {});
    } catch (const Error& error) {
      out.missing.push_back({error.message(), cat("data.pkl: ", path), {}});
    }
  }).read(pickled, {}, 0);
  finder.run();
  return out;
}

void find_foreign_values(const Value& root, std::vector<MissingPiece>& missing) {
  RawObjects([&](const std::string& path, const RawObject& object) {
    if (!object.class_name.starts_with("__torch__."))
      missing.push_back({cat("a value made by ", object.class_name), cat("data.pkl: ", path), {}});
  }).read(root, {}, 0);
}

std::vector<MissingPiece> Module::missing() { return find_reachable(*root_type_, options_.opaque).missing; }

}  // namespace taper::impl
