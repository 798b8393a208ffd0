package io.k3j.nodewrites;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Parses `node-writes.txt`, whose head describes the format. Afterwards immutable, for any thread.
final class NodeWriteTable {
    private final Map<String, List<Entry>> entries = new HashMap<>();
    private final List<Row> everywhere = new ArrayList<>();
    private List<String> identities = List.of();
    private @Nullable Entry entry;

    private NodeWriteTable() {
    }

    /// A field, or "." for the object.
    record Row(String path, NodeRule rule, List<String> arguments, String words) {
    }

    /// What may be written by some operations on some resources.
    /// @param words why a field is refused that has no row
    /// @param whole the rows of the object
    record Entry(List<String> resources, Set<Operation> operations, String words, List<Row> whole, Fields fields) {
        private boolean fits(String resource, Operation operation) {
            return operations.contains(operation) && resources.stream().anyMatch(r -> r.endsWith("/*")
                    ? (resource + "/").startsWith(r.substring(0, r.length() - 1)) : r.equals(resource));
        }
    }

    /// A place in objects, with the row that stands for it or with those below it.
    static final class Fields {
        private final Map<String, Fields> below = new HashMap<>();
        private @Nullable Row row;

        /// The row of this place and all below it.
        @Nullable
        Row row() {
            return row;
        }

        /// The places right below, by the name of a field, or `[]` and `[k=v]` for elements.
        Map<String, Fields> below() {
            return below;
        }

        /// An element of a list.
        @Nullable
        Fields element(Object element) {
            for (Map.Entry<String, Fields> e : below.entrySet()) {
                String key = e.getKey();
                int eq = key.indexOf('=');
                if (eq > 0 && element instanceof Struct s
                        && s.text(key.substring(1, eq)).equals(key.substring(eq + 1, key.length() - 1))) {
                    return e.getValue();
                }
            }
            return below.get("[]");
        }

        private void add(Row added) {
            Fields at = this;
            for (String name : added.path().replace("[", ".[").split("\\.")) {
                at = at.below.computeIfAbsent(name, n -> new Fields());
            }
            at.row = added;
        }
    }

    /// The table of this library.
    static NodeWriteTable read() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                NodeWriteTable.class.getResourceAsStream("/io/k3j/nodewrites/node-writes.txt"),
                StandardCharsets.UTF_8))) {
            return parse(in.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @throws IllegalArgumentException for a rule or an operation that there is not
    static NodeWriteTable parse(List<String> lines) {
        NodeWriteTable table = new NodeWriteTable();
        lines.stream().filter(l -> !l.isEmpty() && l.charAt(0) != '#').forEach(table::line);
        return table;
    }

    /// What an identity may write so; empty: nothing.
    Optional<Entry> entry(String identity, Write write) {
        String main = write.kind().gvr().qualified();
        String resource = write.subresource().isEmpty() ? main : main + "/" + write.subresource();
        return entries.getOrDefault(identity, List.of()).stream().filter(e -> e.fits(resource, write.operation()))
                .findFirst();
    }

    /// By identity, in the order in which they count.
    Map<String, List<Entry>> entries() {
        return entries;
    }

    private void line(String line) {
        int bar = line.indexOf('|');
        String words = bar < 0 ? "" : line.substring(bar + 1);
        String head = bar < 0 ? line : line.substring(0, bar);
        switch (head.charAt(0)) {
            case '=' -> identities = List.of(head.substring(2).split(" "));
            case '+' -> everywhere.addAll(rows(head.substring(2), words));
            case ' ' -> rows(head.substring(2), words).forEach(this::add);
            default -> begin(head.split(" "), words);
        }
    }

    private void begin(String[] head, String words) {
        Set<Operation> operations = list(head[1]).stream().map(o -> Operation.valueOf(o.toUpperCase(Locale.ROOT)))
                .collect(Collectors.toUnmodifiableSet());
        Entry begun = new Entry(list(head[0]), operations, words, new ArrayList<>(), new Fields());
        everywhere.forEach(begun.fields::add);
        identities.forEach(i -> entries.computeIfAbsent(i, k -> new ArrayList<>()).add(begun));
        entry = begun;
    }

    private void add(Row row) {
        Entry here = entry;
        if (here == null) {
            throw new IllegalArgumentException("no resource above the field " + row.path());
        }
        if (row.path().equals(".")) {
            here.whole.add(row);
        } else {
            here.fields.add(row);
        }
    }

    private static List<Row> rows(String head, String words) {
        int blank = head.lastIndexOf(' ');
        String rule = head.substring(blank + 1);
        int eq = rule.indexOf('=');
        NodeRule asked = NodeRule.of(eq < 0 ? rule : rule.substring(0, eq));
        List<String> arguments = eq < 0 ? List.of() : list(rule.substring(eq + 1));
        return list(head.substring(0, blank)).stream().map(p -> new Row(p, asked, arguments, words)).toList();
    }

    private static List<String> list(String word) {
        return Arrays.asList(word.split(","));
    }
}
