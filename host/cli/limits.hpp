// What the system lets a run have, in words.
#pragma once

#include <string>

namespace ridgeflow::cli {

/// "system: 2 threads unless told (/sys/fs/cgroup/job/cpu.max), 23.4 GiB (this machine)", with a line end.
std::string limits_text();

}  // namespace ridgeflow::cli
