#include "core/tensor.h"
#include "runtime/vm.h"
