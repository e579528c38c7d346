// Freezing: the methods of one module object with all calls inlined and the attributes that nothing writes as constants.
//
//   Freezer freezer(context, root);            // an Object whose class the unit compiled; its values are only read
//   freezer.preserve(root_class, "scale");     // stays an attribute
//   freezer.add(forward); freezer.add(encode);
//   freezer.run();
//   freezer.methods()[0].graph                 // what remains of forward
//   freezer.keeps(type, "hidden")              // is the attribute still needed?
//
// An attribute stays when any code that the methods can reach sets it, when its memory may be written in place or let out
// (a list that is returned), when it has no form as a constant, or when its object is used as a whole: passed to a call that
// could not be inlined, compared, stored. What is decided for an attribute holds for all objects of the class, which share
// their slots. Dead branches count for nothing: deciding, folding and removing dead code alternate until nothing changes, so
// that `training` goes first and takes with it the branches that only training runs.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ir/alias.h"
#include "ir/passes/pass.h"

namespace taper::impl::ir {

class Freezer {
 public:
  struct Method {
    GraphFunction* function;
    std::unique_ptr<Graph> graph;
  };

  Freezer(PassContext& context, const impl::Value& root) : context_(context), root_(root) {}
  void preserve(const ClassType& type, std::string_view attribute) { preserved_.emplace(&type, attribute); }
  void add(GraphFunction& method);
  void run();

  const std::vector<Method>& methods() const noexcept { return methods_; }
  // After run(): read or set by what remains, preserved, or part of an object that is used as a whole.
  bool keeps(const ClassType& type, std::string_view attribute) const;
  // Objects of the class are used as a whole: nothing of it is left out.
  bool is_whole(const ClassType& type) const { return whole_.contains(&type); }
  // Functions that what remains calls, and what those call.
  const std::vector<GraphFunction*>& callees() const noexcept { return callees_; }

 private:
  using Place = std::pair<const ClassType*, std::string>;

  void resolve(Block& block);
  void resolve_node(Node& node);
  const Object* known(const Value* value) const;
  void find_callees();
  void find_sets(const Block& block, std::vector<GraphFunction*>& work);
  void find_whole();
  void find_memory();
  void keep_whole(const impl::Value& value);
  void tie(const impl::Value& value, int depth);
  void collect_memory(const Block& block, KnownMemory& memory);
  void judge(const Block& block, const AliasAnalysis& alias);
  bool is_constant(const impl::Value& value, int& items, int depth) const;
  bool may_fold(const Object& object, size_t slot) const;
  bool fold(Method& method, Block& block);
  Value* build(Graph& graph, Node& before, const impl::Value& value, const TypePtr& type);
  impl::Value without_grad(const impl::Value& value);
  void clean(Graph& graph);
  void note_kept(const Block& block);

  PassContext& context_;
  impl::Value root_;
  std::vector<Method> methods_;
  std::set<Place> preserved_, set_, written_, kept_;
  std::unordered_set<const ClassType*> whole_;
  std::unordered_map<const Value*, const Object*> known_;
  std::unordered_set<const void*> outside_, seen_;  // memory that more than one plain attribute leads to
  std::unordered_set<const void*> changed_;         // memory that is written, or a container that is let out
  std::vector<GraphFunction*> callees_;
  std::vector<const Object*> objects_;  // of the tree
  std::unordered_map<const void*, impl::Value> without_grad_;
};

}  // namespace taper::impl::ir
