// LibTorch on one model, for bench/peers.py:  libtorch MODEL CALLS THREADS SECONDS plain|opt
// Makes the first recorded call over and over, as `taper bench MODEL CALLS` does, and prints one line of JSON in seconds.
// "opt" applies torch::jit::optimize_for_inference. Built against an unpacked LibTorch or PyTorch's own:
//
//   T=$(python -c 'import torch; print(torch.__path__[0])')
//   g++ -O2 -std=c++20 bench/peers/libtorch.cpp -I$T/include -I$T/include/torch/csrc/api/include -L$T/lib -Wl,-rpath,$T/lib
//       -Wl,--no-as-needed -ltorch -ltorch_cpu -lc10 -o libtorch
#include <ATen/Parallel.h>
#include <sys/resource.h>
#include <torch/script.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>

namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::vector<char> read(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return std::fprintf(stderr, "libtorch MODEL CALLS THREADS SECONDS plain|opt\n"), 2;
  at::set_num_threads(std::stoi(argv[3]));
  double seconds = std::stod(argv[4]);
  auto recorded = torch::jit::pickle_load(read(argv[2])).toList().get(0).toGenericDict();
  auto recorded_args = recorded.at("args").toList();
  std::vector<c10::IValue> args;
  for (size_t i = 0; i < recorded_args.size(); ++i) args.push_back(recorded_args.get(i));
  std::string method = recorded.at("method").toStringRef();

  c10::InferenceMode inference;
  double start = now();
  torch::jit::Module model = torch::jit::load(argv[1]);
  model.eval();
  if (std::string(argv[5]) == "opt") model = torch::jit::optimize_for_inference(model);
  double load = now() - start;
  auto call = [&] {
    auto inputs = args;
    double begin = now();
    model.get_method(method)(inputs);
    return now() - begin;
  };
  // The profiling executor compiles during the first calls; what they take beyond the median is its warm-up.
  double first = call(), second = call(), warm = first + second;
  for (int i = 0; i < 6; ++i) warm += call();
  std::vector<double> times;
  for (double end = now() + seconds; now() < end || times.size() < 5;) times.push_back(call());
  std::sort(times.begin(), times.end());
  double median = times[times.size() / 2];
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf(
      "{\"load\": %.9g, \"first\": %.9g, \"second\": %.9g, \"warm_up\": %.9g, \"median\": %.9g, \"p99\": %.9g, \"max\": %.9g, \"peak_memory\": %ld}\n",
      load, first, second, warm - 8 * median, median, times[times.size() * 99 / 100], times.back(),
      usage.ru_maxrss * 1024);
}
