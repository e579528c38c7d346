#include "ops/replay.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <istream>
#include <optional>
#include <sstream>

#include "core/schema.h"
#include "core/type.h"
#include "ops/registry.h"

namespace taper::impl::testing {
namespace {

struct BadLine {
  std::string text;
};

using Words = std::vector<std::string>;

Words split(const std::string& line) {
  Words words;
  std::istringstream in(line);
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::vector<int64_t> ints(const std::string& word) {
  std::vector<int64_t> out;
  if (word == "-") return out;
  std::istringstream in(word);
  for (std::string piece; std::getline(in, piece, ',');) out.push_back(std::strtoll(piece.c_str(), nullptr, 10));
  return out;
}

DType dtype_named(const std::string& name) {
  for (int i = 0; is_valid_dtype(i); ++i)
    if (dtype_name(DType(i)) == name) return DType(i);
  throw BadLine{"no dtype " + name};
}

template <class T>
T parse_element(const std::string& word) {
  if constexpr (std::is_same_v<T, bool>) return word != "0";
  else if constexpr (std::is_same_v<T, uint64_t>) return std::strtoull(word.c_str(), nullptr, 10);
  else if constexpr (std::is_integral_v<T>) return T(std::strtoll(word.c_str(), nullptr, 10));
  else if constexpr (std::is_same_v<T, double>) return std::strtod(word.c_str(), nullptr);
  else if constexpr (std::is_same_v<T, float>) return std::strtof(word.c_str(), nullptr);
  else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>) return T(std::strtof(word.c_str(), nullptr));
  else {  // complex: "re;im"
    size_t at = word.find(';');
    double re = std::strtod(word.c_str(), nullptr), im = std::strtod(word.c_str() + at + 1, nullptr);
    if constexpr (std::is_same_v<T, ComplexDouble>) return T(re, im);
    else return T(ComplexFloat(float(re), float(im)));
  }
}

// words[at]: "T", dtype, sizes, strides, offset, ":", elements of the storage.
Tensor parse_tensor(const Words& words, size_t at) {
  if (words.size() < at + 6 || words[at + 5] != ":") throw BadLine{"a tensor without its elements"};
  DType dtype = dtype_named(words[at + 1]);
  std::vector<int64_t> sizes = ints(words[at + 2]), strides = ints(words[at + 3]);
  size_t count = words.size() - at - 6;
  Tensor storage = make_tensor({int64_t(count)}, dtype);
  visit_all(dtype, "replay", [&](auto tag) {
    using T = decltype(tag);
    T* data = storage.mutable_data<T>();
    for (size_t i = 0; i < count; ++i) data[i] = parse_element<T>(words[at + 6 + i]);
  });
  Tensor out = storage.as_view(sizes, strides, std::strtoll(words[at + 4].c_str(), nullptr, 10));
  out.impl()->conj = words[at].find("~conj") != std::string::npos;
  out.impl()->neg = words[at].find("~neg") != std::string::npos;
  return out;
}

// A line that says what a value must be, from word `at` on, and the lines whose elements do as well.
struct Wanted {
  Words words;
  size_t at;
  std::vector<Words> others;
};

struct Call {
  std::string name;  // with its overload, as in the schema
  std::string text;  // its lines, for messages
  std::vector<Value> arguments;
  std::vector<Wanted> results;
  std::vector<Wanted> items;  // of lists of tensors among the results, in order
  std::vector<std::pair<size_t, Wanted>> after;
  std::optional<std::string> error;
};

class Reader {
 public:
  explicit Reader(std::istream& in) : in_(in) {}

  bool next(Call& call) {
    call = Call();
    while (line_.rfind("call ", 0) != 0)
      if (!std::getline(in_, line_)) return false;
    call.name = line_.substr(5);
    call.text = line_ + "\n";
    ListObj* list = nullptr;
    size_t items = 0;
    Wanted* last = nullptr;
    while (std::getline(in_, line_) && line_.rfind("call ", 0) != 0) {
      if (line_.empty() || line_[0] == '#') continue;
      call.text += line_ + "\n";
      Words words = split(line_);
      if (words[0] == "a") {
        Value value = parse(words, 1);
        if (items) {
          list->items.push_back(std::move(value));
          --items;
        } else {
          call.arguments.push_back(std::move(value));
          if (words[1] == "L" && words[2] == "tensors") {
            list = &call.arguments.back().list();
            items = size_t(std::stoul(words[3]));
          }
        }
      } else if (words[0] == "r" || words[0] == "same") {
        last = &call.results.emplace_back(Wanted{std::move(words), 1, {}});
      } else if (words[0] == "t") {
        last = &call.items.emplace_back(Wanted{std::move(words), 1, {}});
      } else if (words[0] == "m") {
        const size_t index = std::stoul(words[1]);
        last = &call.after.emplace_back(index, Wanted{std::move(words), 2, {}}).second;
      } else if (words[0] == "o" && last) {
        last->others.push_back(std::move(words));
      } else if (words[0] == "e") {
        call.error = line_.size() > 4 ? line_.substr(3, line_.size() - 4) : "";
      } else {
        throw BadLine{"unknown line " + line_};
      }
    }
    return true;
  }

  static Value parse(const Words& words, size_t at) {
    const std::string& kind = words[at];
    if (kind[0] == 'T') return Value(parse_tensor(words, at));
    if (kind == "i") return Value(int64_t(std::strtoll(words[at + 1].c_str(), nullptr, 10)));
    if (kind == "f") return Value(std::strtod(words[at + 1].c_str(), nullptr));
    if (kind == "b") return Value(words[at + 1] == "1");
    if (kind == "c") return Value(ComplexDouble(std::strtod(words[at + 1].c_str(), nullptr), std::strtod(words[at + 2].c_str(), nullptr)));
    if (kind == "s") return Value(words.size() > at + 1 ? words[at + 1] : std::string());
    if (kind == "n") return Value();
    if (kind == "d") return Value(parse_device(words[at + 1]));
    if (kind != "L") throw BadLine{"unknown kind " + kind};
    const std::string& of = words[at + 1];
    TypePtr element = of == "ints" ? int_type() : of == "floats" ? float_type() : of == "bools" ? bool_type() : tensor_type();
    Value list = make_list(element);
    if (of == "tensors" || words[at + 2] == "-") return list;
    std::istringstream in(words[at + 2]);
    for (std::string piece; std::getline(in, piece, ',');) {
      if (of == "ints") list.list().items.emplace_back(int64_t(std::strtoll(piece.c_str(), nullptr, 10)));
      else if (of == "floats") list.list().items.emplace_back(std::strtod(piece.c_str(), nullptr));
      else list.list().items.emplace_back(piece == "1");
    }
    return list;
  }

 private:
  std::istream& in_;
  std::string line_;
};

// torch.testing.assert_close's tolerances.
struct Tolerance {
  double rtol = 0, atol = 0;
  void widen(double r, double a) {
    rtol = std::max(rtol, r);
    atol = std::max(atol, a);
  }
};
// A destination of a wide dtype holds what was computed in a narrow one: the loosest of the call's dtypes counts.
void widen(Tolerance& tolerance, DType dtype) {
  switch (dtype) {
    case DType::kHalf:
    case DType::kComplexHalf: tolerance.widen(1e-3, 1e-5); break;
    case DType::kBFloat16: tolerance.widen(1.6e-2, 1e-5); break;
    case DType::kFloat:
    case DType::kComplexFloat: tolerance.widen(1.3e-6, 1e-5); break;
    case DType::kDouble:
    case DType::kComplexDouble: tolerance.widen(1e-7, 1e-7); break;
    default: break;
  }
}

// PyTorch's texts quote with either mark, the format with one.
std::string plain_quotes(std::string text) {
  std::replace(text.begin(), text.end(), '"', '\'');
  return text;
}

bool close(double got, double want, double rtol, double atol) {
  if (std::isnan(want)) return std::isnan(got);
  if (got == want) return true;
  return std::isfinite(want) && std::fabs(got - want) <= atol + rtol * std::fabs(want);
}

// Whether an element is what a line says, exactly or within the tolerance.
template <class T>
bool matches(T have, T want, const Tensor& got, Tolerance tolerance) {
  if constexpr (std::is_integral_v<T>) {
    return have == want;
  } else if constexpr (std::is_same_v<T, ComplexHalf>) {
    return matches(ComplexFloat(have), ComplexFloat(want), got, tolerance);
  } else if constexpr (std::is_same_v<T, ComplexFloat> || std::is_same_v<T, ComplexDouble>) {
    ComplexDouble a = have, b = want;
    if (got.is_conj()) a = std::conj(a);
    if (got.is_neg()) a = -a;
    double slack = std::isfinite(std::abs(b)) ? std::abs(b) : 0;
    return (std::isfinite(std::abs(a - b)) && std::abs(a - b) <= tolerance.atol + tolerance.rtol * slack) ||
           (close(a.real(), b.real(), tolerance.rtol, tolerance.atol) && close(a.imag(), b.imag(), tolerance.rtol, tolerance.atol));
  } else {
    double a = double(have);
    return close(got.is_neg() ? -a : a, double(want), tolerance.rtol, tolerance.atol);
  }
}

template <class T>
std::string element_text(T x) {
  if constexpr (std::is_same_v<T, ComplexHalf>) return element_text(ComplexFloat(x));
  else if constexpr (std::is_same_v<T, ComplexFloat> || std::is_same_v<T, ComplexDouble>) return cat("(", double(x.real()), ", ", double(x.imag()), ")");
  else if constexpr (std::is_integral_v<T>) return cat(x);
  else return cat(double(x));
}

// Empty when got is what the lines say.
std::string compare_tensor(const Tensor& got, const Wanted& wanted, bool strides, Tolerance tolerance) {
  const Words& words = wanted.words;
  const size_t at = wanted.at;
  DType dtype = dtype_named(words[at + 1]);
  std::vector<int64_t> sizes = ints(words[at + 2]), wanted_strides = ints(words[at + 3]);
  if (got.dtype() != dtype) return cat("dtype ", dtype_name(got.dtype()), ", wanted ", words[at + 1]);
  if (!same(got.sizes(), sizes)) return cat("sizes ", got.sizes(), ", wanted ", words[at + 2]);
  size_t count = words.size() - at - 6;
  if (int64_t(count) != got.numel()) return cat("the line has ", count, " elements, the tensor ", got.numel());
  for (const Words& other : wanted.others)
    if (other.size() != count + 7) throw BadLine{"an o line of another length"};
  if (strides && count > 0)
    for (size_t d = 0; d < sizes.size(); ++d)
      if (sizes[d] > 1 && got.strides()[d] != wanted_strides[d]) return cat("strides ", got.strides(), ", wanted ", words[at + 3]);
  widen(tolerance, dtype);
  std::string problem;
  visit_all(dtype, "replay", [&](auto tag) {
    using T = decltype(tag);
    const T* data = got.data<T>();
    Dims index(sizes.size(), 0);
    for (size_t i = 0; i < count && problem.empty(); ++i) {
      int64_t offset = 0;
      for (size_t d = 0; d < sizes.size(); ++d) offset += index[d] * got.strides()[d];
      const T have = data[offset], want = parse_element<T>(words[at + 6 + i]);
      bool good = matches(have, want, got, tolerance);
      for (const Words& other : wanted.others) good = good || matches(have, parse_element<T>(other[7 + i]), got, tolerance);
      if (!good) problem = cat("element ", i, ": ", element_text(have), ", wanted ", element_text(want));
      for (size_t d = sizes.size(); d-- > 0;) {
        if (++index[d] < sizes[d]) break;
        index[d] = 0;
      }
    }
  });
  return problem;
}

std::string compare_value(const Value& got, const Wanted& wanted, bool strides, Tolerance tolerance) {
  const std::string& kind = wanted.words[wanted.at];
  if (kind[0] == 'T') return got.is_tensor() ? compare_tensor(got.tensor(), wanted, strides, tolerance) : "no tensor";
  Value want = Reader::parse(wanted.words, wanted.at);
  if (kind == "f") return got.is(Tag::kFloat) && close(got.floating(), want.floating(), 1e-7, 1e-7) ? "" : "another float";
  if (kind == "L") {
    if (!got.is(Tag::kList) || got.list().items.size() != want.list().items.size()) return "another list";
    for (size_t i = 0; i < want.list().items.size(); ++i)
      if (!keys_equal(got.list().items[i], want.list().items[i])) return cat("another entry ", i);
    return "";
  }
  if (got.tag() != want.tag()) return cat("a ", tag_name(got.tag()), ", wanted a ", tag_name(want.tag()));
  return got.is_none() || keys_equal(got, want) ? "" : "another value";
}

const OpDef* find_row(const std::string& name) {
  std::string text = name + "(";
  SchemaName wanted = schema_name(text);
  for (const OpDef* row : operator_table().find(wanted.name))
    if (schema_name(row->schema).overload == wanted.overload) return row;
  return nullptr;
}

// Empty when the call went as PyTorch's; text_note is set when an expected error came with another text.
std::string run(const OpDef& row, Call& call, Context& ctx, bool strides, std::string& text_note) {
  std::vector<Value*> pointers;
  Tolerance tolerance;
  for (Value& value : call.arguments) {
    pointers.push_back(&value);
    if (value.is_tensor()) widen(tolerance, value.tensor().dtype());
  }
  std::vector<Value> results(8);
  try {
    row.call(ctx, {pointers.data(), uint32_t(pointers.size())}, results.data());
  } catch (const Error& error) {
    if (!call.error) return "raised: " + error.message();
    if (error.code() == ErrorCode::kInternal || error.code() == ErrorCode::kUnsupported) return "raised: " + error.message();
    if (plain_quotes(error.message()).find(*call.error) == std::string::npos) text_note = error.message();
    return "";
  }
  if (call.error) return "no error, wanted: " + *call.error;
  size_t place = 0, item = 0;
  for (const Wanted& wanted : call.results) {
    const Words& words = wanted.words;
    if (words[0] == "same") {
      const Value& argument = call.arguments[size_t(std::stoul(words[1]))];
      if (!results[place].is_same(argument)) return cat("result ", place, " is not argument ", words[1], " itself");
      ++place;
      continue;
    }
    if (words[1] == "L" && words[2] == "tensors") {
      if (!results[place].is(Tag::kList)) return cat("result ", place, ": no list");
      const Vec<Value>& list = results[place].list().items;
      if (list.size() != std::stoul(words[3])) return cat("result ", place, ": ", list.size(), " tensors, wanted ", words[3]);
      for (const Value& got : list) {
        std::string problem = compare_value(got, call.items.at(item++), strides, tolerance);
        if (!problem.empty()) return cat("item ", item - 1, ": ", problem);
      }
      ++place;
      continue;
    }
    std::string problem = compare_value(results[place], wanted, strides, tolerance);
    if (!problem.empty()) return cat("result ", place, ": ", problem);
    ++place;
  }
  for (const auto& [index, wanted] : call.after) {
    std::string problem = compare_value(call.arguments[index], wanted, strides, tolerance);
    if (!problem.empty()) return cat("argument ", index, " after the call: ", problem);
  }
  return "";
}

}  // namespace

ReplayReport replay_calls(std::istream& in, Context& ctx, bool strides, size_t most_failures) {
  ReplayReport report;
  ContextScope scope(ctx);
  Reader reader(in);
  Call call;
  while (reader.next(call)) {
    const OpDef* row = find_row(call.name);
    if (!row) {
      ++report.missing;
      if (std::find(report.missing_names.begin(), report.missing_names.end(), call.name) == report.missing_names.end())
        report.missing_names.push_back(call.name);
      continue;
    }
    std::string text_note;
    std::string problem = run(*row, call, ctx, strides, text_note);
    if (!text_note.empty()) report.other_texts.push_back(cat(call.name, ": ", text_note, "\n  PyTorch: ", *call.error));
    if (problem.empty()) {
      ++report.passed;
    } else {
      ++report.failed;
      if (report.failures.size() < most_failures) report.failures.push_back(cat(call.name, ": ", problem, "\n", call.text));
    }
  }
  return report;
}

}  // namespace taper::impl::testing
