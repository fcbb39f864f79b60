/// \file
/// The global and constant variables of a module, in the device's memory.
#pragma once

#include "../exec/program.hpp"

namespace emu {

/// Allocates them and gives them their values, of which some are addresses of others.
/// \throws std::runtime_error where they are larger than the device's memory.
VariableAddresses place_globals(const ptx::Module& module);

}  // namespace emu
