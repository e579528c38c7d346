#include <vector>
#include <Eigen/Core>
