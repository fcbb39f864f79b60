#include "ridgeflow/run/recorder.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "measure/bytes.hpp"

namespace ridgeflow {
namespace {

std::vector<double> centres_of(const Posterior& posterior) {
  std::vector<double> centres(posterior.modes());
  for (std::size_t k = 0; k < centres.size(); ++k) {
    centres[k] = posterior.mean_at(k, posterior.hartree_ridge());
  }
  return centres;
}

struct Observers {
  std::optional<ModePowers> powers;
  std::optional<SizeHistogram> size;
  std::optional<PairProducts> products;
};

/// Those that \p options ask for.
Observers observers_of(const Posterior& posterior, const ObserveOptions& options) {
  Observers observers;
  if (options.cumulants) {
    observers.powers.emplace(centres_of(posterior));
    observers.size.emplace(size_grid(posterior));
  }
  if (!options.pairs.empty()) {
    observers.products.emplace(options.pairs, centres_of(posterior));
  }
  return observers;
}

/// The rows of \p chains, handed in.
BlockSums summed_rows(const std::vector<double>& rows, ChainRange chains, ChainRange ensemble,
                      std::size_t length) {
  BlockSums sums(ensemble, length);
  for (std::uint64_t c = 0; c < chains.chains; ++c) {
    sums.add(chains.first + c, std::span(rows).subspan(c * length, length));
  }
  return sums;
}

template <class Part>
void put_part(std::vector<std::byte>& bytes, const std::optional<Part>& part) {
  put_vector(bytes, part ? part->serialize() : std::vector<std::byte>{});
}
template <class Part>
std::optional<Part> take_part(std::span<const std::byte>& bytes) {
  const auto inner = take_vector<std::byte>(bytes);
  return inner.empty() ? std::nullopt : std::optional<Part>(Part::deserialize(inner));
}

}  // namespace

Recorder::Recorder(const Posterior& posterior, const ResolvedRun& run)
    : chains_{run.first_chain, run.chains}, ensemble_(run.ensemble), times_(observation_times(run)) {
  Observers observers = observers_of(posterior, run.observe);
  powers_ = std::move(observers.powers);
  size_ = std::move(observers.size);
  products_ = std::move(observers.products);
  if (powers_) {
    power_rows_.resize(run.chains * powers_->length());
    size_rows_.resize(run.chains * size_->length());
  }
  if (products_) {
    product_rows_.resize(run.chains * products_->length());
  }
  if (run.observe.keep > 0) {
    draws_.emplace(kept_draws(run, posterior.modes()));
  }
  summed_.resize(run.chains);
}

std::span<double> Recorder::row(std::vector<double>& rows, std::uint64_t chain) const {
  const std::size_t length = rows.size() / chains_.chains;
  return std::span(rows).subspan(chain * length, length);
}

void Recorder::observe(const StateTile& tile) {
  if (draws_ && times_.keeps_at(tile.draw)) {
    draws_->keep(tile.draw / times_.keep_every - 1, tile);
  }
  if (!times_.sums_at(tile.draw)) {
    return;
  }
  for (std::uint64_t c = 0; c < tile.chains(); ++c) {
    const std::uint64_t chain = tile.first_chain - chains_.first + c;
    if (std::exchange(summed_[chain], tile.measured[c]) == tile.measured[c]) {
      continue;  // nothing counted since: the state is one that was seen, or no draw yet
    }
    const std::span<const double> d = tile.d.subspan(c * tile.modes, tile.modes);
    if (powers_) {
      powers_->add(this->row(power_rows_, chain), d);
      size_->add(this->row(size_rows_, chain), tile.size[c]);
    }
    if (products_) {
      products_->add(this->row(product_rows_, chain), d);
    }
  }
}

Observed Recorder::finish(std::uint64_t passes) const {
  Observed observed;
  const std::uint64_t draws = times_.schedule.draws_after(passes);
  const bool summed = times_.sum_every != 0 && draws >= times_.sum_every;
  if (summed && powers_) {
    observed.powers = summed_rows(power_rows_, chains_, ensemble_, powers_->length());
    observed.size = summed_rows(size_rows_, chains_, ensemble_, size_->length());
  }
  if (summed && products_) {
    observed.products = summed_rows(product_rows_, chains_, ensemble_, products_->length());
  }
  if (draws_ && draws >= times_.keep_every) {
    observed.draws = draws_->leading(draws / times_.keep_every);
  }
  return observed;
}

void Observed::append(const Observed& next) {
  if (this->powers.has_value() != next.powers.has_value() ||
      this->products.has_value() != next.products.has_value() ||
      this->draws.has_value() != next.draws.has_value()) {
    throw std::logic_error("observations of different runs cannot be merged");
  }
  if (this->powers) {
    this->powers->merge(*next.powers);
    this->size->merge(*next.size);
  }
  if (this->products) {
    this->products->merge(*next.products);
  }
  if (this->draws) {
    this->draws->append(*next.draws);
  }
  this->acceptance.insert(this->acceptance.end(), next.acceptance.begin(), next.acceptance.end());
}

std::vector<std::byte> Observed::serialize() const {
  std::vector<std::byte> bytes;
  put_part(bytes, this->powers);
  put_part(bytes, this->size);
  put_part(bytes, this->products);
  put_part(bytes, this->draws);
  put_vector(bytes, this->acceptance);
  return bytes;
}

Observed Observed::deserialize(std::span<const std::byte> bytes) {
  Observed observed;
  observed.powers = take_part<BlockSums>(bytes);
  observed.size = take_part<BlockSums>(bytes);
  observed.products = take_part<BlockSums>(bytes);
  observed.draws = take_part<DrawStore>(bytes);
  observed.acceptance = take_vector<double>(bytes);
  return observed;
}

ObservedSummary summarize_observed(const Observed& observed, const Posterior& posterior,
                                   const ResolvedRun& run) {
  const Observers observers = observers_of(posterior, run.observe);
  ObservedSummary summary;
  if (observers.powers && observed.powers) {
    summary.cumulants = observers.powers->estimate(*observed.powers);
    summary.size = observers.size->estimate(*observed.size);
  }
  if (observers.products && observed.products) {
    summary.pairs = observers.products->pairs();
    summary.covariance = observers.products->estimate(*observed.products);
  }
  if (!observed.acceptance.empty()) {
    const auto [least, largest] = std::minmax_element(observed.acceptance.begin(), observed.acceptance.end());
    summary.least_acceptance = *least;
    summary.largest_acceptance = *largest;
  }
  return summary;
}

double observation_bytes(const ResolvedRun& run, std::size_t modes) {
  double numbers = 0;
  if (run.observe.cumulants) {
    numbers += static_cast<double>(ModePowers(std::vector<double>(modes)).length() +
                                   SizeHistogram(SizeGrid{}).length());
  }
  numbers += 3.0 * static_cast<double>(run.observe.pairs.size());
  return static_cast<double>(run.chains) * numbers * sizeof(double) + kept_draws(run, modes).bytes() +
         static_cast<double>(node_bytes(run, modes));
}

}  // namespace ridgeflow
