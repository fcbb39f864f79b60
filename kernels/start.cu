#include "launch.cuh"

namespace ridgeflow::kernels {

template <class Scalar>
void launch_start(const LaunchArguments<Scalar>& arguments, cudaStream_t stream) {
  launch_checked(
      advance_by_blocks<Scalar, Initial, MemoryStore<Scalar, kSumsOf<Initial>>, ReproducibleNormals>,
      "initial state", arguments.chain_count, arguments.group_size, arguments, stream);
}

template void launch_start<float>(const LaunchArguments<float>&, cudaStream_t);
template void launch_start<double>(const LaunchArguments<double>&, cudaStream_t);

}  // namespace ridgeflow::kernels
