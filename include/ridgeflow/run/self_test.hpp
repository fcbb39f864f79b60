/// \file
/// Whether noise and arithmetic of this build on this machine are what docs/trajectory.md says.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ridgeflow/run/executor.hpp"

namespace ridgeflow {

/// One check of the self-test.
struct SelfTestLine {
  std::string name;
  bool passed = false;
  std::string detail;  ///< what was checked, or what was found in place of what
};

/// The golden trajectories on the executors that \p make makes; \p where: what they run on. An exception
/// fails it.
SelfTestLine test_trajectories(const std::string& where,
                               const std::function<std::unique_ptr<Executor>(EnsembleSetup<float>)>& make);

/// Philox and normals against known answers, and the golden trajectories on every vector width of this
/// processor and, where there is one, on the first CUDA device. Takes a fraction of a second.
std::vector<SelfTestLine> self_test();

}  // namespace ridgeflow
