// From what a pickle says (RawObject, bare containers) to objects of the archive's classes.
#pragma once

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "archive/model_file.h"
#include "core/context.h"
#include "ir/compilation_unit.h"
#include "runtime/opaque.h"

namespace taper::impl {

// Keeps identity: what was one object, list or tensor in the pickle is one afterwards. Attributes are checked against
// their declared types and containers get their element types. A class with __setstate__ is restored by its own code.
class Resolver {
 public:
  // `run` calls a script function: the program has no instance yet.
  using Run = FunctionRef<Value(Function&, std::span<Value>)>;
  // `opaque` makes objects of the host's classes; null: they stay as the pickle has them.
  Resolver(ir::CompilationUnit& unit, const ModelFile& file, Run run, const OpaqueClasses* opaque)
      : unit_(unit), file_(file), run_(run), opaque_(opaque) {}

  // Error(kInvalidFile) naming the attribute when something does not fit.
  Value resolve(Value value, const Type& type);

 private:
  Value object(const Value& raw);
  Value script_object(const Value& raw, const Ref<const ClassType>& type);
  Value enumeration(const RawObject& raw, const Ref<const EnumType>& type);
  void contents(Value& value, const Type& type);
  void share_storage(const Tensor& tensor);
  [[noreturn]] void wrong(const std::string& what) const;

  ir::CompilationUnit& unit_;
  const ModelFile& file_;
  Run run_;
  const OpaqueClasses* opaque_;
  std::unordered_map<const RefCounted*, Value> done_;
  std::unordered_set<const RefCounted*> visited_;
  std::unordered_map<const Storage*, Ref<Storage>> shared_;
  std::vector<Value> kept_;  // raw objects stay alive while their addresses are keys
  std::string path_;
  int depth_ = 0;
};

}  // namespace taper::impl
