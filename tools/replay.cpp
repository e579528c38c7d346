#include "tools/replay.h"

#include <sys/stat.h>

#include <new>

#include "archive/model_file.h"
#include "core/error.h"
#include "ops/registry.h"
#include "runtime/module.h"
#include "runtime/parallel.h"
#include "tools/text.h"

namespace taper::impl {
namespace {

bool exists(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

// A recorded call's fields.
class Record {
 public:
  explicit Record(const Value& value) : value_(value) {
    if (!value.is(Tag::kDict)) fail(ErrorCode::kInvalidFile, "a recorded call is not a dict");
  }
  // Null when it is missing or None.
  const Value* find(std::string_view key) const {
    const Value* found = value_.dict().find(Value(key));
    return found && !found->is_none() ? found : nullptr;
  }
  // None counts.
  const Value& get(std::string_view key) const {
    const Value* found = value_.dict().find(Value(key));
    if (!found) fail(ErrorCode::kInvalidFile, cat("a recorded call lacks '", key, "'"));
    return *found;
  }
  std::string text(std::string_view key) const { return std::string(get(key).to_string()); }

 private:
  const Value& value_;
};

Answer read_answer(const Record& record) {
  Answer answer;
  answer.expected.push_back(record.get("expected"));
  if (const Value* rtol = record.find("rtol")) answer.tolerance.rtol = rtol->to_number();
  if (const Value* atol = record.find("atol")) answer.tolerance.atol = atol->to_number();
  if (const Value* other = record.find("expected_qnnpack")) answer.expected.push_back(*other);
  if (const Value* exact = record.find("atol_exact")) answer.tolerance.atol = exact->to_number();
  if (const Value* shape = record.find("shape_only")) answer.tolerance.shape_only = shape->to_bool();
  if (record.find("error")) answer.error = record.text("error");
  if (const Value* any = record.find("argerror")) answer.any_error = any->to_bool();
  if (record.find("stdout")) answer.printed = record.text("stdout");
  if (const Value* after = record.find("args_after")) {
    answer.has_args_after = true;
    answer.args_after = *after;
  }
  return answer;
}

RecordedCall read_call(const Value& value) {
  Record record(value);
  RecordedCall call;
  call.method = record.text("method");
  const Value& args = record.get("args");
  const Vec<Value>& items = args.is(Tag::kTuple) ? args.tuple().items : args.to_list().items;
  call.args.assign(items.begin(), items.end());
  if (const Value* kwargs = record.find("kwargs"))
    for (const DictObj::Entry& entry : kwargs->to_dict().entries())
      call.kwargs.emplace_back(std::string(entry.key.to_string()), entry.value);
  if (record.find("mode")) call.as_saved = record.text("mode") == "as_saved";
  if (const Value* seed = record.find("seed")) call.seed = uint64_t(seed->to_int());
  call.answers.push_back(read_answer(record));
  return call;
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

// What a call did: an answer, or an error.
struct Outcome {
  Value answer;
  std::optional<Error> error;
  std::vector<Value> arguments;  // as they are afterwards
  std::string printed;
};

CallResult judge(const Outcome& outcome, const Answer& answer) {
  if (outcome.error) {
    if (outcome.error->code() == ErrorCode::kUnsupported) return failed(*outcome.error);
    if (answer.any_error) return {};
    if (!answer.error) return failed(*outcome.error);
    if (std::string_view(outcome.error->what()).find(*answer.error) != std::string_view::npos) return {};
    return failed(CallStatus::kFail,
                  cat("expected an error with \"", *answer.error, "\", got: ", last_line(outcome.error->what())));
  }
  if (answer.error || answer.any_error)
    return failed(CallStatus::kFail, cat("expected an error, got an answer; the error: ",
                                         answer.error.value_or("the arguments do not fit")));
  CallResult result;
  for (size_t i = 0; i < answer.expected.size(); ++i) {
    Difference difference = compare_values(outcome.answer, answer.expected[i], answer.tolerance);
    if (i > 0 && !difference.equal) continue;
    result = {difference.equal ? CallStatus::kPass : CallStatus::kFail, difference.max_abs, difference.max_rel,
              difference.message};
    if (difference.equal) break;
  }
  if (result.status != CallStatus::kPass) return result;
  if (answer.has_args_after) {
    auto after = make_ref<TupleObj>();
    after->items.assign(outcome.arguments.begin(), outcome.arguments.end());
    Difference difference = compare_values(Value(after), answer.args_after, answer.tolerance);
    if (!difference.equal) return failed(CallStatus::kFail, "arguments after the call: " + difference.message);
  }
  if (answer.printed && *answer.printed != outcome.printed)
    return failed(CallStatus::kFail, cat("printed \"", outcome.printed, "\", expected \"", *answer.printed, "\""));
  return result;
}

CallResult run_call(const RecordedCall& call, Instance& instance, Execution& execution) {
  Listener listener;
  execution.context().callbacks = &listener;
  if (call.seed) execution.context().generator().set_seed(*call.seed);
  // Arguments that share a part go on sharing it, and the recorded ones stay as they are.
  auto held = make_ref<TupleObj>();
  for (const Value& argument : call.args) held->items.push_back(argument);
  for (const auto& [name, value] : call.kwargs) held->items.push_back(value);
  Value copied = deep_copy(Value(held));
  const Vec<Value>& all = copied.tuple().items;
  Outcome outcome;
  outcome.arguments.assign(all.begin(), all.begin() + std::ptrdiff_t(call.args.size()));
  Vec<Keyword> keywords;
  for (size_t i = 0; i < call.kwargs.size(); ++i)
    keywords.push_back({call.kwargs[i].first, copy_containers(all[call.args.size() + i])});
  Vec<Value> given;
  for (const Value& argument : outcome.arguments) given.push_back(copy_containers(argument));
  try {
    outcome.answer = instance.call(execution, call.method, std::move(given), std::move(keywords));
  } catch (const Error& error) {
    outcome.error = error;
  } catch (const std::bad_alloc&) {
    outcome.error = Error(ErrorCode::kOutOfMemory, "out of memory");
  }
  execution.context().callbacks = nullptr;
  outcome.printed = std::move(listener.printed);
  CallResult first;
  for (size_t i = 0; i < call.answers.size(); ++i) {
    CallResult result = judge(outcome, call.answers[i]);
    if (result.status == CallStatus::kPass) return result;
    if (i == 0) first = std::move(result);
  }
  return first;
}

}  // namespace

std::vector<RecordedCall> read_calls(const std::string& path) {
  Value list = read_values(open_file(path));
  if (!list.is(Tag::kList))
    fail(ErrorCode::kInvalidFile,
         cat(path, ": expected a list of recorded calls, found a ", type_of(list)->annotation()));
  std::vector<RecordedCall> calls;
  for (const Value& record : list.list().items) {
    try {
      calls.push_back(read_call(record));
    } catch (const Error& error) {
      fail(ErrorCode::kInvalidFile, cat(path, ": call ", calls.size(), ": ", error.message()));
    }
  }
  return calls;
}

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
    } else if (calls.size() != recorded.calls.size()) {
      fail(ErrorCode::kInvalidFile,
           cat(folder, name, ": ", calls.size(), " calls where another file has ", recorded.calls.size()));
    } else {  // the same calls, answered by another version
      for (size_t i = 0; i < calls.size(); ++i) recorded.calls[i].answers.push_back(std::move(calls[i].answers[0]));
    }
  }
  return recorded;
}

std::vector<CallResult> replay(const Case& recorded, const ReplayOptions& options) {
  std::vector<CallResult> results;
  try {
    ModuleOptions module_options;
    module_options.optimize = options.optimize;
    module_options.device_to_cpu = options.device_to_cpu;
    Ref<Module> module = load_module(read_model(open_file(recorded.model), {}), operator_table(), module_options);
    Ref<Instance> instance = module->instantiate();
    Execution execution;
    std::unique_ptr<ParallelFor> threads = make_thread_pool(options.threads);
    execution.context().parallel = threads.get();
    if (options.cpu) execution.context().cpu_level = usable_cpu_level(*options.cpu);
    if (options.memory) set_pool_limit(execution.context().pool(), options.memory);
    bool evaluating = false;
    for (const RecordedCall& call : recorded.calls) {
      if (!call.as_saved && !evaluating) {
        instance->train(false);
        evaluating = true;
      }
      results.push_back(run_call(call, *instance, execution));
    }
  } catch (const Error& error) {
    results.push_back(failed(error));
  } catch (const std::bad_alloc&) {
    results.push_back(failed(CallStatus::kError, "out of memory"));
  }
  return results;
}

}  // namespace taper::impl
