// The SSA graph, after TorchScript's own: a Graph has a top Block; a Block has parameters, nodes in order and returns;
// If and Loop nodes hold blocks. Everything belongs to its Graph and dies with it.
//
// Well-formed (verify.h checks it):
//  1. every input is defined by an earlier node of the same or an enclosing block, or is a parameter of one;
//  2. prim::If has one bool input and two blocks without parameters, whose returns match the node's outputs;
//  3. prim::Loop has inputs (trip count, first condition, carried...), one block with parameters (iteration,
//  carried...)
//     and returns (condition, carried...), and one output per carried value;
//  4. an operator node's inputs and outputs match its schema's count and types (Unknown fits anything);
//  5. uses() lists exactly the places where the value is an input or a block return.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/class_type.h"
#include "core/dims.h"
#include "core/op_def.h"
#include "core/schema.h"
#include "core/source.h"
#include "core/type.h"
#include "core/value.h"
#include "ir/arena.h"

namespace taper::impl::ir {

class Graph;
class Block;
class Node;

// Structural kinds: what the compiler and the interpreter know by themselves. Everything else is kOperator and has a
// schema. Rows: enumerator, printed name.
#define TAPER_IR_KINDS(X)                    \
  X(kOperator, "")                           \
  X(kConstant, "prim::Constant")             \
  X(kIf, "prim::If")                         \
  X(kLoop, "prim::Loop")                     \
  X(kGetAttr, "prim::GetAttr")               \
  X(kSetAttr, "prim::SetAttr")               \
  X(kCallMethod, "prim::CallMethod")         \
  X(kCallFunction, "prim::CallFunction")     \
  X(kCreateObject, "prim::CreateObject")     \
  X(kTupleConstruct, "prim::TupleConstruct") \
  X(kTupleUnpack, "prim::TupleUnpack")       \
  X(kTupleIndex, "prim::TupleIndex")         \
  X(kTupleSlice, "prim::TupleSlice")         \
  X(kListConstruct, "prim::ListConstruct")   \
  X(kListUnpack, "prim::ListUnpack")         \
  X(kDictConstruct, "prim::DictConstruct")   \
  X(kIsInstance, "prim::isinstance")         \
  X(kUncheckedCast, "prim::unchecked_cast")  \
  X(kUninitialized, "prim::Uninitialized")   \
  X(kRaiseException, "prim::RaiseException") \
  X(kFork, "prim::fork")                     \
  X(kWait, "aten::wait")                     \
  X(kAwaitable, "prim::awaitable")           \
  X(kAwaitableWait, "prim::awaitable_wait")  \
  X(kEnter, "prim::Enter")                   \
  X(kExit, "prim::Exit")                     \
  X(kPrint, "prim::Print")                   \
  X(kEnumName, "prim::EnumName")             \
  X(kEnumValue, "prim::EnumValue")           \
  X(kUnsupported, "prim::Unsupported")       \
  X(kFusion, "prim::FusionGroup")

enum class Kind : uint8_t {
#define TAPER_IR_KIND(K, NAME) K,
  TAPER_IR_KINDS(TAPER_IR_KIND)
#undef TAPER_IR_KIND
};
std::string_view kind_name(Kind kind) noexcept;  // "" for kOperator

// A resolved operator: its row and parsed schema; shared by all nodes of a compilation unit that call it.
struct Operator {
  const OpDef* def;
  Schema schema;
};

inline constexpr int64_t kEmptyListLiteral = 1;

// The call through which nodes came into a graph when a function was inlined: what an error's stack shows.
struct InlinedCall {
  Ref<Function> callee;
  SourceRange place;   // of the call, in the caller
  uint32_t outer = 0;  // the call within which this one was made; 0: the graph's own function
};

// An SSA value: a block parameter or a node's output.
class Value {
 public:
  struct Use {
    Node* user;  // null: a return of `block`
    Block* block;
    uint32_t index;
  };
  Node* node() const noexcept { return node_; }     // null: a parameter
  Block* block() const noexcept { return block_; }  // where it is defined
  uint32_t index() const noexcept { return index_; }
  const TypePtr& type() const noexcept { return type_; }
  void set_type(TypePtr type) { type_ = std::move(type); }
  std::string_view name() const noexcept { return name_; }  // a hint for printing, may be empty
  void set_name(std::string_view name);
  std::span<const Use> uses() const noexcept { return uses_; }
  bool is_used() const noexcept { return !uses_.empty(); }
  void replace_all_uses_with(Value* other);
  // Dense within the graph and never reused: side tables of passes are vectors of Graph::value_count() entries.
  uint32_t id() const noexcept { return id_; }

 private:
  friend class Graph;
  friend class Node;
  friend class Block;
  // Use lists keep no order: removing one is O(1), because every input knows its place in the list.
  Arena& arena() const noexcept;
  uint32_t add_use(Use use);
  void remove_use(uint32_t slot);
  uint32_t id_ = 0;
  uint32_t index_ = 0;
  Node* node_ = nullptr;
  Block* block_ = nullptr;
  TypePtr type_;
  std::string_view name_;  // in the arena
  ArenaVector<Use> uses_;
  Value* made_before_ = nullptr;
};

using Values = SmallVec<Value*, 8>;

class Node {
 public:
  Kind kind() const noexcept { return kind_; }
  bool is(Kind kind) const noexcept { return kind_ == kind; }
  const Operator* op() const noexcept { return op_; }  // for kOperator
  std::string_view name() const noexcept;              // "aten::add" or the structural kind's name
  bool is_op(std::string_view schema_name) const noexcept { return op_ && op_->schema.name == schema_name; }

  std::span<Value* const> inputs() const noexcept { return inputs_; }
  std::span<Value* const> outputs() const noexcept { return outputs_; }
  Value* input(size_t i = 0) const { return inputs_[i]; }
  Value* output(size_t i = 0) const { return outputs_[i]; }
  std::span<Block* const> blocks() const noexcept { return blocks_; }
  Block* block() const noexcept { return block_; }  // the owning block
  Graph& graph() const noexcept { return *graph_; }
  Node* next() const noexcept { return next_; }
  Node* previous() const noexcept { return previous_; }
  const SourceRange& range() const noexcept { return range_; }
  void set_range(SourceRange range) { range_ = std::move(range); }
  uint32_t id() const noexcept { return id_; }  // dense within the graph, see Graph::node_count()
  // Index into Graph::inlined_calls(), or 0: the node is the graph's own.
  uint32_t inlined_call() const noexcept { return inlined_call_; }
  void set_inlined_call(uint32_t call) noexcept { inlined_call_ = call; }

  // Attributes, by kind:
  //   kConstant: value (type in the output), number = its place among the function's literal numbers (from 1; 0: it is
  //   none), number2 = for one that was computed, the id of the node that did
  //   kGetAttr, kSetAttr, kCallMethod: text = the name
  //   kCallFunction, kFork, kAwaitable: function kTupleSlice: number, number2 (begin, end; both within the tuple)
  //   kTupleIndex: inputs (tuple, index), number = the index, or -1 when it is not constant (elements of one type)
  //   kListConstruct: number = kEmptyListLiteral while it is a bare [] whose type the context may still decide
  //   kEnter, kExit: function = the object's __enter__, __exit__
  //   kUncheckedCast: text = the operator that an old archive spelled it with, or nothing
  //   kIsInstance: types                         kUnsupported: text = what is missing
  //   kCallMethod: function, when the receiver is a class (null: an interface)
  impl::Value value;
  std::string text;
  Ref<Function> function;
  int64_t number = 0, number2 = 0;
  std::vector<TypePtr> types;

  void add_input(Value* value);
  void set_input(size_t i, Value* value);
  void remove_input(size_t i);
  Value* add_output(TypePtr type);
  void remove_output(size_t i);  // must have no uses
  // Of an If or Loop: result k becomes what result order[k] was, with all that belongs to it (returns, carried values).
  void permute_results(std::span<const size_t> order);
  Block* add_block();

  void insert_before(Node* other);
  void insert_after(Node* other);
  void append_to(Block* block);
  void move_before(Node* other);
  void destroy();  // outputs must have no uses; unlinks it and its blocks

 private:
  friend class Graph;
  friend class Block;
  friend class Value;
  void unlink();
  Kind kind_ = Kind::kOperator;
  uint32_t inlined_call_ = 0;
  uint32_t id_ = 0;
  const Operator* op_ = nullptr;
  Graph* graph_ = nullptr;
  Block* block_ = nullptr;
  Node* next_ = nullptr;
  Node* previous_ = nullptr;
  ArenaVector<Value*> inputs_;
  ArenaVector<uint32_t> input_slots_;  // where inputs_[i]'s use list names this input
  ArenaVector<Value*> outputs_;
  ArenaVector<Block*> blocks_;
  SourceRange range_;
  Node* made_before_ = nullptr;
};

class Block {
 public:
  // for (Node* n = block.first(); n; n = n->next())
  Node* first() const noexcept { return first_; }
  Node* last() const noexcept { return last_; }
  Node* owner() const noexcept { return owner_; }  // the If, Loop...; null for the graph's top block
  Graph& graph() const noexcept { return *graph_; }
  std::span<Value* const> parameters() const noexcept { return parameters_; }
  std::span<Value* const> returns() const noexcept { return returns_; }
  Value* add_parameter(TypePtr type, std::string_view name = {});
  void add_return(Value* value);
  void set_return(size_t i, Value* value);
  void remove_return(size_t i);
  void remove_parameter(size_t i);

 private:
  friend class Graph;
  friend class Node;
  friend class Value;
  Graph* graph_ = nullptr;
  Node* owner_ = nullptr;
  Node* first_ = nullptr;
  Node* last_ = nullptr;
  ArenaVector<Value*> parameters_;
  ArenaVector<Value*> returns_;
  ArenaVector<uint32_t> return_slots_;
};

class Graph {
 public:
  // With a lender: in the memory that comes next in it. It adopts this graph or drops it before it grows itself.
  explicit Graph(const Graph* lender = nullptr);
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  Block* top() const noexcept { return top_; }
  std::span<Value* const> inputs() const noexcept { return top_->parameters(); }
  std::span<Value* const> outputs() const noexcept { return top_->returns(); }

  // A new node, not yet in a block.
  Node* create(Kind kind, std::span<Value* const> inputs = {}, size_t outputs = 0);
  Node* create_op(const Operator& op, std::span<Value* const> inputs);  // outputs as the schema says
  Node* create_constant(impl::Value value, TypePtr type);
  std::unique_ptr<Graph> clone() const;
  uint32_t value_count() const noexcept { return value_count_; }  // ids run below this
  uint32_t node_count() const noexcept { return node_count_; }
  // Copies `source`'s nodes before `before` (null: at the end of `block`) with its parameters replaced; returns what
  // its returns became. What inlining is. With `call`, its nodes say that they came through it.
  Values splice(const Graph& source, std::span<Value* const> arguments, Block* block, Node* before,
                const InlinedCall* call = nullptr);
  // The same without copying: the nodes of `source` move here.
  Values adopt(std::unique_ptr<Graph> source, std::span<Value* const> arguments, Block* block, Node* before,
               const InlinedCall& call);
  // Entry 0 stands for the graph's own function.
  std::span<const InlinedCall> inlined_calls() const noexcept { return inlined_calls_; }
  bool has_lender() const noexcept { return lender_ != nullptr; }

 private:
  friend class Node;
  friend class Block;
  friend class Value;
  uint32_t note_call(const InlinedCall& call, const Graph& callee);
  void renumber(Graph& target, uint32_t first_call);
  Value* new_value(TypePtr type);
  Block* new_block(Node* owner);
  Node* new_node(Kind kind);
  Arena arena_;  // holds everything but what nodes and values own: those are chained for their destructors
  const Graph* lender_;
  Node* nodes_ = nullptr;
  Value* values_ = nullptr;
  uint32_t node_count_ = 0, value_count_ = 0;
  std::vector<InlinedCall> inlined_calls_;
  Block* top_;
};

}  // namespace taper::impl::ir
