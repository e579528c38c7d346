#include "ops/prim/ordering.h"

#include <algorithm>
#include <cmath>

#include "core/class_type.h"

namespace taper::impl {
namespace {

Value call_method(Context& ctx, const Value& self, std::string_view name, const Value& other) {
  const ClassType& type = *self.to_object().type;
  Function* method = type.method(name);
  check(method != nullptr, "class '", type.name, "' does not define ", name);
  check(ctx.script != nullptr, "cannot call ", type.name, ".", name, " outside a run");
  const Value arguments[] = {self, other};
  return ctx.script->call(*method, arguments);
}

bool is_number(const Value& v) { return v.is(Tag::kInt) || v.is(Tag::kFloat) || v.is(Tag::kBool); }

}  // namespace

Scalar single_element(const Tensor& tensor) {
  check(tensor.numel() != 0, "Boolean value of Tensor with no values is ambiguous");
  check(tensor.numel() == 1, "Boolean value of Tensor with more than one value is ambiguous");
  return visit_all(tensor.dtype(), "item", [&](auto tag) -> Scalar {
    using T = decltype(tag);
    T x = *tensor.data<T>();
    if constexpr (std::is_same_v<T, bool>) return Scalar(x);
    else if constexpr (std::is_same_v<T, ComplexHalf>) return Scalar(ComplexDouble(ComplexFloat(x)));
    else if constexpr (std::is_same_v<T, ComplexFloat> || std::is_same_v<T, ComplexDouble>) {
      ComplexDouble wide(x);
      return Scalar(tensor.is_conj() ? std::conj(wide) : wide);
    } else if constexpr (std::is_integral_v<T>) return Scalar(int64_t(x));
    else return Scalar(tensor.is_neg() ? -double(x) : double(x));
  });
}

bool values_equal(Context& ctx, const Value& a, const Value& b) {
  if (is_number(a) && is_number(b)) {
    if (a.is(Tag::kFloat) || b.is(Tag::kFloat)) return a.to_number() == b.to_number();
    return Scalar(a).i == Scalar(b).i;
  }
  if (a.is_scalar() && b.is_scalar()) return a.to_complex() == b.to_complex();
  if (a.tag() != b.tag()) return false;
  switch (a.tag()) {
    case Tag::kString: return a.string() == b.string();
    case Tag::kTensor: {
      check(a.tensor().numel() == b.tensor().numel() || a.tensor().numel() == 1 || b.tensor().numel() == 1,
            "The size of tensor a must match the size of tensor b to compare them");
      return single_element(a.tensor()).to_complex() == single_element(b.tensor()).to_complex();
    }
    case Tag::kList: {
      const Vec<Value>&x = a.list().items, &y = b.list().items;
      return std::equal(x.begin(), x.end(), y.begin(), y.end(), [&](const Value& p, const Value& q) { return values_equal(ctx, p, q); });
    }
    case Tag::kTuple: {
      const Vec<Value>&x = a.tuple().items, &y = b.tuple().items;
      return std::equal(x.begin(), x.end(), y.begin(), y.end(), [&](const Value& p, const Value& q) { return values_equal(ctx, p, q); });
    }
    case Tag::kObject:
      if (a.object().type->method("__eq__")) return call_method(ctx, a, "__eq__", b).to_bool();
      return a.is_same(b);
    default: return keys_equal(a, b);
  }
}

bool value_less(Context& ctx, const Value& a, const Value& b) {
  if (is_number(a) && is_number(b)) {
    if (a.is(Tag::kFloat) || b.is(Tag::kFloat)) return a.to_number() < b.to_number();
    return Scalar(a).i < Scalar(b).i;
  }
  check(a.tag() == b.tag(), "'<' is not defined between a ", tag_name(a.tag()), " and a ", tag_name(b.tag()));
  switch (a.tag()) {
    case Tag::kString: return a.string() < b.string();
    case Tag::kTensor: return single_element(a.tensor()).to_double() < single_element(b.tensor()).to_double();
    case Tag::kTuple: {
      const Vec<Value>&x = a.tuple().items, &y = b.tuple().items;
      for (size_t i = 0; i < x.size() && i < y.size(); ++i)
        if (!values_equal(ctx, x[i], y[i])) return value_less(ctx, x[i], y[i]);
      return x.size() < y.size();
    }
    case Tag::kObject: return call_method(ctx, a, "__lt__", b).to_bool();
    default: fail_runtime("Only list of ints, floats, bools, strings, Tensors, tuples and classes with __lt__ can be sorted, got ", tag_name(a.tag()));
  }
}

namespace {

bool has_order(const Value& v) {
  switch (v.tag()) {
    case Tag::kInt:
    case Tag::kBool:
    case Tag::kFloat:
    case Tag::kString:
    case Tag::kTensor: return true;
    case Tag::kTuple: return std::all_of(v.tuple().items.begin(), v.tuple().items.end(), has_order);
    case Tag::kObject: {
      const ClassType& type = *v.object().type;
      const Function* less = type.method("__lt__");
      if (!less || less->schema.arguments.size() != 2 || less->schema.returns.size() != 1) return false;
      return equal(*less->schema.arguments[1].type, type) && less->schema.returns[0].type->kind() == TypeKind::kBool;
    }
    default: return false;
  }
}

}  // namespace

void check_sortable(const Vec<Value>& items) {
  if (items.empty()) return;
  const Value& first = items[0];
  TypePtr type = type_of(first);
  for (const Value& item : items) {
    TypePtr other = type_of(item);
    check(equal(*type, *other), "Only values of same type can be compared. Found ", type->annotation(), " and ", other->annotation());
  }
  if (first.is(Tag::kObject))
    check(has_order(first), "To sort a list of ", type->annotation(), " it must define a __lt__ method with two inputs of type ", type->annotation(),
          " that returns a bool");
  else if (first.is(Tag::kTuple))
    check(has_order(first), "Contained elements in ", type->str(),
          " are not sortable. Only Int, Bool, Float, String, Tensor, a User Defined Class with __lt__ "
          "method defined or Tuples of aforementioned types can be sorted.");
  else
    fail_runtime(
        "Only list of Tensors, ints, floats, bools, strs, a User Defined Class that defines the __lt__ compare method or Tuples of aforementioned types can "
        "be sorted, got list of ",
        type->annotation());
}

void sort_values(Context& ctx, Vec<Value>& items, bool reverse) {
  auto less = [&](const Value& a, const Value& b) { return reverse ? value_less(ctx, b, a) : value_less(ctx, a, b); };
  // Up to 16 elements, PyTorch's std::sort is an insertion sort, and that shows when a NaN breaks the order
  // (sorted([3., 1., nan, 2.]) is [1., 3., nan, 2.]). Beyond, an order that a script or a NaN makes inconsistent must not
  // lead std::sort out of bounds, so a merge sort takes over.
  if (items.size() <= 16) {
    for (size_t i = 1; i < items.size(); ++i) {
      Value moving = std::move(items[i]);
      size_t at = i;
      if (less(moving, items[0])) {
        for (; at > 0; --at) items[at] = std::move(items[at - 1]);
      } else {
        for (; at > 0 && less(moving, items[at - 1]); --at) items[at] = std::move(items[at - 1]);
      }
      items[at] = std::move(moving);
    }
    return;
  }
  std::stable_sort(items.begin(), items.end(), less);
}

}  // namespace taper::impl
