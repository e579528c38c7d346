// taper check: what a model needs that taper lacks. Reads code; runs nothing.
#include <cstdio>
#include <map>

#include "archive/model_file.h"
#include "core/error.h"
#include "ops/registry.h"
#include "runtime/survey.h"
#include "tools/commands.h"
#include "tools/json.h"
#include "tools/open_model.h"
#include "tools/place.h"
#include "tools/text.h"

namespace taper::impl {
namespace {

// "aten::foo(Tensor, int)\nwhy" is one kind for all argument types.
std::string kind_of(const std::string& what) {
  std::string line = first_line(what);
  size_t open = line.find('(');
  return open != line.npos && line.substr(0, open).find(' ') == line.npos ? line.substr(0, open) : line;
}

struct Kind {
  std::string what;
  std::vector<const MissingPiece*> places;
};

std::vector<Kind> by_kind(const std::vector<MissingPiece>& missing) {
  std::vector<Kind> kinds;
  std::map<std::string, size_t> known;
  for (const MissingPiece& piece : missing) {
    std::string what = kind_of(piece.what);
    auto [found, is_new] = known.emplace(what, kinds.size());
    if (is_new) kinds.push_back({what, {}});
    kinds[found->second].places.push_back(&piece);
  }
  return kinds;
}

void print(const std::vector<MissingPiece>& missing) {
  for (const Kind& kind : by_kind(missing)) {
    std::printf("%s\n", kind.what.c_str());
    for (const MissingPiece* piece : kind.places) {
      Place place = place_of(piece->range);
      if (place.file.empty()) std::printf("  in %s\n", piece->method.c_str());
      else std::printf("  %s:%d, in %s\n%s", place.file.c_str(), place.line, piece->method.c_str(), place.text.c_str());
      if (piece->what != kind.what) std::printf("    %s\n", shortened(piece->what, 1000).c_str());
    }
  }
}

std::string json_text(const std::vector<MissingPiece>& missing) {
  JsonWriter json;
  json.object([&] {
    json.key("missing").array([&] {
      for (const MissingPiece& piece : missing) {
        Place place = place_of(piece.range);
        json.object([&] {
          json.member("what", piece.what)
              .member("in", piece.method)
              .member("file", place.file)
              .member("line", place.line);
        });
      }
    });
  });
  return json.text() + "\n";
}

}  // namespace

int check_command(const CheckOptions& options) {
  Survey survey(open_model(options.model), operator_table());
  std::vector<MissingPiece> missing = survey.missing();
  if (options.json) {
    std::fputs(json_text(missing).c_str(), stdout);
  } else {
    print(missing);
    if (missing.empty()) std::printf("nothing is missing\n");
    else
      std::printf("%zu missing, in %zu place%s\n", by_kind(missing).size(), missing.size(),
                  missing.size() == 1 ? "" : "s");
  }
  return missing.empty() ? 0 : 1;
}

}  // namespace taper::impl
