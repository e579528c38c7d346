#include "core/error.h"

#include <charconv>
#include <cstdarg>

namespace taper::impl {

Error::Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

void Error::add_outer_frame(StackFrame frame) {
  stack_.insert(stack_.begin(), std::move(frame));
  what_.clear();
}

void Error::extend_message(std::string_view text) {
  message_.append(text);
  what_.clear();
}

const char* Error::what() const noexcept {
  if (stack_.empty() && python_class_.empty()) return message_.c_str();
  try {
    if (what_.empty()) {
      std::string text;
      if (!stack_.empty())
        text +=
            "The following operation failed in the TorchScript interpreter.\nTraceback of TorchScript (most recent call last):\n";
      for (const StackFrame& frame : stack_) {
        append(text, "  File \"");
        append(text, frame.file);
        append(text, "\", line ");
        append(text, frame.line);
        append(text, ", in ");
        append(text, frame.function);
        append(text, "\n");
        append(text, frame.text);
        if (!frame.text.empty() && frame.text.back() != '\n') append(text, "\n");
      }
      // An operator's failure inside a script is a RuntimeError, as PyTorch's interpreter says.
      append(text, python_class_.empty() ? std::string("RuntimeError") : python_class_);
      append(text, ": ");
      append(text, message_);
      what_ = std::move(text);
    }
    return what_.c_str();
  } catch (...) {  // out of memory while formatting: the bare message is better than none
    return message_.c_str();
  }
}

void append(std::string& out, std::string_view piece) { out.append(piece); }
void append(std::string& out, const char* piece) { out.append(piece); }
void append(std::string& out, char piece) { out.push_back(piece); }
void append(std::string& out, bool piece) { out.append(piece ? "true" : "false"); }

template <class T>
static void append_number(std::string& out, T value) {
  char buffer[40];
  auto result = std::to_chars(buffer, buffer + sizeof buffer, value);
  out.append(buffer, result.ptr);
}
void append(std::string& out, int piece) { append_number(out, piece); }
void append(std::string& out, long piece) { append_number(out, piece); }
void append(std::string& out, long long piece) { append_number(out, piece); }
void append(std::string& out, unsigned piece) { append_number(out, piece); }
void append(std::string& out, unsigned long piece) { append_number(out, piece); }
void append(std::string& out, unsigned long long piece) { append_number(out, piece); }
void append(std::string& out, double piece) { append_number(out, piece); }

void append(std::string& out, std::span<const int64_t> piece) {
  out.push_back('[');
  for (size_t i = 0; i < piece.size(); ++i) {
    if (i) out.append(", ");
    append_number(out, piece[i]);
  }
  out.push_back(']');
}

void fail(ErrorCode code, std::string message) { throw Error(code, std::move(message)); }

namespace detail {
namespace {

std::string concatenate_pieces(const char* letters, va_list pieces) {
  std::string out;
  for (; *letters; ++letters) switch (*letters) {
      case 's': append(out, va_arg(pieces, const char*)); break;
      case 't': {
        const Text text = va_arg(pieces, Text);
        append(out, std::string_view(text.data, text.size));
        break;
      }
      case 'd': {
        const Sizes sizes = va_arg(pieces, Sizes);
        append(out, std::span<const int64_t>(sizes.data, sizes.size));
        break;
      }
      case 'f': append(out, va_arg(pieces, double)); break;
      case 'b': append(out, va_arg(pieces, int) != 0); break;
      case 'c': append(out, char(va_arg(pieces, int))); break;
      case 'u': append(out, va_arg(pieces, unsigned long long)); break;
      default: append(out, va_arg(pieces, long long)); break;
    }
  return out;
}

}  // namespace

std::string concatenate(const char* letters, ...) {
  va_list pieces;
  va_start(pieces, letters);
  std::string out = concatenate_pieces(letters, pieces);
  va_end(pieces);
  return out;
}

void fail_with(const char* letters, ...) {
  va_list pieces;
  va_start(pieces, letters);
  std::string out = concatenate_pieces(letters, pieces);
  va_end(pieces);
  fail(ErrorCode::kRuntime, std::move(out));
}

}  // namespace detail

}  // namespace taper::impl
