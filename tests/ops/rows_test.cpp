// What every row of the operator table promises, checked over the whole table.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <set>
#include <string>

#include "core/boxing.h"
#include "core/schema.h"
#include "ops/registry.h"

using namespace taper::impl;

TEST_CASE("every schema parses and prints back as it stands", "[rows]") {
  for (const OpDef* row : all_operators()) {
    INFO(row->schema);
    REQUIRE(parse_schema(row->schema).str() == row->schema);
  }
}

TEST_CASE("no overload stands twice", "[rows]") {
  std::set<std::string> seen;
  for (const OpDef* row : all_operators()) {
    SchemaName name = schema_name(row->schema);
    INFO(row->schema);
    CHECK(seen.insert(cat(name.name, ".", name.overload)).second);
  }
}

// A list of PyTorch's schemas, one a line, as the suites carry it.
TEST_CASE("schemas are PyTorch's, word by word", "[rows]") {
  const char* path = std::getenv("TAPER_SCHEMAS");
  if (!path) return;
  std::ifstream in(path);
  REQUIRE(in);
  std::set<std::string> known;
  for (std::string line; std::getline(in, line);) known.insert(line);
  for (const OpDef* row : all_operators()) {
    if (!known.count(row->schema)) UNSCOPED_INFO(row->schema);
    CHECK(known.count(row->schema));
  }
}

TEST_CASE("overloads come in PyTorch's order", "[rows]") {
  auto overloads = [](std::string_view name) {
    std::string text;
    for (const OpDef* row : operator_table().find(name)) text += cat(text.empty() ? "" : ",", schema_name(row->schema).overload);
    return text;
  };
  std::string add = overloads("aten::add");
  CHECK(add.rfind("Tensor,Scalar,", 0) == 0);
  CHECK(add.find("Scalar,") < add.find("int"));
  CHECK(add.find(",int") < add.find(",float"));
  CHECK(operator_table().find("aten::no_such_operator").empty());
}

namespace {

// Some value of the type, so that unboxing has nothing to object to; None where nothing sensible exists.
Value sample(const Type& type, std::string_view name) {
  switch (type.kind()) {
    case TypeKind::kTensor: {
      Tensor t = make_tensor({2}, DType::kFloat);
      t.mutable_data<float>()[0] = 0.5f;
      t.mutable_data<float>()[1] = 0.25f;
      return Value(t);
    }
    case TypeKind::kInt: return Value(int64_t(name == "dtype" ? 6 : 0));
    case TypeKind::kFloat: return Value(0.5);
    case TypeKind::kBool: return Value(false);
    case TypeKind::kComplex: return Value(std::complex<double>(0.5, 1));
    case TypeKind::kNumber: return Value(1.0);
    case TypeKind::kString: return Value("mean");
    case TypeKind::kDevice: return Value(Device());
    case TypeKind::kList: {
      Value list = make_list(type.element());
      if (!type.element()->is(TypeKind::kVar)) list.list().items.push_back(sample(*type.element(), name));
      return list;
    }
    case TypeKind::kDict: return make_dict(type.element(0), type.element(1));
    case TypeKind::kTuple: {
      auto tuple = make_ref<TupleObj>();
      for (const TypePtr& element : type.elements()) tuple->items.push_back(sample(*element, name));
      return Value(std::move(tuple));
    }
    default: return Value();
  }
}

}  // namespace

// A call with a value of each argument's type may fail for what the operator thinks of it, but not in unboxing.
TEST_CASE("every row's function fits its schema", "[rows]") {
  Context ctx;
  ContextScope scope(ctx);
  int answered = 0;
  for (const OpDef* row : all_operators()) {
    Schema schema = parse_schema(row->schema);
    if (schema.is_vararg) continue;
    std::vector<Value> arguments;
    std::vector<Value*> pointers;
    for (const Argument& argument : schema.arguments) {
      Value value = argument.has_default && !argument.default_value.is_none() ? argument.default_value : sample(*argument.type, argument.name);
      if (value.is(Tag::kInt) && argument.type->is(TypeKind::kFloat)) value = Value(double(value.integer()));
      arguments.push_back(std::move(value));
    }
    for (Value& value : arguments) pointers.push_back(&value);
    std::vector<Value> results(schema.returns.size() + 4);
    INFO(row->schema);
    try {
      row->call(ctx, {pointers.data(), uint32_t(pointers.size())}, results.data());
    } catch (const Error& error) {
      INFO(error.message());
      CHECK(error.code() != ErrorCode::kInvalidArgument);
      CHECK(error.code() != ErrorCode::kInternal);
      CHECK(error.message().find("expected a value of type") == std::string::npos);
      continue;
    }
    ++answered;
    for (size_t i = 0; i < schema.returns.size(); ++i) {
      INFO("result " << i);
      const Type& type = *schema.returns[i].type;
      if (type.is(TypeKind::kVar) || type.is(TypeKind::kAwait)) continue;
      if (type.is(TypeKind::kTensor) && results[i].is_none()) continue;  // an undefined tensor
      CHECK(value_has_type(results[i], type));
    }
    for (size_t i = schema.returns.size(); i < results.size(); ++i) CHECK(results[i].is_none());
  }
  CHECK(answered > 1000);
}
