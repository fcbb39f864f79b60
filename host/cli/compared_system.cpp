#include "cli/compared_system.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/base/error.hpp"
#include "ridgeflow/measure/draws.hpp"
#include "ridgeflow/theory/exact.hpp"
#include "ridgeflow/theory/functional_decimation.hpp"

#include "cli/amounts.hpp"
#include "cli/partial.hpp"
#include "io/node_group.hpp"

namespace ridgeflow::cli {
namespace {

std::optional<DrawDiagnostics> diagnose_kept(const DrawStore& draws) {
  if (draws.shape().draws < Draws::kFewest) {
    spdlog::warn("{} a chain: too few for diagnostics of their own; --keep {} or more",
                 counted(draws.shape().draws, "kept draw"), Draws::kFewest);
    return std::nullopt;
  }
  DrawDiagnostics found = diagnose_draws(draws);
  if (found.modes_looked_at < draws.shape().modes) {
    spdlog::info("diagnostics of kept draws: {} of {} modes, for the time that all would take",
                 found.modes_looked_at, draws.shape().modes);
  }
  return found;
}

SizeMoments exact_size(const Posterior& posterior) {
  if (AuxiliaryLine::defined_for(posterior)) {
    const ExactAverage average(posterior);
    return {average.mean_size(), average.variance_size()};
  }
  const FunctionalDecimation flow(posterior);
  return {flow.mean_size(), flow.variance_size()};
}

}  // namespace

ComparedSystem::ComparedSystem(const RunConfig& config, std::optional<bool> nodes)
    : config_(config),
      posterior_(make_posterior(config.model)),
      theories_(theories_of(config, posterior_)),
      options_(config.sampler) {
  options_.observe.nodes = nodes.value_or(true) ? KeepNodes::kYes : KeepNodes::kNo;
  run_ = resolve(options_, posterior_);
  constexpr double kLargestUnasked = 0x1p28;  // in the file
  if (const double bytes = io::node_group_bytes(run_, posterior_.modes());
      !nodes && bytes > kLargestUnasked) {
    left_out_ = fmt::format("moments of groups of chains, {}, are left out of the result: --node-moments",
                            bytes_text(bytes));
    options_.observe.nodes = run_.observe.nodes = KeepNodes::kNo;
  }
  validate(!config.require || std::find(theories_.begin(), theories_.end(), Theory::exact) != theories_.end(),
           "--require compares with exact, but --theory leaves it out: add exact");
  require_observation_memory(run_, posterior_.modes(), !uses_cuda(config.sampler));
}

void ComparedSystem::predict(Sentences sentences) {
  predictions_ = ridgeflow::predict(posterior_, theories_);
  if (sentences == Sentences::kAsked &&
      std::find(theories_.begin(), theories_.end(), Theory::exact) != theories_.end()) {
    exact_size_ = exact_size(posterior_);
  }
}

void ComparedSystem::finish(SampleResult samples) {
  samples_ = std::move(samples);
  comparisons_.clear();
  for (const Prediction& prediction : predictions_) {
    comparisons_.push_back(compare(samples_.summary, prediction));
  }
  RunConfig given = config_;
  given.sampler.first_chain = samples_.run.first_chain;
  given.sampler.seed = given.seed.value_or(given.sampler.seed);
  resolved_ = resolved_config(given, posterior_, &samples_.run);
  if (samples_.observed_summary.has_shape() && AuxiliaryLine::defined_for(posterior_)) {
    shape_ = compare_shape(samples_.observed_summary, posterior_);
  }
  if (samples_.observed.draws) {
    diagnostics_ = diagnose_kept(*samples_.observed.draws);
  }
}

Findings ComparedSystem::findings() const {
  return {resolved_,
          posterior_,
          predictions_,
          comparisons_,
          samples_,
          shape_ ? &*shape_ : nullptr,
          diagnostics_ ? &*diagnostics_ : nullptr,
          exact_size_};
}

ResultContents ComparedSystem::contents() const {
  return {resolved_,
          posterior_,
          predictions_,
          &samples_,
          &comparisons_,
          nullptr,
          shape_ ? &*shape_ : nullptr,
          diagnostics_ ? &*diagnostics_ : nullptr};
}

std::string csv_text(const Findings& findings) {
  const std::size_t modes = findings.posterior.modes();
  const std::vector<double> done(modes, static_cast<double>(findings.samples.draws_per_chain()));
  const std::vector<double> asked(modes, static_cast<double>(findings.samples.run.draws_per_chain));
  std::vector<CsvColumn> more;
  if (result_is_partial()) {  // of all systems, so that they have one header
    more = {{"draws_per_chain_done", &done}, {"draws_per_chain", &asked}};
  }
  const bool has = findings.shape != nullptr && findings.samples.observed_summary.cumulants;
  return per_mode_csv(findings.posterior, findings.predictions, &findings.samples.summary,
                      has ? &findings.shape->exact : nullptr,
                      has ? &*findings.samples.observed_summary.cumulants : nullptr, more);
}

}  // namespace ridgeflow::cli
