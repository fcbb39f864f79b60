#include "cli/partial.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "ridgeflow/base/counted.hpp"

#include "cli/signals.hpp"

namespace ridgeflow::cli {
namespace {

bool partial_result = false;

/// What is there of several systems.
std::string text_of_all(std::span<const SampleResult> samples) {
  if (samples.size() == 1) {
    return partial_text(samples.front());
  }
  const auto count = [&](auto holds) { return std::count_if(samples.begin(), samples.end(), holds); };
  const auto whole = count([](const SampleResult& each) { return !each.partial(); });
  const auto empty = count([](const SampleResult& each) { return each.partial() && !each.measured(); });
  return fmt::format("stopped: of {} {} are whole, {} have a part of their draws and {} none",
                     counted(samples.size(), "system"), whole,
                     static_cast<std::ptrdiff_t>(samples.size()) - whole - empty, empty);
}

}  // namespace

std::string partial_text(const SampleResult& samples) {
  if (!samples.partial()) {
    return "";
  }
  return samples.measured() ? fmt::format("stopped after {} of {} a chain", samples.draws_per_chain(),
                                          counted(samples.run.draws_per_chain, "draw"))
                            : "stopped before its first draws";
}

std::string partial_remark(const SampleResult& samples) {
  return samples.partial() ? fmt::format(" ({})", partial_text(samples)) : "";
}

Json length_json(const SampleResult& samples) {
  return {{"draws_per_chain", samples.run.draws_per_chain},
          {"draws_per_chain_done", samples.draws_per_chain()},
          {"partial", samples.partial()}};
}

void accept_stop(std::span<const SampleResult> samples, Enough enough) {
  const auto is_partial = [](const SampleResult& each) { return each.partial(); };
  if (std::none_of(samples.begin(), samples.end(), is_partial)) {
    return;
  }
  const auto measured =
      std::count_if(samples.begin(), samples.end(), [](const SampleResult& each) { return each.measured(); });
  const std::string text = text_of_all(samples);
  const auto needed =
      enough == Enough::kAllMeasured ? static_cast<std::ptrdiff_t>(samples.size()) : std::ptrdiff_t{1};
  if (measured < needed) {
    throw RunStopped(text);
  }
  partial_result = true;
  spdlog::warn("{}: {}; the result is of these draws", signal_name(stop_signal()), text);
}

bool result_is_partial() {
  return partial_result;
}

}  // namespace ridgeflow::cli
