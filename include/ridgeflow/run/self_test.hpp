/// \file
/// Whether noise and arithmetic of this build on this machine are what docs/trajectory.md says.
#pragma once

#include <string>
#include <vector>

namespace ridgeflow {

/// One check of the self-test.
struct SelfTestLine {
  std::string name;
  bool passed = false;
  std::string detail;  ///< what was checked, or what was found in place of what
};

/// Philox and normals against known answers, and the golden trajectories on every vector width of this
/// processor. Takes a fraction of a second.
std::vector<SelfTestLine> self_test();

}  // namespace ridgeflow
