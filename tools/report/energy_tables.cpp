#include <fmt/format.h>

#include "tools/energy_text.hpp"
#include "tools/report/page.hpp"

namespace neurosim::report {

nlohmann::ordered_json energy_tables(const Results& results) {
  const NetworkWork work = count_work(results);
  std::vector<EnergyEstimate> estimates;
  for (const Device& device : built_in_devices()) {
    estimates.push_back(estimate_energy(work, device));
  }
  TextTable prices = energy_table(work, estimates);
  prices.columns.push_back("without a price");
  for (std::size_t k = 0; k < estimates.size(); ++k) {
    prices.rows[k].push_back(fmt::format("{}", fmt::join(estimates[k].unpriced, ", ")));
  }
  auto tables = nlohmann::ordered_json::array();
  for (TextTable& table : std::vector{population_work_table(work), projection_work_table(work),
                                      neurobench_table(work), prices}) {
    tables.push_back(table_json(table.caption, std::move(table.columns), std::move(table.rows)));
  }
  return tables;
}

}  // namespace neurosim::report
