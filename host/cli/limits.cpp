#include "cli/limits.hpp"

#include <cstdint>

#include <fmt/format.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/base/system_limits.hpp"

#include "cli/amounts.hpp"
#include "cli/lines.hpp"

namespace ridgeflow::cli {

std::string limits_text() {
  const SystemLimit threads = default_threads();
  const SystemLimit memory = memory_limit();
  return wrapped(fmt::format("system: {} unless told ({}), {} ({})",
                             counted(static_cast<std::uint64_t>(threads.value), "thread"), threads.set_by,
                             bytes_text(memory.value), memory.set_by));
}

}  // namespace ridgeflow::cli
