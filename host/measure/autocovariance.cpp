#include "measure/autocovariance.hpp"

#include <algorithm>
#include <bit>
#include <complex>

#include <unsupported/Eigen/FFT>

#include "measure/chain_table.hpp"

namespace ridgeflow {

// Wiener and Khinchin: the lagged products are the Fourier transform of the power spectrum, of chains padded
// with zeros so that no lag wraps around. Spectra are summed over chains, so that one inverse transform
// serves them all.
std::vector<double> lagged_products(std::span<const double> values, std::size_t draws, std::size_t lags) {
  const std::size_t length = std::max<std::size_t>(4, std::bit_ceil(draws + lags - 1));
  const auto points = static_cast<Eigen::Index>(length);
  Eigen::FFT<double> transform;
  transform.SetFlag(Eigen::FFT<double>::HalfSpectrum);
  std::vector<double> padded(length);
  std::vector<std::complex<double>> spectrum(length / 2 + 1);
  std::vector<std::complex<double>> power(length / 2 + 1);
  for (std::size_t first = 0; first < values.size(); first += draws) {
    const std::span<const double> chain = values.subspan(first, draws);
    const double mean = mean_of(chain);
    std::transform(chain.begin(), chain.end(), padded.begin(), [mean](double x) { return x - mean; });
    transform.fwd(spectrum.data(), padded.data(), points);
    for (std::size_t i = 0; i < power.size(); ++i) {
      power[i] += std::norm(spectrum[i]);
    }
  }
  transform.inv(padded.data(), power.data(), points);
  padded.resize(lags);
  return padded;
}

}  // namespace ridgeflow
