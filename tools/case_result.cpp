#include "tools/case_result.h"

#include <sys/stat.h>

#include <cstring>
#include <new>

#include "core/error.h"

namespace taper::impl {
namespace {

bool exists(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

CaseResult failed(const Error& error) {
  CaseResult result;
  result.status = error.code() == ErrorCode::kUnsupported ? CaseStatus::kUnsupported : CaseStatus::kError;
  result.message = error.what();
  return result;
}

template <class Body>
CaseResult guarded(Body&& body) {
  try {
    return body();
  } catch (const Error& error) {
    return failed(error);
  } catch (const std::bad_alloc&) {
    return failed(Error(ErrorCode::kOutOfMemory, "out of memory"));
  } catch (const std::exception& error) {
    return failed(Error(ErrorCode::kInternal, error.what()));
  }
}

class Packer {
 public:
  template <class T>
  void number(T value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(const std::string& value) {
    number(uint64_t(value.size()));
    out += value;
  }
  std::string out;
};

class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}
  template <class T>
  T number() {
    T value{};
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string text() { return std::string(take(size_t(number<uint64_t>()))); }

 private:
  std::string_view take(size_t size) {
    if (rest_.size() < size) fail(ErrorCode::kInternal, "a worker's answer is cut off");
    std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::string_view rest_;
};

}  // namespace

const char* status_name(CaseStatus status) noexcept {
  constexpr const char* kNames[] = {"pass", "fail", "error", "unsupported", "skip"};
  return kNames[size_t(status)];
}

const char* status_name(CallStatus status) noexcept { return status_name(CaseStatus(status)); }

CaseResult run_case(const Case& recorded, const ReplayOptions& options) {
  return guarded([&] {
    CaseResult result;
    if (recorded.calls.empty()) {
      result.status = CaseStatus::kSkip;
      result.message = "no answers are recorded";
      return result;
    }
    result.status = CaseStatus::kPass;
    result.calls = replay(recorded, options);
    for (size_t i = 0; i < result.calls.size(); ++i) {
      const CallResult& call = result.calls[i];
      if (call.status == CallStatus::kPass || result.status != CaseStatus::kPass) continue;
      result.status = CaseStatus(call.status);
      result.call = i;
      result.message = call.message;
    }
    return result;
  });
}

CaseResult run_case_folder(const std::string& folder, const ReplayOptions& options) {
  return guarded([&] {
    if (!exists(folder + "/model.pt") && exists(folder + "/model.ptl"))
      fail(ErrorCode::kUnsupported, "lite-interpreter archives (.ptl) are not supported");
    return run_case(read_case(folder), options);
  });
}

std::string pack(const CaseResult& result) {
  Packer packer;
  packer.number(uint8_t(result.status));
  packer.number(uint64_t(result.call));
  packer.text(result.message);
  packer.number(uint64_t(result.calls.size()));
  for (const CallResult& call : result.calls) {
    packer.number(uint8_t(call.status));
    packer.number(call.max_abs);
    packer.number(call.max_rel);
    packer.text(call.message);
  }
  return std::move(packer.out);
}

CaseResult unpack(std::string_view bytes) {
  Unpacker from(bytes);
  CaseResult result;
  result.status = CaseStatus(from.number<uint8_t>());
  result.call = size_t(from.number<uint64_t>());
  result.message = from.text();
  uint64_t calls = from.number<uint64_t>();
  for (uint64_t i = 0; i < calls; ++i) {
    CallResult call;
    call.status = CallStatus(from.number<uint8_t>());
    call.max_abs = from.number<double>();
    call.max_rel = from.number<double>();
    call.message = from.text();
    result.calls.push_back(std::move(call));
  }
  return result;
}

}  // namespace taper::impl
