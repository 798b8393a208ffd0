package io.k3j.schemagen;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The facts neither jar has, read from the `.tsv` files beside this class.
final class Overlay {
    private final Map<String, List<String>> fields = new LinkedHashMap<>();
    private final Map<String, List<String>> patch = new LinkedHashMap<>();
    /// Messages the protobuf jar lacks: definition to its rows.
    final Map<String, Map<String, List<String>>> messages = new LinkedHashMap<>();
    /// Definitions that neither jar has: definition to its rows, by field.
    final Map<String, Map<String, List<String>>> types = new LinkedHashMap<>();
    final Map<String, String> groups = new LinkedHashMap<>();
    final Map<String, String> kinds = new LinkedHashMap<>();

    Overlay() {
        rows("fields.tsv").forEach(r -> fields.put(r.get(0) + "#" + r.get(1), r));
        rows("patch.tsv").forEach(r -> patch.put(r.get(0) + "#" + r.get(1), r));
        rows("messages.tsv")
                .forEach(r -> messages.computeIfAbsent(r.get(0), k -> new LinkedHashMap<>()).put(r.get(1), r));
        rows("types.tsv").forEach(r -> types.computeIfAbsent(r.get(0), k -> new LinkedHashMap<>()).put(r.get(1), r));
        rows("groups.tsv").forEach(r -> groups.put(r.get(0), r.get(1)));
        rows("kinds.tsv").forEach(r -> kinds.put(r.get(0), r.get(1)));
    }

    private static List<List<String>> rows(String file) {
        try (InputStream in = Overlay.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing");
            }
            List<List<String>> rows = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                if (!line.startsWith("#") && !line.isBlank()) {
                    rows.add(cells(line));
                }
            }
            return rows;
        } catch (IOException e) {
            throw new IllegalStateException(file, e);
        }
    }

    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>(List.of(line.split("\t", -1)));
        while (cells.size() < 7) {
            cells.add("");
        }
        return cells;
    }

    /// Go's flags: some of `panv`, else empty.
    String flags(String definition, String field) {
        return cell(fields, definition, field, 2);
    }

    String defaultJson(String definition, String field) {
        return cell(fields, definition, field, 3);
    }

    List<String> choices(String definition, String field) {
        String text = cell(fields, definition, field, 4);
        return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    }

    Node.Rules rules(String definition, String field) {
        List<String> r = patch.get(definition + "#" + field);
        return r == null ? Node.Rules.NONE : new Node.Rules(r.get(2), r.get(3), r.get(4),
                r.get(5).isEmpty() ? List.of() : List.of(r.get(5).split(",")), r.get(6));
    }

    private static String cell(Map<String, List<String>> table, String definition, String field, int column) {
        List<String> row = table.get(definition + "#" + field);
        return row == null ? "" : row.get(column);
    }
}
