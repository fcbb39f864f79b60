#include "ridgeflow/measure/block_sums.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "measure/bytes.hpp"

namespace ridgeflow {

BlockSums::BlockSums(ChainRange whole, std::size_t length) : whole_(whole), length_(length) {
  if (whole.chains < kBlocks || length == 0) {
    throw std::logic_error("sums over blocks need as many chains as blocks, and something to sum");
  }
  const auto begin = [&](std::uint64_t b) { return (b * whole.chains + kBlocks - 1) / kBlocks; };
  for (std::uint64_t b = 0; b < kBlocks; ++b) {
    blocks_.push_back({whole.first + begin(b), begin(b + 1) - begin(b), {}, {}});
  }
}

void BlockSums::add(std::uint64_t chain, std::span<const double> row) {
  if (chain < whole_.first || chain - whole_.first >= whole_.chains || row.size() != length_) {
    throw std::logic_error("a row of sums is added to a run that has no place for it");
  }
  Block& block = blocks_[(chain - whole_.first) * kBlocks / whole_.chains];
  if (!block.sum.empty() || !block.rows.emplace(chain, std::vector<double>(row.begin(), row.end())).second) {
    throw std::logic_error("a chain is added twice to the sums of its block");
  }
  this->close_if_whole(block);
}

void BlockSums::merge(const BlockSums& other) {
  if (other.whole_.first != whole_.first || other.whole_.chains != whole_.chains ||
      other.length_ != length_) {
    throw std::logic_error("sums over blocks of different runs cannot be merged");
  }
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const Block& theirs = other.blocks_[b];
    if (theirs.sum.empty()) {
      for (const auto& [chain, row] : theirs.rows) {
        this->add(chain, row);
      }
    } else if (!blocks_[b].sum.empty() || !blocks_[b].rows.empty()) {
      throw std::logic_error("a chain is added twice to the sums of its block");
    } else {
      blocks_[b].sum = theirs.sum;
    }
  }
}

void BlockSums::close_if_whole(Block& block) const {
  if (block.rows.size() < block.chains) {
    return;
  }
  block.sum.assign(length_, 0.0);
  for (const auto& [chain, row] : block.rows) {
    for (std::size_t i = 0; i < length_; ++i) {
      block.sum[i] += row[i];
    }
  }
  block.rows.clear();
}

bool BlockSums::complete() const {
  return !blocks_.empty() &&
         std::all_of(blocks_.begin(), blocks_.end(), [](const Block& b) { return !b.sum.empty(); });
}

const std::vector<double>& BlockSums::block(std::size_t b) const {
  if (!this->complete()) {
    throw std::logic_error("sums over blocks are asked for before all chains are there");
  }
  return blocks_.at(b).sum;
}

std::vector<std::byte> BlockSums::serialize() const {
  std::vector<std::byte> bytes;
  put_number(bytes, whole_);
  put_number(bytes, static_cast<std::uint64_t>(length_));
  for (const Block& block : blocks_) {
    put_vector(bytes, block.sum);
    put_number(bytes, static_cast<std::uint64_t>(block.rows.size()));
    for (const auto& [chain, row] : block.rows) {
      put_number(bytes, chain);
      put_vector(bytes, row);
    }
  }
  return bytes;
}

BlockSums BlockSums::deserialize(std::span<const std::byte> bytes) {
  const auto whole = take_number<ChainRange>(bytes);
  const auto length = take_number<std::uint64_t>(bytes);
  BlockSums sums(whole, length);
  for (Block& block : sums.blocks_) {
    block.sum = take_vector<double>(bytes);
    if (!block.sum.empty() && block.sum.size() != length) {
      throw std::logic_error("the bytes of sums over blocks are not in order");
    }
    const auto rows = take_number<std::uint64_t>(bytes);
    for (std::uint64_t i = 0; i < rows; ++i) {
      const auto chain = take_number<std::uint64_t>(bytes);
      sums.add(chain, take_vector<double>(bytes));
    }
  }
  if (!bytes.empty()) {
    throw std::logic_error("the bytes of sums over blocks go on after their end");
  }
  return sums;
}

std::vector<double> total_of(const BlockSums& sums) {
  std::vector<double> total(sums.length(), 0.0);
  for (std::size_t b = 0; b < BlockSums::kBlocks; ++b) {
    const std::vector<double>& block = sums.block(b);
    for (std::size_t i = 0; i < total.size(); ++i) {
      total[i] += block[i];
    }
  }
  return total;
}

std::vector<Measured> jackknife(const BlockSums& sums, const Statistic& statistic, std::size_t outputs) {
  constexpr std::size_t kBlocks = BlockSums::kBlocks;
  const std::vector<double> total = total_of(sums);
  std::vector<double> all(outputs);
  statistic(total, all);
  std::vector<std::vector<double>> pseudo(kBlocks, std::vector<double>(outputs));  // tau_b
  std::vector<double> share(kBlocks);                                              // 1/h_b
  std::vector<double> row(total.size());
  for (std::size_t b = 0; b < kBlocks; ++b) {
    const std::vector<double>& block = sums.block(b);
    std::transform(total.begin(), total.end(), block.begin(), row.begin(),
                   [](double whole, double part) { return whole - part; });
    share[b] = block[0] > 0 ? block[0] / total[0] : std::numeric_limits<double>::quiet_NaN();
    std::vector<double>& tau = pseudo[b];
    statistic(row, tau);
    for (std::size_t i = 0; i < outputs; ++i) {
      tau[i] = (all[i] - (1.0 - share[b]) * tau[i]) / share[b];
    }
  }
  std::vector<Measured> estimates(outputs);
  for (std::size_t i = 0; i < outputs; ++i) {
    double centre = 0;
    for (std::size_t b = 0; b < kBlocks; ++b) {
      centre += share[b] * pseudo[b][i];
    }
    double square = 0;
    for (std::size_t b = 0; b < kBlocks; ++b) {
      const double off = pseudo[b][i] - centre;
      square += off * off * share[b] / (1.0 - share[b]);
    }
    estimates[i] = {all[i], std::sqrt(square / static_cast<double>(kBlocks))};
  }
  return estimates;
}

}  // namespace ridgeflow
