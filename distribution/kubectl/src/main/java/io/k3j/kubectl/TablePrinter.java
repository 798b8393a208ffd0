package io.k3j.kubectl;

import io.k3j.codec.TerminalText;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// Prints the server's Table form as kubectl does: upper-case heads, three blanks between columns.
final class TablePrinter {
    private static final int GAP = 3;

    private TablePrinter() {
    }

    static void print(Struct table, boolean wide, boolean namespaces, boolean heads, PrintStream out) {
        List<Struct> columns = table.seq("columnDefinitions").structs();
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(namespaces ? List.of("NAMESPACE") : List.of());
        columns.stream().filter(c -> shown(c, wide)).forEach(c -> head.add(c.text("name").toUpperCase()));
        if (heads) {
            rows.add(head);
        }
        for (Struct row : table.seq("rows").structs()) {
            List<String> cells = new ArrayList<>();
            if (namespaces) {
                cells.add(row.struct("object").struct("metadata").text("namespace"));
            }
            Seq values = row.seq("cells");
            for (int i = 0; i < columns.size(); i++) {
                if (shown(columns.get(i), wide)) {
                    Object v = i < values.size() ? values.get(i) : Null.NULL;
                    cells.add(v == Null.NULL ? "<none>" : TerminalText.escaped(v.toString()));
                }
            }
            rows.add(cells);
        }
        rows.forEach(row -> out.println(line(row, rows)));
    }

    private static boolean shown(Struct column, boolean wide) {
        return wide || column.whole("priority", 0) == 0;
    }

    private static String line(List<String> row, List<List<String>> rows) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            int at = i;
            int width = rows.stream().mapToInt(r -> r.get(at).length()).max().orElse(0);
            line.append(row.get(i));
            line.append(i == row.size() - 1 ? "" : " ".repeat(width - row.get(i).length() + GAP));
        }
        return line.toString();
    }
}
