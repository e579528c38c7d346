#include "runtime/registers.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <string_view>
#include <unordered_set>

#include "core/error.h"
#include "runtime/typed_ops.h"

namespace taper::impl {
namespace {

using ir::Block;
using ir::Kind;
using ir::Node;

// Never destroyed: a value with a destructor would make the library run code before main.
const Value& no_value() {
  alignas(Value) static char memory[sizeof(Value)];
  static const Value* const none = new (memory) Value;
  return *none;
}

// A set of free registers that grows at its end.
class FreeSet {
 public:
  uint32_t take() {
    for (; hint_ < words_.size(); ++hint_)
      if (words_[hint_]) return take_from(hint_, uint32_t(std::countr_zero(words_[hint_])));
    words_.push_back(~uint64_t(0));
    return take_from(hint_, 0);
  }
  bool take(uint32_t index) {
    while (index / 64 >= words_.size()) words_.push_back(~uint64_t(0));
    if (!(words_[index / 64] >> (index % 64) & 1)) return false;
    take_from(index / 64, index % 64);
    return true;
  }
  void release(uint32_t index) {
    words_[index / 64] |= uint64_t(1) << (index % 64);
    hint_ = std::min<size_t>(hint_, index / 64);
  }
  bool is_free(uint32_t index) const { return index / 64 >= words_.size() || (words_[index / 64] >> (index % 64) & 1); }
  bool same_as(const FreeSet& other) const {
    for (size_t i = 0; i < std::max(words_.size(), other.words_.size()); ++i)
      if ((i < words_.size() ? words_[i] : ~uint64_t(0)) != (i < other.words_.size() ? other.words_[i] : ~uint64_t(0)))
        return false;
    return true;
  }

 private:
  uint32_t take_from(size_t word, uint32_t bit) {
    words_[word] &= ~(uint64_t(1) << bit);
    return uint32_t(word * 64 + bit);
  }
  std::vector<uint64_t> words_;
  size_t hint_ = 0;
};

bool holds_script(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kClass:
    case TypeKind::kInterface:
    case TypeKind::kAny:
    case TypeKind::kFunction:
    case TypeKind::kUnknown: return true;
    default: break;
  }
  return std::any_of(type.elements().begin(), type.elements().end(),
                     [](const TypePtr& element) { return holds_script(*element); });
}

// May script code run while the node does?
bool may_call_script(const Node& node) {
  switch (node.kind()) {
    case Kind::kCallMethod:
    case Kind::kCallFunction:
    case Kind::kFork:
    case Kind::kAwaitableWait:
    case Kind::kEnter:
    case Kind::kExit: return true;
    case Kind::kOperator:
      return std::any_of(node.inputs().begin(), node.inputs().end(),
                         [](const ir::Value* input) { return holds_script(*input->type()); });
    default: return false;
  }
}

class Placer {
 public:
  explicit Placer(const ir::Graph& graph)
      : graph_(graph), order_(graph.node_count()), wants_(graph.value_count(), Placement::kNone) {
    out_.places.resize(graph.value_count());
  }

  Placement run() {
    scan(*graph_.top());
    if (!graph_.inputs().empty() && graph_.inputs()[0]->type()->is(TypeKind::kClass)) borrow(graph_.inputs()[0]);
    borrow_attributes(*graph_.top());
    place_deaths(*graph_.top());
    sort_deaths();
    defer(*graph_.top());
    for (const ir::Value* parameter : graph_.inputs())
      if (!place(parameter).borrowed && parameter->is_used()) allocate(parameter);
    walk(*graph_.top());
    shift_registers();
    out_.allocated = high_;
    return std::move(out_);
  }

 private:
  using Uses = std::span<const ir::Value::Use>;
  Placement::Place& place(const ir::Value* value) { return out_.places[value->id()]; }

  // ---- facts ----
  void scan(const Block& block) {
    for (const ir::Value* parameter : block.parameters()) describe(parameter);
    for (const Node* node = block.first(); node; node = node->next()) {
      order_[node->id()] = ++count_;
      for (const ir::Value* output : node->outputs()) describe(output);
      if (node->is(Kind::kConstant)) place(node->output()).constant = &node->value;
      if (node->is(Kind::kUninitialized)) place(node->output()).constant = &no_value();
      if (node->is(Kind::kSetAttr)) attributes_set_.insert(node->text);
      calls_script_ |= may_call_script(*node);
      for (const Block* inner : node->blocks()) scan(*inner);
    }
  }
  void describe(const ir::Value* value) { place(value).counted = type_is_counted(*value->type()); }

  // ---- borrowing ----
  void borrow(const ir::Value* value) {
    place(value).borrowed = true;
    place(value).reg = int32_t(out_.borrowed++);
  }
  // An attribute can be borrowed when nothing can set it while this function runs, and its object is borrowed itself.
  void borrow_attributes(const Block& block) {
    if (calls_script_) return;
    for (const Node* node = block.first(); node; node = node->next()) {
      if (node->is(Kind::kGetAttr) && place(node->output()).counted && place(node->input()).borrowed &&
          node->output()->is_used() && !attributes_set_.contains(node->text))
        borrow(node->output());
      for (const Block* inner : node->blocks()) borrow_attributes(*inner);
    }
  }

  // ---- deaths ----
  void place_deaths(const Block& block) {
    for (const ir::Value* parameter : block.parameters()) place_death(parameter, block);
    for (const Node* node = block.first(); node; node = node->next()) {
      for (const ir::Value* output : node->outputs())
        if (!place(output).constant && output->is_used()) place_death(output, block);
      for (const Block* inner : node->blocks()) place_deaths(*inner);
    }
  }
  void place_death(const ir::Value* value, const Block& block) {
    if (place(value).borrowed) return;
    if (!value->is_used()) {
      out_.block_deaths[&block].start.push_back(value);  // a parameter
      return;
    }
    place_death(value, block, value->uses());
  }
  // The death of a value that lives at the start of `block`, all of whose remaining uses are in it or its nested blocks.
  void place_death(const ir::Value* value, const Block& block, Uses uses) {
    const Node* last = nullptr;
    for (const ir::Value::Use& use : uses) {
      const Node* node = use.user;
      if (!node) {
        if (use.block == &block) {
          out_.block_deaths[&block].end.push_back(value);
          return;
        }
        node = use.block->owner();
      }
      while (node->block() != &block) node = node->block()->owner();
      if (!last || order_[node->id()] > order_[last->id()]) last = node;
    }
    if (last->is(Kind::kIf)) return place_in_branches(value, *last, uses);
    if (last->is(Kind::kLoop)) {
      bool only_first = std::all_of(uses.begin(), uses.end(), [&](const ir::Value::Use& use) {
        return use.user != last ? !is_inside(use, *last) : use.index != 0;
      });
      if (only_first) return out_.loop_entry_deaths[last].push_back(value);
    }
    deaths_.emplace_back(last->id(), value);
  }
  // By node, in the order in which they were found.
  void sort_deaths() {
    std::vector<uint32_t>& starts = out_.death_starts;
    starts.resize(size_t(graph_.node_count()) + 1);
    for (const auto& [node, value] : deaths_) ++starts[node + 1];
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    out_.dead.resize(deaths_.size());
    for (size_t i = deaths_.size(); i-- > 0;) out_.dead[--starts[deaths_[i].first + 1]] = deaths_[i].second;
    // Each start has moved to its neighbour's place; the last one is the end.
    starts.erase(starts.begin());
    starts.push_back(uint32_t(deaths_.size()));
  }
  void place_in_branches(const ir::Value* value, const Node& node, Uses uses) {
    for (const Block* branch : node.blocks()) {
      std::vector<ir::Value::Use> inside;
      for (const ir::Value::Use& use : uses)
        if (is_inside(use, *branch)) inside.push_back(use);
      if (inside.empty()) out_.block_deaths[branch].start.push_back(value);
      else place_death(value, *branch, inside);
    }
  }
  static bool is_inside(const ir::Value::Use& use, const Block& block) {
    for (const Block* at = use.user ? use.user->block() : use.block; at;
         at = at->owner() ? at->owner()->block() : nullptr)
      if (at == &block) return true;
    return false;
  }
  static bool is_inside(const ir::Value::Use& use, const Node& node) {
    return std::any_of(node.blocks().begin(), node.blocks().end(),
                       [&](const Block* block) { return is_inside(use, *block); });
  }

  // ---- deferred conditions ----
  static bool emits_nothing(const Node& node) { return node.is(Kind::kConstant) || node.is(Kind::kUninitialized); }
  static const Node* before(const Node* node) {
    while (node && emits_nothing(*node)) node = node->previous();
    return node;
  }
  // Conditions whose one use is the jump right behind them. Inner blocks of a deferred if end in such conditions too.
  void defer(const Block& block) {
    for (const Node* node = block.first(); node; node = node->next()) {
      if (node->is(Kind::kIf)) try_defer(node->input(0), before(node->previous()));
      if (node->is(Kind::kLoop)) try_defer(node->input(1), before(node->previous()));
      for (const Block* inner : node->blocks()) defer(*inner);
      if (node->is(Kind::kLoop)) {
        const Block& body = *node->blocks()[0];
        try_defer(body.returns()[0], before(body.last()));
      }
    }
  }
  void try_defer(const ir::Value* value, const Node* last) {
    const Node* node = value->node();
    if (!node || node != last || value->uses().size() != 1 || node->outputs().size() != 1) return;
    if (node->is(Kind::kIf)) {
      place(value).deferred = true;
      for (const Block* branch : node->blocks()) try_defer(branch->returns()[0], before(branch->last()));
      return;
    }
    if (!node->is(Kind::kOperator)) return;
    const TypedOp* typed = typed_op(*node->op()->def);
    if (!typed) return;
    if (typed->opcode == Opcode::kNotBool) {
      place(value).deferred = true;
      try_defer(node->input(), before(node->previous()));
    } else if (typed->form == TypedForm::kCompare) {
      place(value).deferred = true;
    } else if (typed->form == TypedForm::kIsNone) {
      // A counted operand that dies here would have to be dropped on both ways out of the jump.
      std::span<const ir::Value* const> dying = out_.deaths(*node);
      bool none = false;
      for (const ir::Value* input : node->inputs()) none |= place(input).constant && place(input).constant->is_none();
      if (none && std::none_of(dying.begin(), dying.end(), [&](const ir::Value* v) { return place(v).counted; }))
        place(value).deferred = true;
    }
  }

  // ---- registers ----
  void allocate(const ir::Value* value) {
    int32_t want = wants_[value->id()];
    uint32_t reg = want != Placement::kNone && free_.take(uint32_t(want)) ? uint32_t(want) : free_.take();
    high_ = std::max(high_, reg + 1);
    place(value).reg = int32_t(reg);
  }
  void release(const ir::Value* value) {
    const Placement::Place& at = place(value);
    if (at.reg != Placement::kNone && !at.borrowed && !pinned_.contains(value)) free_.release(uint32_t(at.reg));
  }
  void release_all(std::span<const ir::Value* const> values) {
    for (const ir::Value* value : values) release(value);
  }
  void want(const ir::Value* value, int32_t reg) {
    if (value->node() && reg != Placement::kNone) wants_[value->id()] = reg;
  }

  void walk(const Block& block) {
    auto found = out_.block_deaths.find(&block);
    if (found != out_.block_deaths.end()) release_all(found->second.start);
    for (const Node* node = block.first(); node; node = node->next()) visit(*node);
    if (found != out_.block_deaths.end()) release_all(found->second.end);
  }

  void visit(const Node& node) {
    if (emits_nothing(node)) return;
    if (node.is(Kind::kIf)) return visit_if(node);
    if (node.is(Kind::kLoop)) return visit_loop(node);
    if (node.outputs().size() == 1 && place(node.output()).deferred) return release_all(out_.deaths(node));
    // A result may take the register of an operand only where the operands are read before the result is written.
    bool first = reads_first(node);
    if (node.is(Kind::kUncheckedCast) && wants_[node.output()->id()] == Placement::kNone)
      want(node.output(), place(node.input()).reg);
    if (first) release_all(out_.deaths(node));
    for (const ir::Value* output : node.outputs()) {
      if (place(output).borrowed) continue;
      if (!output->is_used() && node.is(Kind::kOperator)) continue;  // dropped
      allocate(output);
    }
    if (!first) release_all(out_.deaths(node));
    for (const ir::Value* output : node.outputs())
      if (!output->is_used()) release(output);
  }
  static bool reads_first(const Node& node) {
    if (node.is(Kind::kUncheckedCast)) return true;
    if (!node.is(Kind::kOperator)) return false;
    const TypedOp* typed = typed_op(*node.op()->def);
    if (!typed) return false;
    switch (typed->form) {
      case TypedForm::kUnary:
      case TypedForm::kBinary:
      case TypedForm::kCompare:
      case TypedForm::kNonZero:
      case TypedForm::kDeriveIndex: return true;
      case TypedForm::kNumber: return number_conversion(*typed, node.input()->type()->kind()) != Opcode(kOpcodeCount);
      default: return false;
    }
  }

  void visit_if(const Node& node) {
    size_t count = node.outputs().size();
    for (size_t i = 0; i < count; ++i)
      for (const Block* branch : node.blocks()) want(branch->returns()[i], wants_[node.output(i)->id()]);
    FreeSet before = free_;
    walk(*node.blocks()[0]);
    // The second branch is steered to where the first left its results.
    for (size_t i = 0; i < count; ++i) {
      const ir::Value* first = node.blocks()[0]->returns()[i];
      const ir::Value* output = node.output(i);
      if (wants_[output->id()] == Placement::kNone && first->node() && first->block() == node.blocks()[0] &&
          !place(first).borrowed)
        wants_[output->id()] = place(first).reg;
      want(node.blocks()[1]->returns()[i], wants_[output->id()]);
    }
    FreeSet after = free_;
    free_ = before;
    walk(*node.blocks()[1]);
    if (!after.same_as(free_)) fail(ErrorCode::kInternal, "the branches of an if end with different registers in use");
    for (size_t i = 0; i < count; ++i) {
      const ir::Value* output = node.output(i);
      if (place(output).deferred || !output->is_used()) continue;
      const Placement::Place& second = place(node.blocks()[1]->returns()[i]);
      if (wants_[output->id()] == Placement::kNone && !second.borrowed) wants_[output->id()] = second.reg;
      if (wants_[output->id()] != Placement::kNone && !free_.is_free(uint32_t(wants_[output->id()])) &&
          !second.borrowed)
        wants_[output->id()] = second.reg;
      allocate(output);
    }
  }

  void visit_loop(const Node& node) {
    const Block& body = *node.blocks()[0];
    const ir::Value* iteration = body.parameters()[0];
    bool counts = !is_unlimited(node) || iteration->is_used();
    if (counts) {
      allocate(iteration);
      pinned_.insert(iteration);
      out_.counters[&node] = place(iteration).reg;
    }
    if (auto given = out_.loop_entry_deaths.find(&node); given != out_.loop_entry_deaths.end())
      release_all(given->second);
    for (size_t i = 0; i < node.outputs().size(); ++i) {
      const ir::Value *first = node.input(i + 2), *parameter = body.parameters()[i + 1];
      if (!place(first).borrowed && place(first).reg != Placement::kNone) wants_[parameter->id()] = place(first).reg;
      allocate(parameter);
      place(node.output(i)).reg = place(parameter).reg;
      want(body.returns()[i + 1], place(parameter).reg);
    }
    walk(body);
    // The carried registers hold the results now, whatever became of the parameters within the body.
    for (const ir::Value* output : node.outputs()) free_.take(uint32_t(place(output).reg));
    if (counts) free_.release(uint32_t(place(iteration).reg));
    release_all(out_.deaths(node));
    for (const ir::Value* output : node.outputs())
      if (!output->is_used()) release(output);
  }

  // Registers were numbered from zero; borrowed ones come first.
  void shift_registers() {
    for (Placement::Place& at : out_.places)
      if (at.reg != Placement::kNone && !at.borrowed) at.reg += int32_t(out_.borrowed);
    for (auto& [loop, counter] : out_.counters) counter += int32_t(out_.borrowed);
  }

  const ir::Graph& graph_;
  Placement out_;
  std::vector<uint32_t> order_;
  std::vector<std::pair<uint32_t, const ir::Value*>> deaths_;  // of a node by its id
  std::vector<int32_t> wants_;
  std::unordered_set<std::string_view> attributes_set_;
  std::unordered_set<const ir::Value*> pinned_;  // iterations: live as long as their loop
  bool calls_script_ = false;
  uint32_t count_ = 0;
  uint32_t high_ = 0;
  FreeSet free_;
};

}  // namespace

bool type_is_counted(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kNone:
    case TypeKind::kInt:
    case TypeKind::kFloat:
    case TypeKind::kBool:
    case TypeKind::kDevice: return false;
    case TypeKind::kOptional:
    case TypeKind::kUnion:
      return std::any_of(type.elements().begin(), type.elements().end(),
                         [](const TypePtr& t) { return type_is_counted(*t); });
    default: return true;
  }
}

bool is_unlimited(const ir::Node& loop) {
  const ir::Node* count = loop.input(0)->node();
  return count && count->is(Kind::kConstant) && count->value.is(Tag::kInt) &&
         count->value.integer() == std::numeric_limits<int64_t>::max();
}

Placement place_values(const ir::Graph& graph) { return Placer(graph).run(); }

}  // namespace taper::impl
