/// \file
/// The three ways in which RidgeFlow refuses to go on. Each carries one message that says what is wrong,
/// where, and what to do. The program maps them to its exit status (docs/architecture.md, "The command
/// line").
#pragma once

#include <stdexcept>
#include <string>

namespace ridgeflow {

/// The user's input cannot be used: exit status 2.
class InvalidInput : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The computation left the realm of finite numbers or did not converge: exit status 3.
class NumericalFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A device or a system call failed, or is missing: exit status 4.
class DeviceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws InvalidInput unless \p ok. For messages that cost nothing to build; test first where they do.
inline void validate(bool ok, const std::string& message) {
  if (!ok) {
    throw InvalidInput(message);
  }
}

}  // namespace ridgeflow

/// A contract between parts of RidgeFlow: checked in builds without NDEBUG, silent in Release. Never for
/// input.
#if defined(NDEBUG)
#define RIDGEFLOW_EXPECT(condition) static_cast<void>(0)
#else
#define RIDGEFLOW_EXPECT(condition)                                                                     \
  ((condition) ? static_cast<void>(0)                                                                   \
               : throw std::logic_error(std::string("broken contract: " #condition " (" __FILE__ ":") + \
                                        std::to_string(__LINE__) + ")"))
#endif
