// taper_op: one operator, by name.
#include "ops/registry.h"
#include "runtime/capi.h"
#include "runtime/convert.h"

using namespace taper::impl;

namespace {

// The overloads that a name means: "aten::add.Tensor" exactly one, "aten::add" the one without an overload name, or,
// where there is none, all of them.
std::vector<taper_context::Row> find_rows(std::string_view name) {
  size_t dot = name.find('.');
  std::string_view wanted = dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
  std::vector<const OpDef*> found;
  std::span<const OpDef* const> overloads = operator_table().find(name.substr(0, dot));
  for (const OpDef* each : overloads)
    if (schema_name(each->schema).overload == wanted) found.push_back(each);
  if (found.empty() && dot == std::string_view::npos) found.assign(overloads.begin(), overloads.end());
  if (found.empty()) {
    std::string known;
    for (const OpDef* each : overloads)
      append(known, cat(known.empty() ? "" : ", ", schema_name(each->schema).overload));
    fail(ErrorCode::kUnsupported, cat("operator ", name,
                                      known.empty() ? " does not exist in this version of taper"
                                                    : cat(" does not exist; there are the overloads ", known)));
  }
  std::vector<taper_context::Row> rows;
  for (const OpDef* each : found) {
    rows.push_back({each, parse_schema(each->schema)});
    for (Argument& argument : rows.back().schema.arguments) argument.kwarg_only = false;  // all may be given in order
  }
  return rows;
}

const std::vector<taper_context::Row>& rows_of(taper_context& context, const char* name) {
  auto found = context.rows.find(name);
  if (found == context.rows.end()) {
    PoolScope heap(nullptr);
    found = context.rows.emplace(name, find_rows(name)).first;
  }
  return found->second;
}

Vec<Value> bind(const taper_context::Row& row, const char* name, const Vec<Value>& values) {
  if (row.schema.is_vararg) return values;
  return bind_arguments(row.schema, name, values, {});
}

}  // namespace

taper_error* taper_op(taper_context* context, const char* name, taper_value* const* arguments, size_t count,
                      taper_value** results, size_t result_capacity, size_t* result_count) {
  return guarded([&] {
    Running running(need(context, "context"));
    const std::vector<taper_context::Row>& rows = rows_of(*context, &need(name, "name"));
    if (count) need(arguments, "arguments");
    Vec<Value> values;
    for (size_t i = 0; i < count; ++i) {
      if (!arguments[i]) fail(ErrorCode::kInvalidArgument, cat("arguments[", i, "] is NULL"));
      values.push_back(arguments[i]->value);
    }
    const taper_context::Row* row = nullptr;
    Vec<Value> bound;
    std::string tried;
    for (const taper_context::Row& each : rows) {
      try {
        bound = bind(each, name, values);
        row = &each;
        break;
      } catch (const Error& error) {
        if (rows.size() == 1) throw;
        append(tried, cat("\n", error.message()));
      }
    }
    if (!row) fail(ErrorCode::kInvalidArgument, cat("no overload of ", name, " takes these arguments:", tried));
    size_t returns = row->schema.returns.size();
    if (returns > result_capacity)
      fail(ErrorCode::kInvalidArgument,
           cat(name, " has ", returns, " results, and there is room for ", result_capacity));
    if (returns) need(results, "results");
    Vec<Value*> pointers;
    for (Value& value : bound) pointers.push_back(&value);
    Vec<Value> made(returns);
    Context& core = context->execution.context();
    core.movable_arguments = 0;
    row->op->call(core, {pointers.data(), uint32_t(pointers.size())}, made.data());
    Vec<Ref<taper_value>> boxes;  // all or none
    for (Value& value : made) boxes.push_back(Ref<taper_value>::adopt(box(std::move(value))));
    if (result_count) *result_count = returns;
    for (size_t i = 0; i < returns; ++i) results[i] = boxes[i].detach();
  });
}
