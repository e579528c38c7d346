// The code of an archive, printed from graphs: the functions that are added, what they call, and every class that these, the
// attributes or the added values name.
//
//   CodeFiles files(unit, constants, {keeps, is_whole, keeps_state_methods});
//   files.add_method(net, *forward, *frozen_graph);    // a graph of its own instead of the function's
//   files.add_function(*helper);
//   files.add_value(root);                             // the classes of its objects
//   files.take()                                       // "__torch__.m" -> text of code/__torch__/m.py
//
// A class has the attributes that `keeps` says, and those methods that somebody added or calls; one that is whole has as well
// those of the interfaces that it stands for, and what operators call.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ir/compilation_unit.h"
#include "ir/print_code.h"

namespace taper::impl::ir {

class CodeFiles {
 public:
  struct Choice {
    std::function<bool(const ClassType&, std::string_view attribute)> keeps;
    std::function<bool(const ClassType&)> is_whole;
    std::function<bool(const ClassType&)> keeps_state_methods = [](const ClassType& type) {
      return type.has_state_methods();
    };
  };
  enum class Role : uint8_t { kMethod, kPreHook, kHook };

  CodeFiles(CompilationUnit& unit, CodeConstants& constants, Choice choice)
      : unit_(unit), constants_(constants), choice_(std::move(choice)) {}

  // The first of a name stays.
  void add_method(const ClassType& owner, GraphFunction& method, const Graph& graph, Role role = Role::kMethod);
  // A free function, or a method of whatever class.
  void add_function(GraphFunction& function);
  void add_type(const TypePtr& type);
  void add_value(const impl::Value& value);
  // Error(kUnsupported) for what code cannot spell.
  std::map<std::string, std::string> take();

 private:
  struct Methods {
    std::unordered_set<std::string> names;
    std::vector<std::string> pre_hooks, hooks;
    std::string text;
  };

  void add_graph(const Graph& graph);
  void add_block(const Block& block);
  void add_schema(const Schema& schema);
  void work_off();
  void look_at(const Type& type);
  void look_at(const impl::Value& value);
  bool complete_classes();
  std::string print(const ClassType& type);
  std::string print(const InterfaceType& type);
  std::string print(const EnumType& type);
  std::string print(const TupleType& type);
  std::string field(std::string_view name, const Type& type) const;

  CompilationUnit& unit_;
  CodeConstants& constants_;
  Choice choice_;
  std::vector<TypePtr> types_;  // classes, interfaces, enums and NamedTuples in the order in which they were met
  std::unordered_set<const Type*> seen_types_;
  std::unordered_set<const void*> seen_values_;
  std::unordered_set<const GraphFunction*> seen_functions_;
  std::unordered_map<const Type*, Methods> methods_;
  std::map<std::string, std::string> functions_;  // free ones, by module
  // What is still to be looked at; recursion would follow the archive's nesting.
  std::vector<TypePtr> type_work_;
  std::vector<impl::Value> value_work_;
  std::vector<GraphFunction*> function_work_;
  size_t constants_seen_ = 0;
};

}  // namespace taper::impl::ir
