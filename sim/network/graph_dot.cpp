#include "sim/network/graph.hpp"
#include "sim/network/spellings.hpp"
#include "sim/network/yaml_text.hpp"

namespace neurosim {
namespace {

/// Text for the inside of a quoted DOT string.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string in_quotes(const std::string& escaped_text) { return '"' + escaped_text + '"'; }

std::string shape_text(const PopulationSpec& population) {
  std::string text;
  for (const std::size_t extent : population.shape) {
    text += (text.empty() ? "" : " x ") + std::to_string(extent);
  }
  return text;
}

/// Sources are parallelograms, spiking populations ellipses, read-out ones boxes.
std::string_view node_shape(const PopulationSpec& population) {
  if (population.source) return "parallelogram";
  return population.info != nullptr && !population.info->spikes ? "box" : "ellipse";
}

struct WeightLabel {
  std::string operator()(const ConstantWeights& w) const { return number_text(w.value); }
  std::string operator()(const UniformWeights& w) const {
    return "U(" + number_text(w.low) + ", " + number_text(w.high) + ")";
  }
  std::string operator()(const NormalWeights& w) const {
    return "N(" + number_text(w.mean) + ", " + number_text(w.standard_deviation) + ")";
  }
  std::string operator()(const XavierUniformWeights& w) const {
    return w.gain == 1 ? "xavier_uniform" : "xavier_uniform, gain " + number_text(w.gain);
  }
  std::string operator()(const ClassGroupWeights& w) const {
    return number_text(w.excitatory) + " / " + number_text(w.inhibitory);
  }
  std::string operator()(const FileArray& w) const {
    return escaped(w.file.substr(w.file.find_last_of('/') + 1) + ":" + w.dataset);
  }
};

std::string times_text(const std::array<std::int64_t, 2>& pair) {
  return std::to_string(pair[0]) + " x " + std::to_string(pair[1]);
}

std::string connect_label(const ConnectSpec& connect) {
  std::string label(kConnectNames[static_cast<std::size_t>(connect.kind)]);
  if (connect.kind == Connect::kFixedProbability) {
    label += " p = " + number_text(connect.probability);
  } else if (connect.kind == Connect::kFixedIndegree) {
    label += " " + std::to_string(connect.indegree);
  } else if (connect.kind == Connect::kConv2d || connect.kind == Connect::kPool2d) {
    label +=
        " " + times_text(connect.window.kernel) + ", stride " + times_text(connect.window.stride);
  }
  return label;
}

std::string edge_label(const ProjectionSpec& projection) {
  std::string label =
      connect_label(projection.connect) + "\\n" + std::visit(WeightLabel{}, projection.weights);
  return label + "\\ndelay " +
         (projection.drawn_delay ? std::visit(WeightLabel{}, *projection.drawn_delay)
                                 : std::to_string(projection.delay));
}

}  // namespace

std::string to_dot(const Description& description) {
  std::string text = "digraph " + in_quotes(escaped(description.name)) + " {\n";
  text += "  rankdir=LR;\n  node [fontname=\"Helvetica\"];\n";
  text += "  edge [fontname=\"Helvetica\", fontsize=10];\n";
  for (const PopulationSpec& population : description.populations) {
    text += "  " + in_quotes(population.name) + " [shape=" + std::string(node_shape(population)) +
            ", label=" +
            in_quotes(population.name + "\\n" + population.model + "\\n" + shape_text(population)) +
            "];\n";
  }
  for (const ProjectionSpec& projection : description.projections) {
    text += "  " + in_quotes(description.populations[projection.from].name) + " -> " +
            in_quotes(description.populations[projection.to].name) +
            " [label=" + in_quotes(edge_label(projection)) +
            (projection.learn ? ", style=bold" : "") + "];\n";
  }
  return text + "}\n";
}

}  // namespace neurosim
