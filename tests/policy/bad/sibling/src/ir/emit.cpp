#include "ir/graph.h"
#include "ops/output.h"
