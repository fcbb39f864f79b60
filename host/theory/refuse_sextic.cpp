#include "theory/refuse_sextic.hpp"

#include <string>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/theory/prediction.hpp"

namespace ridgeflow {

void refuse_sextic(const Posterior& posterior, std::string_view what) {
  if (posterior.sextic() == 0.0) {
    return;
  }
  std::string defined;
  for (const Theory theory : defined_theories(posterior)) {
    defined += (defined.empty() ? "" : ", ") + std::string(to_string(theory));
  }
  throw InvalidInput(fmt::format(
      "w = {}: {} is not defined with a sextic coupling; theories that are: {}. Ask for these, or "
      "set w = 0",
      posterior.couplings().w, what, defined));
}

}  // namespace ridgeflow
