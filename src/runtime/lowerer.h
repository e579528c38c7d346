// The lowering of one graph; lower.cpp has control flow and numbers, lower_nodes.cpp the rest.
#pragma once

#include <bit>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/dims.h"
#include "runtime/assembler.h"
#include "runtime/lower.h"
#include "runtime/registers.h"
#include "runtime/typed_ops.h"

namespace taper::impl {

class Lowerer {
 public:
  Lowerer(const ir::Graph& graph, const Function& function, Linker& linker);
  Ref<const Code> run();

 private:
  using Values = std::span<const ir::Value* const>;
  struct Transfer {
    int32_t to;
    const ir::Value* from;
  };

  // Operands. take() gives a dying value away; what is marked as dying and not taken, clear() drops.
  int32_t read(const ir::Value* value);
  int32_t take(const ir::Value* value);
  using Entries = SmallVec<int32_t, 12>;
  Entries take_all(std::span<ir::Value* const> values);
  int32_t reg(const ir::Value* value);  // a register, also for a constant
  int32_t target(const ir::Value* value);
  uint16_t plain(const ir::Value* value) const { return !places_.of(value).counted; }  // never a counted object
  const Value* constant(const ir::Value* value) const;
  void mark(Values values);
  void clear(Values values);
  Values block_end(const ir::Block& block) const;

  void block(const ir::Block& block);
  std::vector<Transfer> transfers(std::span<ir::Value* const> from, std::span<ir::Value* const> to) const;
  bool moves_anything(const std::vector<Transfer>& moves, Values ending) const;
  struct Move {
    int32_t to, from;
    bool counted, owned;  // owned: the last read may empty the source
  };
  void transfer(const std::vector<Transfer>& moves, Values ending);
  void move_at_once(std::vector<Move>& moves);

  bool emits_nothing(const ir::Block& block) const;
  void jump_if(const ir::Value* condition, bool sense, Assembler::Label label);
  void jump_compare(const ir::Node& node, const TypedOp& typed, bool sense, Assembler::Label label);
  void jump_if_either(const ir::Node& node, bool sense, Assembler::Label label);
  void if_node(const ir::Node& node);
  void loop_node(const ir::Node& node);
  bool loop_end(const ir::Node& node, Assembler::Label start, Assembler::Label end);

  int32_t number(const ir::Value* value, bool is_int, int scratch);
  void binary(const ir::Node& node, const TypedOp& typed);
  bool binary_immediate(Opcode opcode, int32_t to, const ir::Value* left, int64_t right);
  void derive_index(const ir::Node& node);

  void node(const ir::Node& node);
  void plain_node(const ir::Node& node);
  void operator_node(const ir::Node& node);
  bool typed_node(const ir::Node& node, const TypedOp& typed);
  void call_operator(const ir::Node& node, const OpDef& op);
  void attribute(const ir::Node& node);
  void call(const ir::Node& node, Opcode opcode, Function* function);
  void fork(const ir::Node& node);
  void enter(const ir::Node& node);
  void exit(const ir::Node& node);
  int32_t add_site(CallSite site, std::span<const int32_t> arguments);
  int32_t outputs_list(const ir::Node& node);

  const ir::Graph& graph_;
  Linker& linker_;
  Ref<Code> code_;
  Assembler out_;
  Placement places_;
  std::vector<bool> dying_;  // by value id: ends at the present node and still sits in its register
};

}  // namespace taper::impl
