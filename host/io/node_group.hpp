// The group of a result that holds sums of superchains, from which any derived number gets a jackknife.
#pragma once

#include "ridgeflow/run/sampler.hpp"

#include "io/result_group.hpp"

namespace ridgeflow::io {

/// Bytes that write_node_moments() puts into the file for a run that keeps its nodes.
double node_group_bytes(const ResolvedRun& run, std::size_t modes);

/// `node_moments` (docs/derived-numbers.md): every sum of the nodes that \p samples have kept, but those that
/// follow from the others; nothing where none were kept.
void write_node_moments(ResultGroup& root, const Posterior& posterior, const SampleResult& samples);

}  // namespace ridgeflow::io
