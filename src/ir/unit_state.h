// What a CompilationUnit remembers: parsed files, types, functions, operator overloads. Guarded by its mutex.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "ir/compilation_unit.h"
#include "ir/tree.h"

namespace taper::impl::ir {

struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
};
template <class T>
using StringMap = std::unordered_map<std::string, T, StringHash, std::equal_to<>>;

struct OverloadSet {
  std::vector<std::unique_ptr<Operator>> owned;
  std::vector<const Operator*> operators;
  std::vector<Overload> candidates;  // as the archive's version means them
  std::vector<Overload> plain;       // as they are
  bool upgraded = false;
  std::string name;
  const OverloadSet* main = nullptr;  // of the operator's main name when it has another
  bool has_functions = false;
};

struct CompilationUnit::State {
  std::recursive_mutex mutex;
  std::unique_ptr<SourceProvider> sources;
  StringMap<Ref<const SourceTree>> modules;  // null: there is no such file
  StringMap<TypePtr> types;                  // null: there is no such class
  StringMap<Ref<Function>> functions;
  StringMap<TypePtr> annotations;  // by their text
  StringMap<std::unique_ptr<OverloadSet>> overload_sets;
  Ref<const SourceTree> builtin_tree, upgrader_tree;
  StringMap<std::vector<GraphFunction*>> builtins;
  int internal_depth = 0;  // builtin functions and upgraders being emitted: they mean today's operators

  std::vector<Ref<GraphFunction>> all_functions;
  std::vector<Ref<ClassType>> classes;
  std::vector<Ref<InterfaceType>> interfaces;
  std::unordered_map<const Type*, std::vector<std::pair<std::string, impl::Value>>> tuple_defaults;

  // Classes whose names are known and whose bodies are still to be read. A chain of classes that refer to each other is
  // worked off here instead of on the stack.
  struct Pending {
    Ref<ClassType> type;
    Ref<InterfaceType> interface;
    const SourceTree* tree;
    const ClassDef* def;
  };
  std::vector<Pending> pending;
  bool filling = false;
  // Script classes of archives before 1.5 do not list their attributes: what __init__ assigns declares them.
  std::vector<Ref<ClassType>> undeclared;
  ClassType* declaring = nullptr;
  int named_tuple_depth = 0;

  const SourceTree* module(CompilationUnit& unit, std::string_view path);
  Ref<GraphFunction> make_function(CompilationUnit& unit, const SourceTree& tree, const FunctionDef& def,
                                   std::string qualified, const TypePtr& self_type);
  static bool returns_a_value(NodeList<Stmt> statements);
  const OverloadSet& overload_set(CompilationUnit& unit, std::string_view name);
  GraphFunction* upgrader(CompilationUnit& unit, std::string_view name);
  static Ref<const SourceTree> parse_internal(std::string_view name, std::string text);

  // classes.cpp
  TypePtr load_class(CompilationUnit& unit, const SourceTree& tree, const ClassDef& def, std::string qualified);
  void fill_pending(CompilationUnit& unit);
  void declare_attributes();
  void fill_class(CompilationUnit& unit, ClassType& type, const SourceTree& tree, const ClassDef& def);
  void fill_interface(CompilationUnit& unit, InterfaceType& type, const SourceTree& tree, const ClassDef& def);
  TypePtr load_enum(CompilationUnit& unit, const SourceTree& tree, const ClassDef& def, std::string qualified);
  TypePtr load_named_tuple(CompilationUnit& unit, const SourceTree& tree, const ClassDef& def, std::string qualified);
};

}  // namespace taper::impl::ir
