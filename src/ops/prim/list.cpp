// Python's list builtins.
#include <algorithm>

#include "core/boxing.h"
#include "ops/families.h"
#include "ops/prim/ordering.h"
#include "ops/prim/stream_format.h"

namespace taper::impl {
namespace {

// The generic results of lists alias the list (or are new lists of its elements).
Value as_value(ListObj& list) { return Value(Ref<ListObj>(&list)); }

Ref<ListObj> like(const ListObj& list) { return make_ref<ListObj>(list.element); }

size_t position(const ListObj& list, int64_t index) {
  int64_t size = int64_t(list.items.size());
  check(index >= -size && index < size, "list index out of range");
  return size_t(index < 0 ? index + size : index);
}

int64_t length(Context&, const ListObj& list) { return int64_t(list.items.size()); }

Value get(Context&, const ListObj& list, int64_t index) { return list.items[position(list, index)]; }

Value set(Context&, ListObj& list, int64_t index, const Value& v) {
  list.items[position(list, index)] = v;
  return as_value(list);
}

Value append(Context&, ListObj& list, const Value& v) {
  list.items.push_back(v);
  return as_value(list);
}

void extend(Context&, ListObj& list, const ListObj& other) {
  size_t count = other.items.size();  // extending a list by itself must not run on
  list.items.reserve(list.items.size() + count);
  for (size_t i = 0; i < count; ++i) list.items.push_back(other.items[i]);
}

void insert(Context&, ListObj& list, int64_t index, const Value& v) {
  int64_t size = int64_t(list.items.size());
  if (index < 0) index = std::max<int64_t>(0, index + size);
  list.items.insert(list.items.begin() + std::min(index, size), Value(v));
}

Value pop(Context&, ListObj& list, int64_t index) {
  check(!list.items.empty(), "pop from empty list");
  size_t at = position(list, index);
  Value out = std::move(list.items[at]);
  list.items.erase(list.items.begin() + ptrdiff_t(at));
  return out;
}

void remove_at(Context&, ListObj& list, int64_t index) { list.items.erase(list.items.begin() + ptrdiff_t(position(list, index))); }

void clear(Context&, ListObj& list) { list.items.clear(); }
void reverse(Context&, ListObj& list) { std::reverse(list.items.begin(), list.items.end()); }

Value copy(Context&, const ListObj& list) {
  Ref<ListObj> out = like(list);
  out->items = list.items;
  return Value(std::move(out));
}

Value add(Context&, const ListObj& a, const ListObj& b) {
  Ref<ListObj> out = like(a);
  out->items.reserve(a.items.size() + b.items.size());
  out->items = a.items;
  out->items.insert(out->items.end(), b.items.begin(), b.items.end());
  return Value(std::move(out));
}

Value add_inplace(Context& ctx, ListObj& list, const ListObj& other) {
  extend(ctx, list, other);
  return as_value(list);
}

Ref<ListObj> repeated(const ListObj& list, int64_t n) {
  Ref<ListObj> out = like(list);
  size_t count = n > 0 ? size_t(n) : 0, total = 0;
  check(!__builtin_mul_overflow(list.items.size(), count, &total) && total <= (size_t(1) << 40), "list of ", list.items.size(), " elements cannot be repeated ",
        n, " times");
  out->items.reserve(total);
  for (size_t i = 0; i < count; ++i) out->items.insert(out->items.end(), list.items.begin(), list.items.end());
  return out;
}

Value mul(Context&, const ListObj& list, int64_t n) { return Value(repeated(list, n)); }
Value mul_left(Context&, int64_t n, const ListObj& list) { return Value(repeated(list, n)); }
Value mul_inplace(Context&, ListObj& list, int64_t n) {
  list.items = std::move(repeated(list, n)->items);
  return as_value(list);
}

Value slice(Context&, const ListObj& list, std::optional<int64_t> start, std::optional<int64_t> end, int64_t step) {
  check(step != 0, "List slice should have non-zero step");
  check(step != INT64_MIN, "List slice step is out of bounds");
  int64_t size = int64_t(list.items.size());
  auto clamp = [&](int64_t i, int64_t low, int64_t high) { return std::clamp(i < 0 ? i + size : i, low, high); };
  Ref<ListObj> out = like(list);
  if (step > 0) {
    int64_t from = clamp(start.value_or(0), 0, size), to = clamp(end.value_or(size), 0, size);
    for (int64_t i = from; i<to; i = step> to - i ? to : i + step) out->items.push_back(list.items[size_t(i)]);
  } else {
    int64_t from = start ? clamp(*start, -1, size - 1) : size - 1, to = end ? clamp(*end, -1, size - 1) : -1;
    for (int64_t i = from; i > to; i = step < to - i ? to : i + step) out->items.push_back(list.items[size_t(i)]);
  }
  return Value(std::move(out));
}

bool contains(Context& ctx, const ListObj& list, const Value& v) {
  for (const Value& item : list.items)
    if (values_equal(ctx, item, v)) return true;
  return false;
}

int64_t count(Context& ctx, const ListObj& list, const Value& v) {
  int64_t n = 0;
  for (const Value& item : list.items) n += values_equal(ctx, item, v);
  return n;
}

int64_t index(Context& ctx, const ListObj& list, const Value& v) {
  for (size_t i = 0; i < list.items.size(); ++i)
    if (values_equal(ctx, list.items[i], v)) return int64_t(i);
  std::string text;
  append_value(text, v);
  if (v.is_tensor()) {  // here PyTorch spells its type the old way
    std::string name(scalar_type_name(v.tensor().dtype()));
    std::string usual = cat("[ CPU", name, "Type");
    if (size_t at = text.rfind(usual); at != std::string::npos) text.replace(at, usual.size(), cat("[ torch.", name, "Tensor"));
  }
  fail_runtime("'", text, "' is not in list");
}

void remove(Context& ctx, ListObj& list, const Value& v) {
  for (size_t i = 0; i < list.items.size(); ++i) {
    if (!values_equal(ctx, list.items[i], v)) continue;
    list.items.erase(list.items.begin() + ptrdiff_t(i));
    return;
  }
  fail_runtime("list.remove(x): x not in list");
}

bool equal(Context& ctx, const ListObj& a, const ListObj& b) {
  return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), [&](const Value& x, const Value& y) { return values_equal(ctx, x, y); });
}
bool not_equal(Context& ctx, const ListObj& a, const ListObj& b) { return !equal(ctx, a, b); }

void sort(Context& ctx, ListObj& list, bool descending) { sort_values(ctx, list.items, descending); }

Value sorted(Context& ctx, const ListObj& list) {
  Ref<ListObj> out = like(list);
  out->items = list.items;
  sort_values(ctx, out->items, false);
  return Value(std::move(out));
}

// What the overloads of one type do not take: tuples and objects, or a list of anything.
void sort_any(Context& ctx, ListObj& list, bool descending) {
  check_sortable(list.items);
  sort_values(ctx, list.items, descending);
}
Value sorted_any(Context& ctx, const ListObj& list) {
  check_sortable(list.items);
  return sorted(ctx, list);
}

Value min_of(Context& ctx, const ListObj& list) {
  check(!list.items.empty(), "min() arg is an empty sequence");
  Value best = list.items[0];
  for (const Value& item : list.items)
    if (value_less(ctx, item, best)) best = item;
  return best;
}

Value max_of(Context& ctx, const ListObj& list) {
  check(!list.items.empty(), "max() arg is an empty sequence");
  Value best = list.items[0];
  for (const Value& item : list.items)
    if (value_less(ctx, best, item)) best = item;
  return best;
}

// Lists in lexicographic order.
bool list_less(Context& ctx, const ListObj& a, const ListObj& b) {
  return std::lexicographical_compare(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(),
                                      [&](const Value& x, const Value& y) { return value_less(ctx, x, y); });
}
Value min_list(Context& ctx, ListObj& a, ListObj& b) { return as_value(list_less(ctx, b, a) ? b : a); }
Value max_list(Context& ctx, ListObj& a, ListObj& b) { return as_value(list_less(ctx, a, b) ? b : a); }

Value sum(Context&, const ListObj& list) {
  bool complex = list.element->is(TypeKind::kComplex), floating = list.element->is(TypeKind::kFloat);
  std::complex<double> c = 0;
  double f = 0;
  uint64_t i = 0;
  for (const Value& item : list.items) {
    if (complex) c += item.to_complex();
    else if (floating) f += item.to_number();
    else i += uint64_t(Scalar(item).i);
  }
  return complex ? Value(c) : floating ? Value(f) : Value(int64_t(i));
}

bool truth(const Value& v) { return v.is(Tag::kString) ? !v.string().empty() : Scalar(v).to_bool(); }
bool any(Context&, const ListObj& list) { return std::any_of(list.items.begin(), list.items.end(), truth); }
bool all(Context&, const ListObj& list) { return std::all_of(list.items.begin(), list.items.end(), truth); }

Value range_list(Context& ctx, int64_t n) {
  auto out = make_ref<ListObj>(int_type());
  for (int64_t i = 0; i < n; ++i) {
    if (i % 4096 == 0) ctx.spend(1);
    out->items.push_back(i);
  }
  return Value(std::move(out));
}

constexpr OpDef kRows[] = {
    op("aten::len.t(t[] a) -> int", TAPER_OP(length)),
    op("aten::len.any(Any[] a) -> int", TAPER_OP(length)),
    op("aten::__getitem__.t(t[](a) list, int idx) -> t(*)", TAPER_OP(get)),
    op("aten::select.t(t[](a) list, int idx) -> t(*)", TAPER_OP(get)),
    op("aten::_set_item.t(t[](a!) l, int idx, t(b -> *) el) -> t[](a!)", TAPER_OP(set)),
    op("aten::append.t(t[](a!) self, t(c -> *) el) -> t[](a!)", TAPER_OP(append)),
    op("aten::extend.t(t[](a!) self, t[] other) -> ()", TAPER_OP(extend)),
    op("aten::insert.t(t[](a!) self, int idx, t(b -> *) el) -> ()", TAPER_OP(insert)),
    op("aten::pop.t(t[](a!) self, int idx=-1) -> t(*)", TAPER_OP(pop)),
    op("aten::Delete.t(t[](a!) self, int idx) -> ()", TAPER_OP(remove_at)),
    op("aten::clear.t(t[](a!) self) -> ()", TAPER_OP(clear)),
    op("aten::reverse.t(t[](a!) self) -> ()", TAPER_OP(reverse)),
    op("aten::copy.t(t[](a) self) -> t[]", TAPER_OP(copy)),
    op("aten::list.t(t[] l) -> t[]", TAPER_OP(copy)),
    op("aten::add.t(t[] a, t[] b) -> t[]", TAPER_OP(add)),
    op("aten::add_.t(t[](a!) self, t[] b) -> t[]", TAPER_OP(add_inplace)),
    op("aten::mul.left_t(t[] l, int n) -> t[]", TAPER_OP(mul)),
    op("aten::mul.right_(int n, t[] l) -> t[]", TAPER_OP(mul_left)),
    op("aten::mul_.t(t[](a!) l, int n) -> t[](a!)", TAPER_OP(mul_inplace)),
    op("aten::slice.t(t[] l, int? start=None, int? end=None, int step=1) -> t[]", TAPER_OP(slice)),
    op("aten::__contains__.int_list(int[] l, int item) -> bool", TAPER_OP(contains)),
    op("aten::__contains__.str_list(str[] l, str item) -> bool", TAPER_OP(contains)),
    op("aten::__contains__.float_list(float[] l, float item) -> bool", TAPER_OP(contains)),
    op("aten::count.int(int[] self, int el) -> int", TAPER_OP(count)),
    op("aten::count.float(float[] self, float el) -> int", TAPER_OP(count)),
    op("aten::count.bool(bool[] self, bool el) -> int", TAPER_OP(count)),
    op("aten::count.str(str[] self, str el) -> int", TAPER_OP(count)),
    op("aten::count.Tensor(Tensor[] self, Tensor el) -> int", TAPER_OP(count)),
    op("aten::index.list_int(int[] self, int el) -> int", TAPER_OP(index)),
    op("aten::index.list_float(float[] self, float el) -> int", TAPER_OP(index)),
    op("aten::index.list_bool(bool[] self, bool el) -> int", TAPER_OP(index)),
    op("aten::index.list_str(str[] self, str el) -> int", TAPER_OP(index)),
    op("aten::index.list_Tensor(Tensor[] self, Tensor el) -> int", TAPER_OP(index)),
    op("aten::remove.int(int[](a!) self, int el) -> ()", TAPER_OP(remove)),
    op("aten::remove.float(float[](a!) self, float el) -> ()", TAPER_OP(remove)),
    op("aten::remove.bool(bool[](a!) self, bool el) -> ()", TAPER_OP(remove)),
    op("aten::remove.str(str[](a!) self, str el) -> ()", TAPER_OP(remove)),
    op("aten::remove.Tensor(Tensor[](a!) self, Tensor el) -> ()", TAPER_OP(remove)),
    op("aten::eq.int_list(int[] a, int[] b) -> bool", TAPER_OP(equal)),
    op("aten::eq.float_list(float[] a, float[] b) -> bool", TAPER_OP(equal)),
    op("aten::eq.bool_list(bool[] a, bool[] b) -> bool", TAPER_OP(equal)),
    op("aten::eq.str_list(str[] a, str[] b) -> bool", TAPER_OP(equal)),
    op("aten::eq.Tensor_list(Tensor[] a, Tensor[] b) -> bool", TAPER_OP(equal)),
    op("aten::ne.int_list(int[] a, int[] b) -> bool", TAPER_OP(not_equal)),
    op("aten::ne.float_list(float[] a, float[] b) -> bool", TAPER_OP(not_equal)),
    op("aten::ne.bool_list(bool[] a, bool[] b) -> bool", TAPER_OP(not_equal)),
    op("aten::ne.str_list(str[] a, str[] b) -> bool", TAPER_OP(not_equal)),
    op("aten::ne.Tensor_list(Tensor[] a, Tensor[] b) -> bool", TAPER_OP(not_equal)),
    op("aten::sort.int(int[](a!) self, bool reverse=False) -> ()", TAPER_OP(sort)),
    op("aten::sort.float(float[](a!) self, bool reverse=False) -> ()", TAPER_OP(sort)),
    op("aten::sort.bool(bool[](a!) self, bool reverse=False) -> ()", TAPER_OP(sort)),
    op("aten::sort.str(str[](a!) self, bool reverse=False) -> ()", TAPER_OP(sort)),
    op("aten::sort.Tensor(Tensor[](a!) self, bool reverse=False) -> ()", TAPER_OP(sort)),
    op("aten::sort.any(t[](a!) self, bool reverse=False) -> ()", TAPER_OP(sort_any)),
    op("aten::sorted.int(int[](a) input) -> int[]", TAPER_OP(sorted)),
    op("aten::sorted.float(float[](a) input) -> float[]", TAPER_OP(sorted)),
    op("aten::sorted.bool(bool[](a) input) -> bool[]", TAPER_OP(sorted)),
    op("aten::sorted.str(str[](a) input) -> str[]", TAPER_OP(sorted)),
    op("aten::sorted.Tensor(Tensor[](a) input) -> Tensor[]", TAPER_OP(sorted)),
    op("aten::sorted.any(t[](a) self) -> t[]", TAPER_OP(sorted_any)),
    op("prim::min.self_int(int[] self) -> int", TAPER_OP(min_of)),
    op("prim::min.self_float(float[] self) -> float", TAPER_OP(min_of)),
    op("prim::min.self_bool(bool[] self) -> bool", TAPER_OP(min_of)),
    op("prim::max.self_int(int[] self) -> int", TAPER_OP(max_of)),
    op("prim::max.self_float(float[] self) -> float", TAPER_OP(max_of)),
    op("prim::max.self_bool(bool[] self) -> bool", TAPER_OP(max_of)),
    op("prim::min.int_list(int[] l, int[] r) -> int[]", TAPER_OP(min_list)),
    op("prim::min.float_list(float[] l, float[] r) -> float[]", TAPER_OP(min_list)),
    op("prim::min.bool_list(bool[] l, bool[] r) -> bool[]", TAPER_OP(min_list)),
    op("prim::max.int_list(int[] l, int[] r) -> int[]", TAPER_OP(max_list)),
    op("prim::max.float_list(float[] l, float[] r) -> float[]", TAPER_OP(max_list)),
    op("prim::max.bool_list(bool[] l, bool[] r) -> bool[]", TAPER_OP(max_list)),
    op("aten::sum.int(int[] self) -> int", TAPER_OP(sum)),
    op("aten::sum.float(float[] self) -> float", TAPER_OP(sum)),
    op("aten::sum.complex(complex[] self) -> complex", TAPER_OP(sum)),
    op("aten::sum.bool(bool[] self) -> int", TAPER_OP(sum)),
    op("aten::any.int(int[] self) -> bool", TAPER_OP(any)),
    op("aten::any.float(float[] self) -> bool", TAPER_OP(any)),
    op("aten::any.bool(bool[] self) -> bool", TAPER_OP(any)),
    op("aten::any.str(str[] self) -> bool", TAPER_OP(any)),
    op("aten::all.int(int[] self) -> bool", TAPER_OP(all)),
    op("aten::all.float(float[] self) -> bool", TAPER_OP(all)),
    op("aten::all.bool(bool[] self) -> bool", TAPER_OP(all)),
    op("prim::rangelist(int n) -> int[]", TAPER_OP(range_list)),
};

}  // namespace

std::span<const OpDef> list_rows() { return kRows; }

}  // namespace taper::impl
