package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.ResourceKind.Column;
import io.k3j.apiserverapi.ResourceKind.Names;
import io.k3j.apiserverapi.ResourceKind.Scope;
import io.k3j.apiserverapi.ResourceKind.Storage;
import io.k3j.apiserverapi.ResourceKind.Strategy;
import io.k3j.apiserverapi.ResourceKind.Subresource;
import io.k3j.componentbase.FeatureGate;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.schema.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Parses `kinds.txt`, the table of built-in resources; the head of the file describes its format.
final class KindTable {
    private static final Set<String> ALL_VERBS = Set.of("create", "delete", "deletecollection", "get", "list", "patch",
            "update", "watch");
    private static final Column NAME = new Column("Name", "string", "name", "Name of the object.", 0, "");

    private final Function<Gvk, Shape> shapes;
    private final ApiEnablement enablement;
    /// All resources of the table, with whether they are served by default.
    private final Map<Gvr, Boolean> known = new HashMap<>();
    private final List<ResourceKind> kinds = new ArrayList<>();
    private final Map<Gvk, List<String>> cells = new HashMap<>();
    private final List<Column> columns = new ArrayList<>();
    private final List<String> expressions = new ArrayList<>();
    private final Map<String, List<String>> subresourceRows = new HashMap<>();
    private String apiVersion = "";
    private boolean byDefault = true;
    private String row = "";

    private KindTable(Function<Gvk, Shape> shapes, ApiEnablement enablement) {
        this.shapes = shapes;
        this.enablement = enablement;
    }

    /// The table of this bundle, of what is served by default.
    static KindTable builtIn(Function<Gvk, Shape> shapes) {
        return builtIn(shapes, ApiEnablement.DEFAULT);
    }

    /// The table of this bundle.
    ///
    /// @param enablement which rows are left out
    /// @throws IllegalArgumentException for an enablement of what is not in the table
    static KindTable builtIn(Function<Gvk, Shape> shapes, ApiEnablement enablement) {
        KindTable table = new KindTable(shapes, enablement);
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                KindTable.class.getResourceAsStream("/io/k3j/resourcesbuiltin/kinds.txt"), StandardCharsets.UTF_8))) {
            in.lines().forEach(table::line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        table.finishRow();
        enablement.check(table.known);
        return table;
    }

    /// The rows.
    List<ResourceKind> kinds() {
        return List.copyOf(kinds);
    }

    /// The cell expressions of a kind, one per column; empty for an unknown kind.
    List<String> cells(Gvk kind) {
        return cells.getOrDefault(kind, List.of());
    }

    private void line(String line) {
        if (line.startsWith("  ")) {
            column(line.trim());
        } else if (!line.isEmpty() && line.charAt(0) != '#') {
            finishRow();
            if (line.startsWith("= ")) {
                List<String> words = List.of(line.substring(2).split(" "));
                apiVersion = words.getFirst();
                byDefault = !words.contains("off");
            } else if (line.charAt(0) == '/') {
                List<String> words = List.of(line.substring(1).split(" "));
                subresourceRows.put(words.getFirst(), words);
            } else {
                row = line;
            }
        }
    }

    private void column(String text) {
        int bar = text.indexOf('|');
        String head = text.substring(0, bar);
        List<String> words = List.of(head.split(":"));
        String type = words.size() < 2 ? "string" : words.get(1);
        String name = words.getFirst();
        boolean wide = name.endsWith("*");
        String shown = wide ? name.substring(0, name.length() - 1) : name;
        String format = words.size() > 2 ? words.get(2) : shown.equals("Name") ? "name" : "";
        columns.add(new Column(shown, type, format, "", wide ? 1 : 0, ""));
        expressions.add(text.substring(bar + 1));
    }

    private void finishRow() {
        if (row.isEmpty()) {
            return;
        }
        List<String> words = List.of(row.split(" "));
        Gvr gvr = Gvr.of(apiVersion, words.get(0));
        Gvk gvk = Gvk.of(apiVersion, words.get(1));
        Map<String, String> settings = settings(words, 3);
        known.put(gvr, byDefault);
        if (!enablement.serves(gvr, byDefault, gate(settings))) {
            forgetRow();
            return;
        }
        if (columns.isEmpty()) {
            columns.add(new Column("Age", "string", "", "", 0, ""));
            expressions.add("age");
        }
        List<Column> all = new ArrayList<>(columns);
        if (columns.stream().noneMatch(c -> c.name().equals("Name"))) {
            all.addFirst(NAME);
            expressions.addFirst(".metadata.name");
        }
        cells.put(gvk, List.copyOf(expressions));
        kinds.add(new ResourceKind(gvr, gvk, names(gvk, settings), words.get(2).equals("N"), verbs(settings),
                subresources(gvk, settings), storage(gvr, gvk, settings), shapes.apply(gvk), List.copyOf(all),
                strategy(settings.getOrDefault("is", ""))));
        forgetRow();
    }

    private void forgetRow() {
        columns.clear();
        expressions.clear();
        row = "";
    }

    private static Optional<FeatureGate> gate(Map<String, String> settings) {
        return Optional.ofNullable(settings.get("gate")).map(name -> FeatureGate.of(name)
                .orElseThrow(() -> new IllegalStateException("no feature gate " + name)));
    }

    private static Map<String, String> settings(List<String> words, int from) {
        Map<String, String> map = new HashMap<>();
        for (String word : words.subList(from, words.size())) {
            int eq = word.indexOf('=');
            map.put(word.substring(0, eq), word.substring(eq + 1));
        }
        return map;
    }

    private static List<String> list(Map<String, String> settings, String name) {
        String text = settings.getOrDefault(name, "");
        return text.isEmpty() ? List.of() : List.of(text.split(","));
    }

    private static Names names(Gvk gvk, Map<String, String> settings) {
        return new Names(gvk.kind().toLowerCase(Locale.ROOT), list(settings, "short"), list(settings, "cat"));
    }

    private static Set<String> verbs(Map<String, String> settings) {
        List<String> some = list(settings, "verbs");
        return some.isEmpty() ? ALL_VERBS : new LinkedHashSet<>(some);
    }

    private static Storage storage(Gvr gvr, Gvk gvk, Map<String, String> settings) {
        String key = settings.getOrDefault("key", gvr.resource());
        Gvk stored = Gvk.of(settings.getOrDefault("store", gvr.apiVersion()), gvk.kind());
        return new Storage(key.equals("-") ? "" : "/registry/" + key + "/", stored);
    }

    private static Strategy strategy(String flags) {
        return new Strategy(flags.indexOf('u') >= 0, flags.indexOf('c') >= 0, flags.indexOf('g') >= 0,
                flags.indexOf('n') >= 0, flags.indexOf('s') >= 0, flags.indexOf('k') >= 0, flags.indexOf('o') >= 0,
                flags.indexOf('a') >= 0, flags.indexOf('r') >= 0);
    }

    private List<Subresource> subresources(Gvk gvk, Map<String, String> settings) {
        boolean stays = settings.getOrDefault("is", "").indexOf('m') >= 0;
        return list(settings, "sub").stream().map(name -> subresource(gvk, name, stays && name.equals("status")))
                .toList();
    }

    /// @param stays whether metadata stays as it is, whatever the row of the subresource says
    private Subresource subresource(Gvk gvk, String name, boolean stays) {
        List<String> row = subresourceRows.get(name);
        if (row == null) {
            throw new IllegalStateException("no row for the subresource " + name + " of " + gvk);
        }
        Map<String, String> settings = settings(row, 2);
        String kind = row.get(1).replace("*", gvk.kind());
        int slash = kind.lastIndexOf('/');
        Gvk taken = kind.equals(".") ? gvk : Gvk.of(kind.substring(0, slash), kind.substring(slash + 1));
        String flags = settings.getOrDefault("is", "");
        List<List<String>> takes = list(settings, "takes").stream().map(p -> List.of(p.split("\\."))).toList();
        return new Subresource(name, taken, new LinkedHashSet<>(list(settings, "verbs")), flags.indexOf('c') >= 0,
                settings.getOrDefault("needs", ""),
                new Scope(takes, !stays && flags.indexOf('m') < 0, flags.indexOf('q') < 0));
    }
}
