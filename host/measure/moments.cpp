#include "ridgeflow/measure/moments.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "measure/bytes.hpp"

namespace ridgeflow {

ModeSums& ModeSums::operator+=(const ModeSums& other) {
  x += other.x;
  xx += other.xx;
  v += other.v;
  vv += other.vv;
  xv += other.xv;
  half_x += other.half_x;
  half_xx += other.half_xx;
  half_within += other.half_within;
  batch_within += other.batch_within;
  within += other.within;
  super_x += other.super_x;
  super_xx += other.super_xx;
  super_within += other.super_within;
  return *this;
}

ChainSums& ChainSums::operator+=(const ChainSums& other) {
  chains += other.chains;
  draws += other.draws;
  halves += other.halves;
  half_draws += other.half_draws;
  accepted += other.accepted;
  superchains += other.superchains;
  size += other.size;
  size_sq += other.size_sq;
  size_v += other.size_v;
  size_vv += other.size_vv;
  size_xv += other.size_xv;
  return *this;
}

namespace {

/// Draws of a chain, by half.
struct Counts {
  double first;
  double second;
  double batch;  ///< in finished batches
  double total() const { return this->first + this->second; }
};

Counts counts_of(const ChainBlock& b, std::uint64_t c) {
  const auto first = static_cast<double>(b.first_measured[c]);
  return {first, static_cast<double>(b.measured[c]), first + static_cast<double>(b.batch_measured[c])};
}

void add_half(ModeSums& sums, double n, double sum, double square) {
  if (n < 2) {
    return;
  }
  const double mean = sum / n;
  sums.half_x += mean;
  sums.half_xx += mean * mean;
  sums.half_within += (square - sum * mean) / (n - 1);
}

/// The sums of one chain, all modes.
void leaf_sums(const ChainBlock& b, std::uint64_t c, std::vector<ModeSums>& modes, ChainSums& chain) {
  const Counts n = counts_of(b, c);
  chain = {};
  chain.accepted = static_cast<double>(b.accepted[c]);
  modes.assign(b.modes, {});
  if (n.total() < 1) {
    return;
  }
  chain.chains = 1;
  chain.draws = n.total();
  for (const double half : {n.first, n.second}) {
    if (half >= 2) {
      chain.halves += 1;
      chain.half_draws += half;
    }
  }
  chain.size = b.size_sum[c] / n.total();
  chain.size_v = b.size_square[c] / n.total();
  chain.size_sq = chain.size * chain.size;
  chain.size_vv = chain.size_v * chain.size_v;
  chain.size_xv = chain.size * chain.size_v;
  for (std::uint32_t k = 0; k < b.modes; ++k) {
    const std::uint64_t i = c * b.modes + k;
    const double sum = b.sum[i] + b.recent_sum[i];
    const double square = b.square[i] + b.recent_square[i];
    ModeSums& m = modes[k];
    m.x = (b.first_sum[i] + sum) / n.total();
    m.v = (b.first_square[i] + square) / n.total();
    m.xx = m.x * m.x;
    m.vv = m.v * m.v;
    m.xv = m.x * m.v;
    m.within = n.total() < 2 ? 0.0 : (m.v - m.xx) * n.total() / (n.total() - 1);
    add_half(m, n.first, b.first_sum[i], b.first_square[i]);
    add_half(m, n.second, sum, square);
    if (n.batch > 0) {
      const double covered = b.first_sum[i] + b.batch_origin[i];
      m.batch_within = b.batch_square[i] - covered * covered / n.batch;
    }
  }
}

void add_to(std::vector<ModeSums>& sums, const std::vector<ModeSums>& more) {
  for (std::size_t k = 0; k < sums.size(); ++k) {
    sums[k] += more[k];
  }
}
void add_to(ChainSums& sums, const ChainSums& more) {
  sums += more;
}

/// \p member of all \p nodes as the whole tree sums it, whichever of its nodes were kept apart: siblings
/// first, then what is left, from the first chain on. \p zero: of no chains.
template <class Sums>
Sums sum_of(const std::map<std::uint64_t, Moments::Node>& nodes, Sums Moments::Node::*member, Sums zero) {
  struct Subtree {
    std::uint64_t first;
    std::uint32_t level;
    Sums sums;
  };
  std::vector<Subtree> whole;
  const auto ends_in_siblings = [&] {
    if (whole.size() < 2) {
      return false;
    }
    const Subtree& left = whole[whole.size() - 2];
    const Subtree& right = whole.back();
    return left.level == right.level && (left.first ^ right.first) == std::uint64_t{1} << left.level;
  };
  for (const auto& [first, node] : nodes) {
    whole.push_back({first, node.level, node.*member});
    while (ends_in_siblings()) {
      Subtree& left = whole[whole.size() - 2];
      add_to(left.sums, whole.back().sums);
      ++left.level;
      whole.pop_back();
    }
  }
  for (const Subtree& subtree : whole) {
    add_to(zero, subtree.sums);
  }
  return zero;
}

}  // namespace

std::uint64_t chains_per_superchain(std::uint64_t chains) {
  return std::bit_floor(std::max<std::uint64_t>(chains / kSuperchains, 1));
}

std::uint64_t kept_nodes(std::uint64_t first_chain, std::uint64_t chains) {
  std::uint64_t nodes = 0;
  const std::uint64_t end = first_chain + chains;
  for (std::uint64_t next = first_chain; next < end; ++nodes) {
    const std::uint64_t aligned = next == 0 ? chains : next & (~next + 1);  // the largest power of two in it
    next += std::bit_floor(std::min({aligned, chains_per_superchain(chains), end - next}));
  }
  return nodes;
}

Moments::Moments(std::uint32_t modes, std::uint64_t chains, KeepNodes keep)
    : modes_(modes),
      superchain_level_(chains == 0
                            ? kNoLevel
                            : static_cast<std::uint32_t>(std::countr_zero(chains_per_superchain(chains)))),
      kept_level_(keep == KeepNodes::kYes ? superchain_level_ : kNoLevel) {}

std::uint64_t Moments::superchain_length() const {
  return superchain_level_ == kNoLevel ? 0 : std::uint64_t{1} << superchain_level_;
}

void Moments::close_superchain(Node& node) const {
  if (node.level != superchain_level_ || node.chains.chains < 1) {
    return;
  }
  const double chains = node.chains.chains;
  node.chains.superchains = 1;
  for (ModeSums& m : node.modes) {
    const double mean = m.x / chains;
    const double between = chains < 2 ? 0.0 : (m.xx / chains - mean * mean) * chains / (chains - 1);
    m.super_x = mean;
    m.super_xx = mean * mean;
    m.super_within = between + m.within / chains;
  }
}

void Moments::add(const ChainBlock& block) {
  if (modes_ == 0) {
    modes_ = block.modes;
  }
  if (block.modes != modes_) {
    throw std::logic_error("moments of systems with different modes cannot be added");
  }
  for (std::uint64_t c = 0; c < block.chains; ++c) {
    Node node{0, {}, {}};
    leaf_sums(block, c, node.modes, node.chains);
    this->close_superchain(node);
    this->insert(block.first_chain + c, std::move(node));
  }
}

void Moments::merge(const Moments& other) {
  if (other.empty()) {
    return;
  }
  if (modes_ == 0) {
    modes_ = other.modes_;
    superchain_level_ = other.superchain_level_;
    kept_level_ = other.kept_level_;
  }
  if (modes_ != other.modes_ || superchain_level_ != other.superchain_level_ ||
      kept_level_ != other.kept_level_) {
    throw std::logic_error(
        "moments of systems with different modes, superchains or kept nodes cannot be merged");
  }
  for (const auto& [first, node] : other.nodes_) {
    this->insert(first, node);
  }
}

void Moments::insert(std::uint64_t first_chain, Node node) {
  // Carry: while the sibling under the fixed tree is complete, left plus right becomes the parent.
  while (node.level != kept_level_) {
    const std::uint64_t span = std::uint64_t{1} << node.level;
    const std::uint64_t sibling = first_chain ^ span;
    const auto found = nodes_.find(sibling);
    if (found == nodes_.end() || found->second.level != node.level) {
      break;
    }
    Node& other = found->second;
    Node& left = sibling < first_chain ? other : node;
    const Node& right = sibling < first_chain ? node : other;
    add_to(left.modes, right.modes);
    left.chains += right.chains;
    Node parent = std::move(left);
    parent.level += 1;
    this->close_superchain(parent);
    nodes_.erase(found);
    node = std::move(parent);
    first_chain = std::min(first_chain, sibling);
  }
  nodes_.insert_or_assign(first_chain, std::move(node));
}

std::vector<std::byte> Moments::serialize() const {
  static_assert(std::is_trivially_copyable_v<ModeSums> && std::is_trivially_copyable_v<ChainSums>);
  std::vector<std::byte> bytes;
  put(bytes, &modes_, sizeof modes_);
  put(bytes, &superchain_level_, sizeof superchain_level_);
  put(bytes, &kept_level_, sizeof kept_level_);
  for (const auto& [first, node] : nodes_) {
    put(bytes, &first, sizeof first);
    put(bytes, &node.level, sizeof node.level);
    put(bytes, &node.chains, sizeof node.chains);
    put(bytes, node.modes.data(), node.modes.size() * sizeof(ModeSums));
  }
  return bytes;
}

Moments Moments::deserialize(std::span<const std::byte> bytes) {
  std::uint32_t modes = 0;
  take(bytes, &modes, sizeof modes);
  Moments moments(modes);
  take(bytes, &moments.superchain_level_, sizeof moments.superchain_level_);
  take(bytes, &moments.kept_level_, sizeof moments.kept_level_);
  while (!bytes.empty()) {
    std::uint64_t first = 0;
    Node node{0, std::vector<ModeSums>(modes), {}};
    take(bytes, &first, sizeof first);
    take(bytes, &node.level, sizeof node.level);
    take(bytes, &node.chains, sizeof node.chains);
    take(bytes, node.modes.data(), node.modes.size() * sizeof(ModeSums));
    moments.insert(first, std::move(node));
  }
  return moments;
}

std::vector<ModeSums> Moments::mode_sums() const {
  return sum_of(nodes_, &Node::modes, std::vector<ModeSums>(modes_));
}

ChainSums Moments::chain_sums() const {
  return sum_of(nodes_, &Node::chains, ChainSums{});
}

}  // namespace ridgeflow
