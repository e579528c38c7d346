// What a module lacks, found by reading the graphs of all code that its classes can reach. Nothing is executed.
#include <unordered_set>

#include "core/error.h"
#include "runtime/module.h"

namespace taper::impl {
namespace {

class Finder {
 public:
  void add_type(const Type& type) {
    if (!types_.insert(&type).second) return;
    for (const TypePtr& element : type.elements()) add_type(*element);
    if (!type.is(TypeKind::kClass)) return;
    const ClassType& cls = as_class(type);
    if (cls.opaque) {
      found.push_back({cat("class ", cls.name), {}, {}});
      return;
    }
    for (const Attribute& attribute : cls.attributes) add_type(*attribute.type);
    for (const auto& [name, function] : cls.methods) add_function(*function);
    for (const auto& [name, function] : cls.static_methods) add_function(*function);
    for (const Ref<Function>& hook : cls.forward_pre_hooks) add_function(*hook);
    for (const Ref<Function>& hook : cls.forward_hooks) add_function(*hook);
  }

  void run() {
    while (!work_.empty()) {
      Function* next = work_.back();
      work_.pop_back();
      read(*next);
    }
  }

  std::vector<MissingPiece> found;

 private:
  void add_function(Function& function) {
    if (functions_.insert(&function).second) work_.push_back(&function);
  }

  void read(Function& function) {
    auto* compiled = dynamic_cast<ir::GraphFunction*>(&function);
    if (!compiled) return;
    try {
      read(*compiled->graph().top(), function);
    } catch (const Error& error) {
      found.push_back({error.message(), function.name, {}});
    }
  }

  void read(const ir::Block& block, const Function& function) {
    for (const ir::Node* node = block.first(); node; node = node->next()) {
      if (node->is(ir::Kind::kUnsupported)) found.push_back({node->text, function.name, node->range()});
      if (node->function) add_function(*node->function);
      for (const ir::Value* output : node->outputs()) add_type(*output->type());
      for (const ir::Block* inner : node->blocks()) read(*inner, function);
    }
  }

  std::unordered_set<const Type*> types_;
  std::unordered_set<const Function*> functions_;
  std::vector<Function*> work_;
};

}  // namespace

std::vector<MissingPiece> Module::missing() {
  PoolScope heap(nullptr);
  Finder finder;
  finder.add_type(*root_type_);
  finder.run();
  return std::move(finder.found);
}

}  // namespace taper::impl
