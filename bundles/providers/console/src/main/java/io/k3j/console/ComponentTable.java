package io.k3j.console;

import io.k3j.componentapi.Components.Component;
import java.util.ArrayList;
import java.util.List;

/// Formats components as a table whose columns are as wide as their widest cell.
final class ComponentTable {
    private static final List<String> HEAD = List.of("NAME", "VERSION", "STATE", "HEALTH", "POLICY", "SINCE",
            "MESSAGE");
    private static final int GAP = 3;

    private ComponentTable() {
    }

    /// The rows; `wide` adds the symbolic name after the name, and who has signed the jar before the message.
    static List<String> of(List<Component> components, boolean wide) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(row(wide, "SYMBOLIC-NAME", "SIGNER", HEAD));
        for (Component c : components) {
            rows.add(row(wide, c.symbolicName(), c.signer().isEmpty() ? "-" : c.signer(), List.of(c.name(), c.version(),
                    c.state(), c.health().name(), c.policy().name(), c.since(), c.message())));
        }
        return lines(rows);
    }

    /// Rows of cells as lines.
    static List<String> lines(List<List<String>> rows) {
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            lines.add(line(row, rows));
        }
        return lines;
    }

    private static List<String> row(boolean wide, String symbolicName, String signer, List<String> narrow) {
        List<String> row = new ArrayList<>(narrow);
        if (wide) {
            row.add(row.size() - 1, signer);
            row.add(1, symbolicName);
        }
        return row;
    }

    private static String line(List<String> row, List<List<String>> rows) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.size(); column++) {
            String cell = row.get(column);
            line.append(cell).append(" ".repeat(width(rows, column) - cell.length() + GAP));
        }
        return line.toString().stripTrailing();
    }

    private static int width(List<List<String>> rows, int column) {
        int width = 0;
        for (List<String> row : rows) {
            width = Math.max(width, row.get(column).length());
        }
        return width;
    }
}
