// The door of what is written for the quartic vertex alone.
#pragma once

#include <string_view>

#include "ridgeflow/model/posterior.hpp"

namespace ridgeflow {

/// \throws InvalidInput if \p posterior has a sextic coupling: \p what does not know it, and must not leave
/// it out in silence. The message lists the theories that do.
void refuse_sextic(const Posterior& posterior, std::string_view what);

}  // namespace ridgeflow
