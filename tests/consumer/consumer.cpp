// Predicts the standard run with an installed RidgeFlow: the Hartree ridge, and mode 1 under two theories.
#include <cmath>
#include <cstdio>

#include <ridgeflow/model/posterior.hpp>
#include <ridgeflow/theory/prediction.hpp>

int main() {
  const ridgeflow::Posterior posterior(ridgeflow::power_law_spectrum(1000, 0.2, 0.3), ridgeflow::Couplings{});
  const ridgeflow::Prediction exact = ridgeflow::predict(posterior, ridgeflow::Theory::exact);
  std::printf("ridge %.6f, Hartree ridge %.6f, exact <d_1> %.9f\n", posterior.ridge(),
              posterior.hartree_ridge(), exact.mean[0]);
  // The values of tests/data/reference/fig3.csv.
  const bool right = std::abs(posterior.hartree_ridge() / 278.0737598010177 - 1) < 1e-9 &&
                     std::abs(exact.mean[0] / 3.581139656441012e-03 - 1) < 1e-9;
  return right ? 0 : 1;
}
