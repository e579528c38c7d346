// Replays operator calls that PyTorch answered, written as text (tests/oracle/random_ops.py makes them):
//
//   call aten::add.Tensor
//   a T float32 2,3 3,1 0 : 1 2 3 4 5 6      one line an argument, in the schema's order: a tensor with its dtype, sizes,
//   a T int64 3 1 0 : 1 2 3                  strides, offset and all elements of its storage
//   a i 1                                    i int, f float, b 0/1, c re im, s text, n (None), d cpu (a device)
//   a L ints 1,2                             L ints | L floats | L bools: a list; L tensors 2: the next two lines are its items
//   r T float32 2,3 3,1 0 : 2 4 6 5 7 9      one line a result: elements in row-major order, whatever the strides
//   r L tensors 2                            a list of tensors: each follows on a line that begins with t
//   m 0 T float32 ...                        argument 0 after the call, where it was written
//   o T float32 ...                          after r or m: PyTorch's answer in double precision or without vector code,
//                                            where that differs; an element may be this one's instead
//   e "text"                                 instead of r: PyTorch failed, with this in its message
//
// Dashes stand for empty lists of numbers. `T~conj` and `T~neg` are tensors with the lazy bits set. `same 0` instead of a
// result says that it is argument 0 itself.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "core/context.h"

namespace taper::impl::testing {

struct ReplayReport {
  int passed = 0, failed = 0, missing = 0;
  std::vector<std::string> failures;  // the first few, one text each
  std::vector<std::string> missing_names;
  std::vector<std::string> other_texts;  // errors that came, with another text than PyTorch's
};

// Runs every call in the stream in the context. `strides`: results must lie in memory as PyTorch's.
ReplayReport replay_calls(std::istream& in, Context& ctx, bool strides, size_t most_failures = 20);

}  // namespace taper::impl::testing
