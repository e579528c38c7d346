// The C ABI: values, tensors, single operators.
#include "runtime/capi_support.h"

using namespace capi_test;
using Catch::Contains;

namespace {

taper_tensor_info info_of(taper_value* tensor) {
  taper_tensor_info info{};
  info.struct_size = sizeof info;
  ok(taper_tensor_get(tensor, &info));
  return info;
}

Value op(taper_context* context, const char* name, const std::vector<taper_value*>& arguments) {
  Value result;
  size_t count = 0;
  taper_value* out = nullptr;
  ok(taper_op(context, name, arguments.data(), arguments.size(), &out, 1, &count));
  REQUIRE(count == 1);
  return Value(out);
}

}  // namespace

TEST_CASE("every kind of value") {
  Value v;
  ok(taper_none(v.out()));
  CHECK(taper_value_kind(v) == TAPER_NONE);
  ok(taper_bool(7, v.out()));
  int flag = 0;
  ok(taper_get_bool(v, &flag));
  CHECK(flag == 1);
  CHECK(integer(make_int(INT64_MIN)) == INT64_MIN);
  double real = 0, imaginary = 0;
  ok(taper_float(0.5, v.out()));
  ok(taper_get_float(v, &real));
  CHECK(real == 0.5);
  ok(taper_get_float(make_int(3), &real));
  CHECK(real == 3);
  ok(taper_complex(1, -2, v.out()));
  ok(taper_get_complex(v, &real, &imaginary));
  CHECK((real == 1 && imaginary == -2));
  CHECK(printed(make_text(std::string("a\0b", 3))) == std::string("a\0b", 3));
  ok(taper_device("cuda:1", v.out()));
  CHECK(taper_value_kind(v) == TAPER_DEVICE);
  const char* bytes = nullptr;
  size_t size = 0;
  ok(taper_get_string(v, &bytes, &size));
  CHECK(std::string(bytes, size) == "cuda:1");
  CHECK(refused(taper_device("teapot", v.out())).code != TAPER_OK);
  CHECK_THAT(refused(taper_get_int(make_text("a"), nullptr)).message, Contains("expected an int, got a str"));
  CHECK_THAT(refused(taper_get_bool(make_int(1), &flag)).message, Contains("expected a bool, got a int"));
  CHECK_THAT(refused(taper_get_string(make_int(1), &bytes, &size)).message, Contains("expected a str, got a int"));
}

TEST_CASE("lists, tuples and dicts") {
  Value one = make_int(1), two = make_int(2), text = make_text("t");
  taper_value* numbers[] = {one, two};
  taper_value* mixed[] = {one, text};
  Value list, tuple, dict, item, type;
  ok(taper_list(numbers, 2, list.out()));
  ok(taper_value_type(list, type.out()));
  CHECK(printed(type) == "List[int]");
  ok(taper_append(list, two));
  CHECK(printed(list) == "[1, 2, 2]");
  CHECK_THAT(refused(taper_append(list, text)).message, Contains("a str does not fit into a List[int]"));
  size_t size = 0;
  ok(taper_size(list, &size));
  CHECK(size == 3);
  ok(taper_item(list, 2, item.out()));
  CHECK(integer(item) == 2);
  CHECK_THAT(refused(taper_item(list, 3, item.out())).message, Contains("index 3 is out of range"));

  ok(taper_tuple(mixed, 2, tuple.out()));
  CHECK(printed(tuple) == "(1, 't')");
  CHECK(taper_value_kind(tuple) == TAPER_TUPLE);

  Value key_u = make_text("u");
  taper_value* names[] = {text, key_u};
  ok(taper_dict(names, numbers, 2, dict.out()));
  CHECK(printed(dict) == "{'t': 1, 'u': 2}");
  ok(taper_value_type(dict, type.out()));
  CHECK(printed(type) == "Dict[str, int]");
  ok(taper_key(dict, 1, item.out()));
  CHECK(printed(item) == "u");
  ok(taper_item(dict, 1, item.out()));
  CHECK(integer(item) == 2);
  ok(taper_find(dict, text, item.out()));
  CHECK(integer(item) == 1);
  taper_value* absent = one;
  ok(taper_find(dict, make_text("absent"), &absent));
  CHECK(absent == nullptr);
  taper_value* bad[] = {list, list};
  CHECK_THAT(refused(taper_dict(bad, numbers, 2, dict.out())).message, Contains("cannot be a dict's key"));
  CHECK_THAT(refused(taper_size(one, &size)).message, Contains("expected a list, tuple or dict"));
}

TEST_CASE("empty containers take the type that a method declares") {
  Host host;
  Value list;
  ok(taper_list(nullptr, 0, list.out()));
  CHECK(integer(host.call("append", {list})) == 1);
  CHECK(printed(list) == "[0]");  // the script changed the host's list
  taper_value* ints[] = {make_int(1).release()};
  Value owned(ints[0]), whole;
  ok(taper_list(ints, 1, whole.out()));
  CHECK(printed(host.call("numbers", {whole})) == "1.0");
}

TEST_CASE("a result's parts") {
  Host host;
  Value answer = host.call("describe", {make_floats({1, 2})});
  size_t size = 0;
  ok(taper_size(answer, &size));
  REQUIRE(size == 4);
  Value dict, sum, none;
  ok(taper_item(answer, 2, dict.out()));
  ok(taper_find(dict, make_text("sum"), sum.out()));
  CHECK(printed(sum) == "tensor(3.)");
  ok(taper_item(answer, 3, none.out()));
  CHECK(taper_value_kind(none) == TAPER_NONE);
}

TEST_CASE("dtypes") {
  CHECK(taper_dtype_size(TAPER_BFLOAT16) == 2);
  CHECK(taper_dtype_size(TAPER_COMPLEX128) == 16);
  CHECK(taper_dtype_size(taper_dtype(12)) == 0);
  CHECK(taper_dtype_size(taper_dtype(-5)) == 0);
  CHECK(std::string(taper_dtype_name(TAPER_FLOAT32)) == "float32");
  CHECK(std::string(taper_dtype_name(TAPER_BOOL8)) == "bool");
  CHECK(std::string(taper_dtype_name(taper_dtype(99))).empty());
}

TEST_CASE("a tensor over the host's memory is no copy, and its deleter runs once, at the end") {
  Host host;
  float data[6] = {0, 1, 2, 3, 4, 5};
  int deleted = 0;
  auto deleter = [](void* user) { ++*static_cast<int*>(user); };
  int64_t sizes[2] = {2, 3};
  Value tensor, row;
  ok(taper_tensor_from_blob(data, sizes, nullptr, 2, TAPER_FLOAT32, deleter, &deleted, tensor.out()));
  CHECK(info_of(tensor).data == data);
  CHECK(info_of(tensor).strides[0] == 3);
  CHECK(host.call("echo", {tensor}) != nullptr);
  CHECK(info_of(host.call("echo", {tensor})).data == data);
  row = op(host.context, "aten::select.int", {tensor, make_int(0), make_int(1)});
  CHECK(info_of(row).data == data + 3);
  data[4] = 40;
  CHECK(printed(row) == "tensor([ 3., 40.,  5.])");
  void* writable = nullptr;
  ok(taper_tensor_mutable_data(tensor, &writable));
  CHECK(writable == data);
  tensor.reset();
  host.context.reset();
  CHECK(deleted == 0);
  row.reset();
  CHECK(deleted == 1);

  int64_t steps[2] = {1, 2};  // transposed
  ok(taper_tensor_from_blob(data, sizes, steps, 2, TAPER_FLOAT32, nullptr, nullptr, tensor.out()));
  CHECK(printed(tensor) == "tensor([[ 0.,  2., 40.],\n        [ 1.,  3.,  5.]])");
  CHECK(info_of(tensor).contiguous == 0);
}

TEST_CASE("blobs that cannot be are refused and left to the host") {
  float data[4] = {};
  int deleted = 0;
  auto deleter = [](void* user) { ++*static_cast<int*>(user); };
  Value tensor;
  auto blob = [&](void* memory, std::vector<int64_t> sizes, std::vector<int64_t> strides, int dtype) {
    return refused(taper_tensor_from_blob(memory, sizes.data(), strides.empty() ? nullptr : strides.data(),
                                          sizes.size(), taper_dtype(dtype), deleter, &deleted, tensor.out()))
        .code;
  };
  CHECK(blob(data, {-1}, {}, TAPER_FLOAT32) == TAPER_ERROR_INVALID_ARGUMENT);
  CHECK(blob(data, {2}, {-1}, TAPER_FLOAT32) == TAPER_ERROR_INVALID_ARGUMENT);
  CHECK(blob(data, {2}, {}, 13) == TAPER_ERROR_INVALID_ARGUMENT);
  CHECK(blob(nullptr, {2}, {}, TAPER_FLOAT32) == TAPER_ERROR_INVALID_ARGUMENT);
  CHECK(blob(data, {INT64_MAX, INT64_MAX}, {1, 1}, TAPER_FLOAT32) != TAPER_OK);
  CHECK(blob(data, {int64_t(1) << 62, 4}, {}, TAPER_FLOAT32) != TAPER_OK);
  CHECK(blob(data, {2}, {INT64_MAX}, TAPER_FLOAT32) == TAPER_ERROR_INVALID_ARGUMENT);
  CHECK(blob(data, std::vector<int64_t>(65, 1), {}, TAPER_FLOAT32) == TAPER_ERROR_INVALID_ARGUMENT);
  CHECK(deleted == 0);
  int64_t zero = 0;
  ok(taper_tensor_from_blob(nullptr, &zero, nullptr, 1, TAPER_FLOAT32, deleter, &deleted, tensor.out()));
  tensor.reset();
  CHECK(deleted == 1);
  ok(taper_tensor_from_blob(data, nullptr, nullptr, 0, TAPER_FLOAT32, nullptr, nullptr, tensor.out()));
  CHECK(printed(tensor) == "tensor(0.)");
  CHECK(refused(taper_tensor_empty(&zero, 1, taper_dtype(12), tensor.out())).code == TAPER_ERROR_INVALID_ARGUMENT);
  int64_t much = INT64_MAX / 4;
  taper_error_code code = refused(taper_tensor_empty(&much, 1, TAPER_UINT8, tensor.out())).code;
  CHECK((code == TAPER_ERROR_OUT_OF_MEMORY || code == TAPER_ERROR_RUNTIME));
}

TEST_CASE("lazily conjugated tensors read as they are") {
  Host host;
  double data[4] = {1, 2, 3, -4};
  int64_t size = 2;
  Value tensor;
  ok(taper_tensor_from_blob(data, &size, nullptr, 1, TAPER_COMPLEX128, nullptr, nullptr, tensor.out()));
  Value conjugate = op(host.context, "aten::conj", {tensor});
  const double* read = static_cast<const double*>(info_of(conjugate).data);
  CHECK((read[0] == 1 && read[1] == -2 && read[2] == 3 && read[3] == 4));
  CHECK(data[1] == 2);
}

TEST_CASE("single operators") {
  Host host;
  Value x = make_floats({1, -2, 3});
  CHECK(printed(op(host.context, "aten::relu", {x})) == "tensor([1., 0., 3.])");
  CHECK(printed(op(host.context, "aten::add.Tensor", {x, x})) == "tensor([ 2., -4.,  6.])");  // alpha's default
  CHECK(printed(op(host.context, "aten::add.Tensor", {x, x, make_int(2)})) ==
        "tensor([ 3., -6.,  9.])");  // keyword-only, in order
  CHECK(printed(op(host.context, "aten::slice.Tensor", {x, make_int(0), make_int(1)})) == "tensor([-2.,  3.])");
  CHECK(printed(op(host.context, "aten::select", {x, make_int(0), make_int(2)})) ==
        "tensor(3.)");  // the overload that fits
  CHECK(printed(op(host.context, "aten::item", {op(host.context, "aten::max", {x})})) == "3.0");
  op(host.context, "aten::fill_.Scalar", {x, make_int(5)});
  CHECK(printed(x) == "tensor([5., 5., 5.])");

  taper_value* results[2] = {};
  taper_value* arguments[] = {x, make_int(0).release()};
  Value dim(arguments[1]);
  size_t count = 0;
  CHECK_THAT(refused(taper_op(host.context, "aten::max.dim", arguments, 2, results, 1, &count)).message,
             Contains("has 2 results"));
  ok(taper_op(host.context, "aten::max.dim", arguments, 2, results, 2, &count));
  CHECK(count == 2);
  for (taper_value* each : results) taper_value_free(each);
  CHECK(refused(taper_op(host.context, "aten::no_such_thing", arguments, 1, results, 2, &count)).code ==
        TAPER_ERROR_UNSUPPORTED);
  CHECK_THAT(refused(taper_op(host.context, "aten::max.none", arguments, 1, results, 2, &count)).message,
             Contains("there are the overloads"));
  CHECK_THAT(refused(taper_op(host.context, "aten::relu", nullptr, 0, results, 2, &count)).message,
             Contains("missing value for argument 'self'"));
  CHECK_THAT(refused(taper_op(host.context, "aten::select", arguments, 1, results, 2, &count)).message,
             Contains("no overload of aten::select"));
}

TEST_CASE("values are saved and loaded") {
  std::string path = std::string(TAPER_BINARY_DIR) + "/capi_value.pt";
  Value x = make_floats({1, 2}), text = make_text("a"), list, back;
  taper_value* items[] = {x, text};
  ok(taper_tuple(items, 2, list.out()));
  ok(taper_save_value(list, path.c_str()));
  ok(taper_load_value(path.c_str(), back.out()));
  CHECK(printed(back) == "(tensor([1., 2.]), 'a')");
  ok(taper_save_value(back, path.c_str()));  // onto the file that it is mapped from
  CHECK(printed(back) == "(tensor([1., 2.]), 'a')");
  CHECK(refused(taper_save_value(x, "/no/such/folder/x.pt")).code == TAPER_ERROR_IO);
  CHECK(refused(taper_load_value("/no/such.pt", back.out())).code == TAPER_ERROR_IO);
  CHECK(refused(taper_load_value(kSample.c_str(), back.out())).code == TAPER_ERROR_INVALID_FILE);
  std::remove(path.c_str());
}
