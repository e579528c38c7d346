#include "tools/input_spec.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "archive/model_file.h"
#include "core/error.h"
#include "core/schema.h"
#include "ops/registry.h"
#include "runtime/convert.h"
#include "tools/npy.h"
#include "tools/png.h"
#include "tools/text.h"

namespace taper::impl {

const char* const kInputHelp =
    "An argument; once for each, in order:\n"
    "  file.pt            a value that torch.save wrote\n"
    "  file.npy           a numpy array\n"
    "  file.png[:OPT]...  a picture as a float tensor [1, C, H, W] of 0 to 1; OPT:\n"
    "                     size=HxW (bilinear), mean=M,.. and std=S,.. (a channel each, or one for all),\n"
    "                     gray (one channel), rgba (four), uint8 (0 to 255, not normalized), chw (no batch dimension)\n"
    "  randn(1,3,8,8)     also rand, ones, zeros, empty sizes as (); a dtype as in ones(2,dtype=int64)\n"
    "  full((2,3), 7)  arange(10)  randint(0, 10, (2,3))\n"
    "  3  2.5  1+2j  True  None  \"text\"  [1, 2]  (1, \"a\")  {\"a\": 1}   Python's literals; within them also the\n"
    "                     above and load(\"file\")";

Value call_operator(Context& context, std::string_view name, Vec<Value> arguments,
                    std::vector<std::pair<std::string_view, Value>> keywords) {
  const OpDef* row = nullptr;
  for (const OpDef* each : operator_table().find(name))
    if (schema_name(each->schema).overload.empty()) row = each;
  if (!row) fail(ErrorCode::kUnsupported, cat("operator ", name, " is not supported"));
  Vec<Keyword> named;
  for (auto& [key, value] : keywords) named.push_back({key, std::move(value)});
  Schema schema = parse_schema(row->schema);
  Vec<Value> bound = bind_arguments(schema, name.substr(name.rfind(':') + 1), std::move(arguments), std::move(named));
  std::vector<Value*> pointers;
  for (Value& value : bound) pointers.push_back(&value);
  Value result;
  row->call(context, {pointers.data(), uint32_t(pointers.size())}, &result);
  return result;
}

namespace {

bool exists(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

// ---- pictures

double to_number(std::string_view text, const std::string& where) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    fail(ErrorCode::kInvalidArgument, cat(where, ": '", text, "' is not a number"));
  return value;
}

std::vector<double> to_numbers(std::string_view text, const std::string& where) {
  std::vector<double> numbers;
  for (const std::string& part : split(text, ',')) numbers.push_back(to_number(part, where));
  return numbers;
}

Tensor read_picture(const std::string& path, const std::vector<std::string>& options) {
  int channels = 0;
  int64_t height = 0, width = 0;
  std::vector<double> mean, deviation;
  bool bytes = false, batch = true;
  for (const std::string& option : options) {
    size_t equals = option.find('=');
    std::string key = option.substr(0, equals), value = equals == option.npos ? "" : option.substr(equals + 1);
    std::string where = cat(path, ": ", key);
    if (key == "size") {
      std::vector<std::string> sides = split(value, 'x');
      if (sides.empty() || sides.size() > 2)
        fail(ErrorCode::kInvalidArgument, cat(where, ": expected HxW, got '", value, "'"));
      height = int64_t(to_number(sides[0], where));
      width = int64_t(to_number(sides.back(), where));
      if (height < 1 || width < 1 || height > 16384 || width > 16384)
        fail(ErrorCode::kInvalidArgument, cat(where, ": ", value, " is no size of a picture"));
    } else if (key == "mean") {
      mean = to_numbers(value, where);
    } else if (key == "std") {
      deviation = to_numbers(value, where);
    } else if (option == "gray" || option == "grey") {
      channels = 1;
    } else if (option == "rgba") {
      channels = 4;
    } else if (option == "uint8") {
      bytes = true;
    } else if (option == "chw") {
      batch = false;
    } else {
      fail(ErrorCode::kInvalidArgument,
           cat(path, ": unknown option '", option, "'; there are size=HxW, mean=.., std=.., gray, rgba, uint8, chw"));
    }
  }
  Picture picture = read_png(path);
  picture = with_channels(picture, channels ? channels : picture.channels <= 2 ? 1 : 3);
  if (height) picture = resized(picture, height, width);
  auto c = size_t(picture.channels);
  for (auto* list : {&mean, &deviation}) {
    if (list->size() == 1) list->resize(c, list->front());
    if (!list->empty() && list->size() != c)
      fail(ErrorCode::kInvalidArgument,
           cat(path, ": ", list->size(), " numbers for mean or std, and the picture has ", c, " channels"));
  }
  if (bytes && !(mean.empty() && deviation.empty()))
    fail(ErrorCode::kInvalidArgument, cat(path, ": mean and std do not go with uint8"));
  Dims sizes{picture.channels, picture.height, picture.width};
  if (batch) sizes.insert(0, 1);
  Tensor tensor = make_tensor(sizes, bytes ? DType::kByte : DType::kFloat);
  size_t pixels = size_t(picture.height) * size_t(picture.width);
  for (size_t channel = 0; channel < c; ++channel)
    for (size_t i = 0; i < pixels; ++i) {
      float value = picture.values[i * c + channel];
      size_t at = channel * pixels + i;
      if (bytes) {
        tensor.mutable_data<uint8_t>()[at] = uint8_t(std::min(255.0f, std::max(0.0f, value + 0.5f)));
        continue;
      }
      value /= 255.0f;
      if (!mean.empty()) value -= float(mean[channel]);
      if (!deviation.empty()) value /= float(deviation[channel]);
      tensor.mutable_data<float>()[at] = value;
    }
  return tensor;
}

// ---- files

// "picture.png:gray:size=8x8" -> the path and its options; empty when the text names no file.
struct FileSpec {
  std::string path;
  std::vector<std::string> options;
};
FileSpec file_spec(std::string_view text) {
  for (std::string_view ending : {".png", ".PNG"}) {
    size_t at = text.find(ending);
    if (at == text.npos) continue;
    std::string_view rest = text.substr(at + ending.size());
    if (rest.empty() || rest[0] == ':') return {std::string(text.substr(0, at + ending.size())), split(rest, ':')};
  }
  for (std::string_view ending : {".pt", ".pth", ".npy", ".bin"})
    if (text.ends_with(ending)) return {std::string(text), {}};
  return {};
}

Value read_file(const FileSpec& file) {
  const std::string& path = file.path;
  if (path.ends_with(".npy")) return read_npy(path);
  if (path.ends_with(".png") || path.ends_with(".PNG")) return read_picture(path, file.options);
  return read_values(open_file(path));
}

// ---- literals

class Parser {
 public:
  Parser(Context& context, std::string_view text) : context_(context), text_(text) {}

  Value whole() {
    Value value = item(0);
    blanks();
    if (at_ < text_.size()) wrong("expected the end");
    return value;
  }

 private:
  [[noreturn]] void wrong(const std::string& what) const {
    fail(ErrorCode::kInvalidArgument, cat("input '", text_, "', at character ", at_ + 1, ": ", what,
                                          "; see taper run --help for what an input may be"));
  }
  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  char peek() {
    blanks();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) wrong(cat("expected '", c, "'"));
  }

  Value item(int depth) {
    if (depth > 100) wrong("too deeply nested");
    char c = peek();
    if (c == '"' || c == '\'') return Value(string());
    if (c == '[') return list(depth);
    if (c == '(') return tuple(depth);
    if (c == '{') return dict(depth);
    if (c == '-' || c == '+' || c == '.' || (c >= '0' && c <= '9')) return number();
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') return word(depth);
    wrong("expected a value");
  }

  std::string string() {
    char quote = text_[at_++];
    std::string out;
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] != '\\') {
        out += text_[at_];
        continue;
      }
      char c = ++at_ < text_.size() ? text_[at_] : '\0';
      switch (c) {
        case 'n': out += '\n'; break;
        case 't': out += '\t'; break;
        case 'r': out += '\r'; break;
        case '\\':
        case '\'':
        case '"': out += c; break;
        default: wrong("an unknown escape; there are \\n \\t \\r \\\\ \\' \\\"");
      }
    }
    if (at_ >= text_.size()) wrong("the text has no closing quote");
    ++at_;
    return out;
  }

  double real(bool& integral, int64_t& integer) {
    blanks();
    const char *start = text_.data() + at_, *end = text_.data() + text_.size();
    const char* digits = start < end && *start == '+' ? start + 1 : start;
    double value = 0;
    auto [after, error] = std::from_chars(digits, end, value);
    if (error != std::errc()) wrong("expected a number");
    auto [int_after, int_error] = std::from_chars(digits, end, integer);
    integral = int_error == std::errc() && int_after == after;
    at_ = size_t(after - text_.data());
    return value;
  }

  Value number() {
    bool integral = false, unused = false;
    int64_t integer = 0, ignored = 0;
    double value = real(integral, integer);
    if (take('j')) return Value(std::complex<double>(0, value));
    if (char sign = peek(); sign == '+' || sign == '-') {
      double imaginary = real(unused, ignored);
      expect('j');
      return Value(std::complex<double>(value, imaginary));
    }
    return integral ? Value(integer) : Value(value);
  }

  Vec<Value> items(char end, int depth) {
    Vec<Value> found;
    while (!take(end)) {
      found.push_back(item(depth + 1));
      if (!take(',')) {
        expect(end);
        break;
      }
    }
    return found;
  }

  Value list(int depth) {
    ++at_;
    auto list = make_ref<ListObj>(any_type());
    list->items = items(']', depth);
    if (!list->items.empty()) {  // what a method declares decides in the end
      TypePtr common = type_of(list->items[0]);
      for (const Value& each : list->items)
        if (common) common = unify(common, type_of(each));
      if (common) list->element = common;
    }
    return list;
  }

  Value tuple(int depth) {
    ++at_;
    size_t before = at_;
    auto tuple = make_ref<TupleObj>();
    tuple->items = items(')', depth);
    std::string_view inside = text_.substr(before, at_ - before - 1);
    size_t last = inside.find_last_not_of(' ');
    if (tuple->items.size() == 1 && inside[last] != ',') return tuple->items[0];  // only parentheses
    return tuple;
  }

  Value dict(int depth) {
    ++at_;
    Vec<Value> keys, values;
    while (!take('}')) {
      keys.push_back(item(depth + 1));
      if (!is_hashable(keys.back())) wrong("this value cannot be a key");
      expect(':');
      values.push_back(item(depth + 1));
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    auto dict = make_ref<DictObj>(keys.empty() ? any_type() : type_of(keys[0]),
                                  values.empty() ? any_type() : type_of(values[0]));
    for (size_t i = 0; i < keys.size(); ++i) dict->set(keys[i], values[i]);
    return dict;
  }

  std::string identifier() {
    size_t start = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_' || text_[at_] == '.'))
      ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  Value dtype(std::string name) {
    if (name.starts_with("torch.")) name.erase(0, 6);
    for (int64_t number = 0; number < 64; ++number)
      if (is_valid_dtype(number) && dtype_name(DType(int8_t(number))) == name) return Value(number);
    if (name == "float") return Value(int64_t(DType::kFloat));
    if (name == "double") return Value(int64_t(DType::kDouble));
    if (name == "half") return Value(int64_t(DType::kHalf));
    if (name == "long" || name == "int") return Value(int64_t(name == "int" ? DType::kInt : DType::kLong));
    wrong(cat("'", name, "' is no dtype"));
  }

  Value word(int depth) {
    std::string name = identifier();
    if (name == "True" || name == "False") return Value(name == "True");
    if (name == "None") return Value();
    if (name == "inf" || name == "nan") return Value(name == "inf" ? INFINITY : NAN);
    if (!take('(')) wrong(cat("'", name, "' is neither a value nor a file that is there"));
    Vec<Value> arguments;
    std::vector<std::pair<std::string_view, Value>> keywords;
    while (!take(')')) {
      size_t before = at_;
      peek();
      std::string key = identifier();
      if (key == "dtype" && take('=')) {
        peek();
        keywords.emplace_back("dtype", dtype(identifier()));
      } else {
        at_ = before;
        arguments.push_back(item(depth + 1));
      }
      if (!take(',')) {
        expect(')');
        break;
      }
    }
    return call(name, std::move(arguments), std::move(keywords));
  }

  Value call(const std::string& name, Vec<Value> arguments, std::vector<std::pair<std::string_view, Value>> keywords) {
    if (name == "load") {
      if (arguments.size() != 1 || !arguments[0].is(Tag::kString)) wrong("load takes the name of a file, in quotes");
      FileSpec file = file_spec(arguments[0].string());
      if (file.path.empty()) wrong("load reads .pt, .npy and .png files");
      return read_file(file);
    }
    if (name == "randn" || name == "rand" || name == "ones" || name == "zeros" || name == "empty") {
      bool one_list = arguments.size() == 1 && (arguments[0].is(Tag::kList) || arguments[0].is(Tag::kTuple));
      if (!one_list) {
        auto sizes = make_ref<ListObj>(int_type());
        for (Value& each : arguments) {
          if (!each.is(Tag::kInt)) wrong(cat(name, " takes sizes: integers"));
          sizes->items.push_back(each);
        }
        arguments.assign(1, Value(std::move(sizes)));
      }
      return call_operator(context_, "aten::" + name, std::move(arguments), std::move(keywords));
    }
    if (name == "arange" || name == "full")
      return call_operator(context_, "aten::" + name, std::move(arguments), std::move(keywords));
    if (name == "randint") {
      if (arguments.size() != 3 || !arguments[0].is(Tag::kInt) || !arguments[1].is(Tag::kInt) ||
          arguments[0].integer() >= arguments[1].integer())
        wrong("randint takes the lowest number, one above the highest, and the sizes: randint(0, 10, (2, 3))");
      return random_integers(arguments, keywords);
    }
    wrong(cat("there is no '", name, "(...)'; there are randn, rand, ones, zeros, full, arange, randint and load"));
  }

  Value random_integers(const Vec<Value>& arguments, const std::vector<std::pair<std::string_view, Value>>& keywords) {
    int64_t low = arguments[0].integer(), high = arguments[1].integer();
    Dims sizes;
    if (arguments[2].is(Tag::kInt)) {
      sizes.push_back(arguments[2].integer());
    } else {
      if (!arguments[2].is(Tag::kList) && !arguments[2].is(Tag::kTuple))
        wrong("randint takes the sizes last, as in randint(0, 10, (2, 3))");
      for (const Value& size : arguments[2].is(Tag::kList) ? arguments[2].list().items : arguments[2].tuple().items)
        sizes.push_back(size.to_int());
    }
    DType dtype = keywords.empty() ? DType::kLong : DType(int8_t(keywords[0].second.integer()));
    Tensor tensor = make_tensor(sizes, dtype);
    uint64_t range = uint64_t(high) - uint64_t(low);
    auto fill = [&](auto tag) {
      using T = decltype(tag);
      T* out = tensor.mutable_data<T>();
      for (int64_t i = 0; i < tensor.numel(); ++i) {
        uint64_t drawn =
            range <= UINT32_MAX ? context_.generator().random() % range : context_.generator().random64() % range;
        out[i] = Scalar(int64_t(uint64_t(low) + drawn)).to<T>();
      }
    };
    if (is_floating(dtype)) visit_floating(dtype, "randint", fill);
    else visit_integral_bool(dtype, "randint", fill);
    return tensor;
  }

  Context& context_;
  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

Value parse_input(Context& context, std::string_view spec) {
  if (FileSpec file = file_spec(spec);
      !file.path.empty() && spec[0] != '[' && spec[0] != '(' && spec[0] != '{' && spec[0] != '"' && spec[0] != '\'')
    return read_file(file);
  if (exists(std::string(spec)))
    fail(ErrorCode::kInvalidArgument,
         cat("input '", spec, "': a file of an unknown kind; .pt, .npy and .png can be read"));
  return Parser(context, spec).whole();
}

}  // namespace taper::impl
