package io.k3j.cli;

import java.util.List;

/// Rows of text as Go's tabwriter aligns them for K3s: three spaces between columns.
final class Columns {
    private static final int GAP = 3;

    private Columns() {
    }

    /// @param least how wide a column is at least, with the gap behind it; the last has none
    static String text(List<List<String>> rows, int least) {
        int columns = rows.getFirst().size();
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                int column = i;
                int width = i == columns - 1 ? 0
                        : Math.max(least, rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0) + GAP);
                text.append(row.get(i)).repeat(' ', Math.max(0, width - row.get(i).length()));
            }
            text.append('\n');
        }
        return text.toString();
    }
}
