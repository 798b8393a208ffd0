package io.k3j.stockrows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The committed description of kine's table and rows, `kine-form.txt`.
record KineForm(List<String> lines) {
    private static final String INDEX = "index ";

    static KineForm read() throws IOException {
        try (InputStream in = Objects.requireNonNull(KineForm.class.getResourceAsStream("kine-form.txt"))) {
            return new KineForm(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.startsWith("#")).toList());
        }
    }

    private List<String> beginning(String word) {
        return lines.stream().filter(line -> line.startsWith(word)).toList();
    }

    /// Where a table differs, in words; indexes that are not unique are needed only if `allIndexes`.
    List<String> tableDifferences(List<String> found, boolean allIndexes) {
        List<String> problems = new ArrayList<>();
        for (String line : lines) {
            boolean index = line.startsWith(INDEX);
            boolean needed = line.startsWith("column ") || index && (allIndexes || line.startsWith(INDEX + "unique "));
            if (needed && !found.contains(line)) {
                problems.add("missing: " + line);
            }
        }
        found.stream().filter(line -> !lines.contains(line)).forEach(line -> problems.add("unknown: " + line));
        List<String> columns = found.stream().filter(line -> line.startsWith("column ")).toList();
        if (problems.isEmpty() && !columns.equals(beginning("column "))) {
            problems.add("columns in another order: " + columns);
        }
        return problems;
    }

    /// Where the rows of one name differ, in words.
    List<String> rowDifferences(List<String> found) {
        return differences(beginning("row "), found);
    }

    /// Where what a compaction has left of them differs.
    List<String> leftDifferences(List<String> found) {
        return differences(beginning("left ").stream().map(line -> line.replace("left ", "row ")).toList(), found);
    }

    private static List<String> differences(List<String> wanted, List<String> found) {
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < Math.max(wanted.size(), found.size()); i++) {
            String want = i < wanted.size() ? wanted.get(i) : "nothing";
            String have = i < found.size() ? found.get(i) : "nothing";
            boolean same = want.endsWith("*") ? have.startsWith(want.substring(0, want.length() - 1))
                    : have.equals(want);
            if (!same) {
                problems.add(have + " in place of " + want);
            }
        }
        return problems;
    }
}
