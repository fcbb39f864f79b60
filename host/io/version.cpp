#include "ridgeflow/io/version.hpp"

#include "ridgeflow_version.hpp"

namespace ridgeflow {

std::string_view version() {
  return RIDGEFLOW_VERSION_STRING;
}
std::string_view git_revision() {
  return RIDGEFLOW_GIT_REVISION;
}
std::string_view compiler() {
  return RIDGEFLOW_COMPILER;
}
std::string_view build_type() {
  return RIDGEFLOW_BUILD_TYPE;
}

}  // namespace ridgeflow
