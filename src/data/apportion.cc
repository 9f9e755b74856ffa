#include "data/apportion.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <utility>

#include "base/check.h"

namespace lockstep {
namespace {

// One column of the table: its entries, each `whole` plus part / n. Rounding brings
// every part to 0 or n without changing the sum of a row or column.
struct Column {
  std::size_t number;
  std::vector<std::uint64_t> whole;  // [rows]
  std::vector<std::uint64_t> part;   // [rows]
};

struct Cell {
  std::size_t column;
  std::size_t row;
};

bool fractional(std::uint64_t part, std::uint64_t n) { return part != 0 && part != n; }

// The fractional cells that may lie on a cycle: those that are neither alone in
// their row nor in their column, even after all cells that are have been removed.
std::vector<Cell> core_of(const std::vector<Column>& columns, std::uint64_t n) {
  std::vector<Cell> cells;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    for (std::size_t r = 0; r < columns[c].part.size(); ++r) {
      if (fractional(columns[c].part[r], n)) cells.push_back({c, r});
    }
  }
  while (true) {
    std::vector<Cell> core;
    std::ranges::copy_if(cells, std::back_inserter(core), [&](const Cell& cell) {
      return std::ranges::count(cells, cell.row, &Cell::row) > 1 &&
             std::ranges::count(cells, cell.column, &Cell::column) > 1;
    });
    if (core.size() == cells.size()) return core;
    cells = std::move(core);
  }
}

// Fractional cells that form a closed path, alternately along a row and along a
// column, two in each row and column of the path; empty if there is no such path.
std::vector<Cell> find_cycle(const std::vector<Column>& columns, std::uint64_t n) {
  const std::vector<Cell> core = core_of(columns, n);
  if (core.empty()) return {};
  // The cells are the edges of a graph whose vertices are the rows and, numbered after
  // them, the columns. No vertex of the core is a dead end, so a walk that never
  // turns back reaches a vertex that it has visited before.
  const std::size_t rows = columns.front().part.size();
  const auto other_end = [&](const Cell& cell, std::size_t vertex) {
    return vertex < rows ? rows + cell.column : cell.row;
  };
  const auto touches = [&](const Cell& cell, std::size_t vertex) {
    return vertex == cell.row || vertex == rows + cell.column;
  };
  std::vector<std::size_t> walk;
  std::vector<Cell> steps;  // steps[i] goes from walk[i] to the next vertex
  std::size_t at = core.front().row;
  while (std::ranges::find(walk, at) == walk.end()) {
    const bool first = walk.empty();
    const std::size_t before = first ? 0 : walk.back();
    const auto step = std::ranges::find_if(core, [&](const Cell& cell) {
      return touches(cell, at) && (first || other_end(cell, at) != before);
    });
    walk.push_back(at);
    steps.push_back(*step);
    at = other_end(*step, at);
  }
  steps.erase(steps.begin(), steps.begin() + (std::ranges::find(walk, at) - walk.begin()));
  return steps;
}

// Shifts the cells of a cycle alternately up and down, by the least amount that makes
// one of them whole; no sum changes. Returns false when there is no cycle.
bool round_a_cycle(std::vector<Column>& columns, std::uint64_t n) {
  const std::vector<Cell> cycle = find_cycle(columns, n);
  if (cycle.empty()) return false;
  const auto part = [&](std::size_t i) -> std::uint64_t& {
    return columns[cycle[i].column].part[cycle[i].row];
  };
  // How far the cells with even (0) or odd (1) numbers can rise and the others fall.
  const auto room = [&](std::size_t up) {
    std::uint64_t least = n;
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      least = std::min(least, i % 2 == up ? n - part(i) : part(i));
    }
    return least;
  };
  const std::size_t up = room(0) <= room(1) ? 0 : 1;
  const std::uint64_t shift = room(up);
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    part(i) = i % 2 == up ? part(i) + shift : part(i) - shift;
  }
  return true;
}

// A share as its whole part and the rest in millionths. This tolerates rounding errors:
// 0.29 * 100 is a little below 29 in binary, and equal rests may differ slightly.
std::pair<std::uint64_t, std::int64_t> whole_and_rest(double share) {
  constexpr double kMillionth = 1e-6;
  const double nearest = std::round(share);
  const double whole = std::abs(share - nearest) < kMillionth ? nearest : std::floor(share);
  return {static_cast<std::uint64_t>(whole),
          std::max<std::int64_t>(0, std::llround((share - whole) / kMillionth))};
}

}  // namespace

std::vector<std::uint64_t> whole_shares(std::span<const double> shares, std::uint64_t n) {
  std::vector<std::uint64_t> counts;
  std::vector<std::int64_t> rests;
  const auto add = [&](double share) {
    const auto [whole, rest] = whole_and_rest(share);
    counts.push_back(whole);
    rests.push_back(rest);
  };
  for (const double share : shares) add(share);
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  add(std::max(0.0, static_cast<double>(n) - sum));  // the remainder

  const std::uint64_t given = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  check(given <= n && n - given <= counts.size(), "the shares add up to at most n");
  std::vector<std::size_t> order(counts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](auto a, auto b) { return rests[a] > rests[b]; });
  for (std::uint64_t k = 0; k < n - given; ++k) ++counts[order[k]];
  counts.pop_back();
  return counts;
}

std::vector<std::vector<std::uint64_t>> whole_table(std::span<const std::uint64_t> rows,
                                                    std::span<const std::uint64_t> columns) {
  const std::uint64_t n = std::accumulate(rows.begin(), rows.end(), std::uint64_t{0});
  check(n == std::accumulate(columns.begin(), columns.end(), std::uint64_t{0}) && n < 1ULL << 32,
        "rows and columns of a table have the same sum, below 2^32");
  std::vector<std::vector<std::uint64_t>> table(columns.size());
  // Columns that are not rounded yet. Without cycles they and the rows form a forest in
  // which each column has at least two edges, so there are fewer columns than rows.
  std::vector<Column> open;
  const auto close_whole_columns = [&] {
    std::erase_if(open, [&](const Column& column) {
      if (std::ranges::any_of(column.part, [&](auto part) { return fractional(part, n); })) {
        return false;
      }
      table[column.number] = column.whole;
      for (std::size_t r = 0; r < rows.size(); ++r) table[column.number][r] += column.part[r] / n;
      return true;
    });
  };
  for (std::size_t c = 0; c < columns.size(); ++c) {
    Column column{c, {}, {}};
    for (const std::uint64_t row : rows) {
      column.whole.push_back(row * columns[c] / n);
      column.part.push_back(row * columns[c] % n);
    }
    open.push_back(std::move(column));
    while (round_a_cycle(open, n)) {
    }
    close_whole_columns();
  }
  check(open.empty(), "a fraction with whole sums is not alone in its row or column");
  return table;
}

}  // namespace lockstep
