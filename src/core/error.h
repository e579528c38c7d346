// Errors inside the library. Every failure is a taper::impl::Error; the C ABI turns it into a taper_error object.
//
// Messages carry what is wrong, where, and what to do. Where PyTorch has a text that hosts match on, ours contains it.
#pragma once

#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace taper::impl {

// Values are part of the ABI (taper_error_code in taper.c.h): append only.
enum class ErrorCode : int32_t {
  kOk = 0,
  kInvalidArgument = 1,  // a call's arguments do not fit (count, type, shape)
  kInvalidFile = 2,      // the file is not what it should be
  kUnsupported = 3,      // an operator, class or construct that taper lacks; the message names it
  kRuntime = 4,          // an operator or the interpreter failed
  kScript = 5,           // the script raised an exception of its own
  kBudget = 6,           // fuel, memory, recursion or parser budget exhausted
  kCancelled = 7,        // the host cancelled the run
  kOutOfMemory = 8,
  kIo = 9,         // a file cannot be opened or read
  kInternal = 10,  // a bug in taper
};

// One line of the script call stack, innermost last.
struct StackFrame {
  std::string function;  // qualified name, e.g. "__torch__.m.Net.forward"
  std::string file;      // original Python file when the archive has debug records, else the archive's code entry
  int line = 0;          // 1-based; 0 when unknown
  std::string text;      // the source line with a caret line below it
};

class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message);
  ErrorCode code() const noexcept { return code_; }
  // The message alone, without the script stack.
  const std::string& message() const noexcept { return message_; }
  // For kScript: the Python class, e.g. "builtins.ValueError"; empty otherwise.
  const std::string& python_class() const noexcept { return python_class_; }
  const std::vector<StackFrame>& stack() const noexcept { return stack_; }
  void extend_message(std::string_view text);
  void set_python_class(std::string name) { python_class_ = std::move(name); }
  // Frames are added from the innermost outwards while the exception travels.
  void add_outer_frame(StackFrame frame);
  // Stack (outermost first) and message, as PyTorch prints it.
  const char* what() const noexcept override;

 private:
  ErrorCode code_;
  std::string message_;
  std::string python_class_;
  std::vector<StackFrame> stack_;  // outermost first
  mutable std::string what_;
};

// Appends to a text, as PyTorch writes the value in its messages.
void append(std::string& out, std::string_view piece);
void append(std::string& out, const char* piece);
void append(std::string& out, char piece);
void append(std::string& out, bool piece);  // true / false
void append(std::string& out, int piece);
void append(std::string& out, long piece);
void append(std::string& out, long long piece);
void append(std::string& out, unsigned piece);
void append(std::string& out, unsigned long piece);
void append(std::string& out, unsigned long long piece);
void append(std::string& out, double piece);                    // shortest text that reads back equal
void append(std::string& out, std::span<const int64_t> piece);  // sizes: "[2, 3]"
inline void append(std::string& out, const std::string& piece) { append(out, std::string_view(piece)); }

namespace detail {
// The pieces of a message travel as C varargs with a letter for the type of each: one function serves the thousands of
// calls, where a template would make hundreds.
struct Text {
  const char* data;
  size_t size;
};
struct Sizes {
  const int64_t* data;
  size_t size;
};
template <class T>
constexpr auto plain(const T& piece) noexcept {
  if constexpr (std::is_convertible_v<const T&, const char*>) {
    return static_cast<const char*>(piece);
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    const std::string_view text(piece);
    return Text{text.data(), text.size()};
  } else if constexpr (std::is_convertible_v<const T&, std::span<const int64_t>>) {
    const std::span<const int64_t> sizes(piece);
    return Sizes{sizes.data(), sizes.size()};
  } else if constexpr (std::is_floating_point_v<T>) {
    return double(piece);
  } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, char>) {
    return piece;
  } else if constexpr (std::is_unsigned_v<T>) {
    return static_cast<unsigned long long>(piece);
  } else {
    return static_cast<long long>(piece);
  }
}
template <class T>
constexpr char letter() {
  if constexpr (std::is_same_v<T, const char*>) return 's';
  else if constexpr (std::is_same_v<T, Text>) return 't';
  else if constexpr (std::is_same_v<T, Sizes>) return 'd';
  else if constexpr (std::is_same_v<T, double>) return 'f';
  else if constexpr (std::is_same_v<T, bool>) return 'b';
  else if constexpr (std::is_same_v<T, char>) return 'c';
  else if constexpr (std::is_same_v<T, unsigned long long>) return 'u';
  else return 'i';
}
template <class... Plain>
inline constexpr char kLetters[] = {letter<Plain>()..., '\0'};

[[gnu::cold]] std::string concatenate(const char* letters, ...);
[[noreturn, gnu::cold]] void fail_with(const char* letters, ...);
}  // namespace detail

// cat("expected ", 3, " dims, got ", n): concatenation without pulling a formatting library into every file.
template <class... Pieces>
inline std::string cat(const Pieces&... pieces) {
  return detail::concatenate(detail::kLetters<decltype(detail::plain(pieces))...>, detail::plain(pieces)...);
}

[[noreturn]] void fail(ErrorCode code, std::string message);

// fail_runtime("mat1 and mat2 shapes cannot be multiplied (", m, ")"): the common case inside operators.
template <class... Pieces>
[[noreturn]] inline void fail_runtime(const Pieces&... pieces) {
  detail::fail_with(detail::kLetters<decltype(detail::plain(pieces))...>, detail::plain(pieces)...);
}

// check(cond, "message ", value): the pieces are put together only when the condition is false.
template <class... Pieces>
inline void check(bool condition, const Pieces&... pieces) {
  if (!condition) [[unlikely]]
    fail_runtime(pieces...);
}

}  // namespace taper::impl
