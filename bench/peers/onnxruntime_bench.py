"""ONNX Runtime on one model, for bench/peers.py: python onnxruntime_bench.py MODEL.onnx CALLS THREADS SECONDS

Makes the first recorded call over and over and prints one line of JSON in seconds. Needs torch (to read the calls) and
onnxruntime."""

import json
import resource
import sys
from time import perf_counter

import onnxruntime
import torch

model, calls, threads, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
args = torch.load(calls, weights_only=True)[0]["args"]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads, options.inter_op_num_threads, options.log_severity_level = threads, 1, 3
start = perf_counter()
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
load = perf_counter() - start
feed = {put.name: value.numpy() for put, value in zip(session.get_inputs(), args)}


def call() -> float:
    begin = perf_counter()
    session.run(None, feed)
    return perf_counter() - begin


first, second = call(), call()
times, end = [], perf_counter() + seconds
while perf_counter() < end or len(times) < 5:
    times.append(call())
times.sort()
print(json.dumps({"load": load, "first": first, "second": second, "median": times[len(times) // 2], "p99": times[len(times) * 99 // 100],
                  "max": times[-1], "peak_memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
