// What a class's code can reach, found by reading graphs. Nothing is executed.
#pragma once

#include <vector>

#include "runtime/module.h"

namespace taper::impl {

struct Reachable {
  std::vector<ir::GraphFunction*> functions;  // methods of the root first
  std::vector<MissingPiece> missing;          // unsupported nodes, opaque classes, code that does not compile
};
// `opaque`: classes of the host's that are not missing; may be null.
Reachable find_reachable(const ClassType& root, const OpaqueClasses* opaque);
// And what the classes of the pickled objects hold: an interface's value may be of any of them.
Reachable find_reachable(const ClassType& root, const Value& pickled, ir::CompilationUnit& unit);
// Values in a pickle that no class of the archive and no built-in type explains.
void find_foreign_values(const Value& root, std::vector<MissingPiece>& missing);

}  // namespace taper::impl
