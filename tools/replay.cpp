#include "tools/replay.h"

#include <sys/stat.h>

#include "archive/model_file.h"
#include "core/error.h"
#include "ops/registry.h"
#include "runtime/module.h"
#include "runtime/parallel.h"

namespace taper::impl {
namespace {

bool exists(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

const Value* find(const Value& record, std::string_view key) {
  if (!record.is(Tag::kDict)) fail(ErrorCode::kInvalidFile, "a recorded call is not a dict");
  return record.dict().find(Value(key));
}

bool is_set(const Value* value) { return value && !value->is_none(); }

RecordedCall read_call(const Value& record) {
  RecordedCall call;
  auto required = [&](std::string_view key) -> const Value& {
    const Value* found = find(record, key);
    if (!found) fail(ErrorCode::kInvalidFile, cat("a recorded call lacks '", key, "'"));
    return *found;
  };
  call.method = std::string(required("method").to_string());
  const Value& args = required("args");
  const Vec<Value>& items = args.is(Tag::kTuple) ? args.tuple().items : args.to_list().items;
  call.args.assign(items.begin(), items.end());
  if (const Value* kwargs = find(record, "kwargs"); is_set(kwargs))
    for (const DictObj::Entry& entry : kwargs->to_dict().entries()) call.kwargs.emplace_back(std::string(entry.key.to_string()), entry.value);
  call.expected.push_back(required("expected"));
  if (const Value* rtol = find(record, "rtol"); is_set(rtol)) call.tolerance.rtol = rtol->to_number();
  if (const Value* atol = find(record, "atol"); is_set(atol)) call.tolerance.atol = atol->to_number();
  if (const Value* error = find(record, "error"); is_set(error)) call.error = std::string(error->to_string());
  if (const Value* after = find(record, "args_after"); is_set(after)) {
    call.has_args_after = true;
    call.args_after = *after;
  }
  if (const Value* any = find(record, "argerror"); is_set(any)) call.any_error = any->to_bool();
  if (const Value* text = find(record, "stdout"); is_set(text)) call.printed = std::string(text->to_string());
  if (const Value* mode = find(record, "mode"); is_set(mode)) call.as_saved = mode->to_string() == "as_saved";
  if (const Value* seed = find(record, "seed"); is_set(seed)) call.seed = uint64_t(seed->to_int());
  if (const Value* shape = find(record, "shape_only"); is_set(shape)) call.tolerance.shape_only = shape->to_bool();
  if (const Value* other = find(record, "expected_qnnpack"); is_set(other)) call.expected.push_back(*other);
  if (const Value* atol = find(record, "atol_exact"); is_set(atol)) call.atol_exact = atol->to_number();
  return call;
}

std::vector<RecordedCall> read_calls(const std::string& path) {
  Value list = read_values(open_file(path));
  std::vector<RecordedCall> calls;
  for (const Value& record : list.to_list().items) calls.push_back(read_call(record));
  return calls;
}

class Listener final : public HostCallbacks {
 public:
  std::string printed;
  void print(std::string_view text) override { printed += text; }
  void warn(std::string_view, std::string_view) override {}
};

CallResult failed(CallStatus status, std::string message) {
  CallResult result;
  result.status = status;
  result.message = std::move(message);
  return result;
}

CallResult failed(const Error& error) {
  return failed(error.code() == ErrorCode::kUnsupported ? CallStatus::kUnsupported : CallStatus::kError, error.what());
}

// Python's lists and dicts are copied on their way into a script; the tensors in them are not.
Value copy_containers(const Value& value) {
  switch (value.tag()) {
    case Tag::kList: {
      auto list = make_ref<ListObj>(value.list().element);
      for (const Value& item : value.list().items) list->items.push_back(copy_containers(item));
      return list;
    }
    case Tag::kTuple: {
      auto tuple = make_ref<TupleObj>();
      for (const Value& item : value.tuple().items) tuple->items.push_back(copy_containers(item));
      return tuple;
    }
    case Tag::kDict: {
      auto dict = make_ref<DictObj>(value.dict().key, value.dict().value);
      for (const DictObj::Entry& entry : value.dict().entries()) dict->set(entry.key, copy_containers(entry.value));
      return dict;
    }
    default: return value;
  }
}

CallResult run_call(const RecordedCall& call, Instance& instance, Execution& execution) {
  Listener listener;
  execution.context().callbacks = &listener;
  if (call.seed) execution.context().generator().set_seed(*call.seed);
  // Copies: the next call gets its arguments as they were recorded.
  auto held = make_ref<TupleObj>();
  for (const Value& argument : call.args) held->items.push_back(argument);
  for (const auto& [name, value] : call.kwargs) held->items.push_back(value);
  Value copied = deep_copy(Value(held));
  const Vec<Value>& all = copied.tuple().items;
  std::vector<Value> arguments(all.begin(), all.begin() + std::ptrdiff_t(call.args.size()));
  std::vector<Keyword> keywords;
  for (size_t i = 0; i < call.kwargs.size(); ++i)
    keywords.push_back({call.kwargs[i].first, copy_containers(all[call.args.size() + i])});
  std::vector<Value> given;
  for (const Value& argument : arguments) given.push_back(copy_containers(argument));

  CallResult result;
  Value answer;
  try {
    answer = instance.call(execution, call.method, std::move(given), std::move(keywords));
  } catch (const Error& error) {
    bool unsupported = error.code() == ErrorCode::kUnsupported;
    if (call.any_error && !unsupported) return result;
    if (!call.error || unsupported) return failed(error);
    if (std::string_view(error.what()).find(*call.error) != std::string_view::npos) return result;
    return failed(CallStatus::kFail, cat("expected an error with \"", *call.error, "\", got: ", error.what()));
  }
  if (call.error || call.any_error) return failed(CallStatus::kFail, cat("expected an error: ", call.error.value_or("arguments do not fit")));
  for (size_t i = 0; i < call.expected.size(); ++i) {
    Tolerance tolerance = call.tolerance;
    if (i > 0) tolerance.atol = std::max(tolerance.atol, call.atol_exact);
    Difference difference = compare_values(answer, call.expected[i], tolerance);
    if (i == 0 || difference.equal) {
      result.status = difference.equal ? CallStatus::kPass : CallStatus::kFail;
      result.max_abs = difference.max_abs;
      result.max_rel = difference.max_rel;
      result.message = difference.message;
    }
    if (difference.equal) break;
  }
  if (result.status != CallStatus::kPass) return result;
  if (call.has_args_after) {
    auto after = make_ref<TupleObj>();
    after->items.assign(arguments.begin(), arguments.end());
    Difference difference = compare_values(Value(after), call.args_after, call.tolerance);
    if (!difference.equal) return failed(CallStatus::kFail, "arguments after the call: " + difference.message);
  }
  if (call.printed && *call.printed != listener.printed)
    return failed(CallStatus::kFail, cat("printed \"", listener.printed, "\", expected \"", *call.printed, "\""));
  return result;
}

}  // namespace

Case read_case(const std::string& folder) {
  Case recorded;
  recorded.model = folder + "/model.pt";
  if (!exists(recorded.model)) recorded.model = folder + "/model.ptl";
  if (!exists(recorded.model)) fail(ErrorCode::kIo, cat("there is no model.pt in ", folder));
  for (const char* name : {"/calls.pt", "/writer_calls.pt", "/calls_1.6.0.pt"}) {
    if (!exists(folder + name)) continue;
    std::vector<RecordedCall> calls = read_calls(folder + name);
    if (recorded.calls.empty()) {
      recorded.calls = std::move(calls);
      continue;
    }
    // The same calls, answered by another version.
    for (size_t i = 0; i < calls.size() && i < recorded.calls.size() && calls.size() == recorded.calls.size(); ++i)
      if (!calls[i].error && !recorded.calls[i].error) recorded.calls[i].expected.push_back(calls[i].expected[0]);
  }
  return recorded;
}

std::vector<CallResult> replay(const Case& recorded, const ReplayOptions& options) {
  std::vector<CallResult> results;
  try {
    ModuleOptions module_options;
    module_options.optimize = options.optimize;
    Ref<Module> module = load_module(read_model(open_file(recorded.model), {}), operator_table(), module_options);
    Ref<Instance> instance = module->instantiate();
    Execution execution;
    std::unique_ptr<ParallelFor> threads = make_thread_pool(options.threads);
    execution.context().parallel = threads.get();
    if (options.memory) set_pool_limit(execution.context().pool(), options.memory);
    bool as_saved = !recorded.calls.empty() && recorded.calls[0].as_saved;
    if (!as_saved) instance->train(false);
    for (const RecordedCall& call : recorded.calls) results.push_back(run_call(call, *instance, execution));
  } catch (const Error& error) {
    results.push_back(failed(error));
  } catch (const std::bad_alloc&) {
    results.push_back(failed(CallStatus::kError, "out of memory"));
  }
  return results;
}

}  // namespace taper::impl
