#include "globals.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "../memory/device_memory.hpp"

namespace emu {

VariableAddresses place_globals(const ptx::Module& module) {
  VariableAddresses addresses;
  for (const auto& [name, variable] : module.variables) {
    if (variable.space == ptx::Space::kShared || variable.bytes == 0) {
      continue;
    }
    const std::uint64_t at =
        DeviceMemory::get().allocate(variable.bytes, name, variable.space == ptx::Space::kConst);
    if (at == 0) {
      throw std::runtime_error("the variable " + name + " of " + std::to_string(variable.bytes) +
                               " bytes does not fit into the device's memory (EMU_MEMORY)");
    }
    std::memset(DeviceMemory::host(at), 0, variable.bytes);
    std::copy(variable.initial.begin(), variable.initial.end(),
              reinterpret_cast<std::uint8_t*>(DeviceMemory::host(at)));
    DeviceMemory::get().find(at)->shadows.mark_written(0, variable.bytes);
    addresses[name] = at;
  }
  for (const auto& [name, at] : addresses) {
    const ptx::Variable& variable = module.variables.find(name)->second;
    for (const ptx::Variable::Address& word : variable.addresses) {
      if (const auto of = addresses.find(word.of); of != addresses.end()) {
        const std::uint64_t value = of->second + static_cast<std::uint64_t>(word.plus);
        const std::uint64_t bytes = std::min<std::uint64_t>(sizeof value, ptx::bytes_of(variable.type));
        std::memcpy(DeviceMemory::host(at) + word.at, &value, bytes);
      }
    }
  }
  return addresses;
}

}  // namespace emu
