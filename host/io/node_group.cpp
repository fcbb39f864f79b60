#include "io/node_group.hpp"

#include <array>
#include <string_view>
#include <vector>

#include "ridgeflow/measure/moments.hpp"

#include "io/observation_groups.hpp"

namespace ridgeflow::io {
namespace {

template <class Sums>
struct SumOf {
  std::string_view name;
  double Sums::*member;
  std::string_view long_name;
};

/// The sums over superchains are left out: they follow from x, xx and within of the merged nodes.
constexpr std::array kModeSums{
    SumOf<ModeSums>{"x", &ModeSums::x, "sum over chains of x, a chain's mean of d_k - centre"},
    SumOf<ModeSums>{"xx", &ModeSums::xx, "sum over chains of x^2"},
    SumOf<ModeSums>{"v", &ModeSums::v, "sum over chains of v, a chain's mean of (d_k - centre)^2"},
    SumOf<ModeSums>{"vv", &ModeSums::vv, "sum over chains of v^2"},
    SumOf<ModeSums>{"xv", &ModeSums::xv, "sum over chains of x v"},
    SumOf<ModeSums>{"within", &ModeSums::within,
                    "sum over chains of the unbiased variance of a chain's draws"},
    SumOf<ModeSums>{"half_x", &ModeSums::half_x, "sum over half chains of the mean of d_k - centre"},
    SumOf<ModeSums>{"half_xx", &ModeSums::half_xx, "sum over half chains of the square of that mean"},
    SumOf<ModeSums>{"half_within", &ModeSums::half_within,
                    "sum over half chains of the unbiased variance of their draws"},
    SumOf<ModeSums>{
        "batch_within", &ModeSums::batch_within,
        "sum over chains and batches of S^2/n, S the sum of d_k - centre over n draws, less that of "
        "all batches of a chain together"},
};

constexpr std::array kChainSums{
    SumOf<ChainSums>{"chains", &ChainSums::chains, "chains with a draw"},
    SumOf<ChainSums>{"draws", &ChainSums::draws, "draws of them"},
    SumOf<ChainSums>{"halves", &ChainSums::halves, "half chains with two draws or more"},
    SumOf<ChainSums>{"half_draws", &ChainSums::half_draws, "draws of them"},
    SumOf<ChainSums>{"accepted", &ChainSums::accepted, "passes accepted"},
    SumOf<ChainSums>{"size", &ChainSums::size, "sum over chains of a chain's mean of R - centre_size"},
    SumOf<ChainSums>{"size_sq", &ChainSums::size_sq, "sum over chains of the square of that mean"},
    SumOf<ChainSums>{"size_v", &ChainSums::size_v,
                     "sum over chains of a chain's mean of (R - centre_size)^2"},
    SumOf<ChainSums>{"size_vv", &ChainSums::size_vv, "sum over chains of the square of that mean"},
    SumOf<ChainSums>{"size_xv", &ChainSums::size_xv, "sum over chains of the product of both means"},
};

}  // namespace

double node_group_bytes(const ResolvedRun& run, std::size_t modes) {
  return static_cast<double>(node_bytes(run, modes)) / sizeof(ModeSums) * sizeof(double) * kModeSums.size();
}

void write_node_moments(ResultGroup& root, const Posterior& posterior, const SampleResult& samples) {
  if (!samples.moments.keeps_nodes() || samples.moments.empty()) {
    return;
  }
  ResultGroup& group = root.make_group("node_moments");
  const auto& nodes = samples.moments.nodes();
  const int node = group.add_counted_dimension("node", nodes.size(), {"1", "range of chains"});
  const int mode = group.add_counted_dimension("mode", posterior.modes(), kModeMeaning);

  std::vector<std::uint64_t> first;
  std::vector<std::uint64_t> length;
  for (const auto& [chain, sums] : nodes) {
    first.push_back(chain);
    length.push_back(std::uint64_t{1} << sums.level);
  }
  group.add_variable({"first_chain", {node}, std::move(first), "1", "index of the first chain"});
  group.add_variable({"length",
                      {node},
                      std::move(length),
                      "1",
                      "chains of the range, a power of two that divides first_chain"});
  for (const auto& [name, member, long_name] : kChainSums) {
    std::vector<double> values;
    for (const auto& [chain, sums] : nodes) {
      values.push_back(sums.chains.*member);
    }
    group.add(std::string(name), {node}, std::move(values), {"1", long_name});
  }
  for (const auto& [name, member, long_name] : kModeSums) {
    std::vector<double> values;
    values.reserve(nodes.size() * posterior.modes());
    for (const auto& [chain, sums] : nodes) {
      for (const ModeSums& of_mode : sums.modes) {
        values.push_back(of_mode.*member);
      }
    }
    group.add(std::string(name), {node, mode}, std::move(values), {"1", long_name});
  }
  const Centres centres = centres_of(posterior, samples.run);
  group.add("centre", {mode}, centres.mean, {"1", "what d_k is measured from"});
  group.add("centre_size", centres.size, {"1", "what R is measured from"});
  group.add("passes", samples.passes, {"1", "passes proposed in each chain"});
  group.add("batches", plan_so_far(samples.run, samples.passes).batches(),
            {"1", "whole batches of each chain"});
}

}  // namespace ridgeflow::io
