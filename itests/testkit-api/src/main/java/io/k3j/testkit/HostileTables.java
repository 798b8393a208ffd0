package io.k3j.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/// The rows of `hostile-bodies.txt` by the table they are in, those of some kinds only.
final class HostileTables {
    /// Their rows begin with a resource.
    private static final Set<String> OF_A_KIND = Set.of("place", "operation", "lines", "wire", "present", "match");
    private final Map<String, Kind> kinds;
    private final Map<String, List<String>> tables;

    /// A kind.
    ///
    /// @param resource its name in paths
    record Kind(String resource, String apiVersion, String kind) {
        static Kind of(String row) {
            String[] words = row.split(" ");
            return new Kind(words[0], words[1], words[2]);
        }

        /// The path of its objects.
        String path(String namespace) {
            return (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion + "/namespaces/" + namespace + "/"
                    + resource;
        }
    }

    HostileTables(HostileKinds of) {
        Map<String, List<String>> all = read();
        kinds = all.getOrDefault("kind", List.of()).stream().map(Kind::of).filter(k -> of.has(k.apiVersion()))
                .collect(Collectors.toMap(Kind::resource, k -> k));
        all.replaceAll((table, rows) -> rows.stream().filter(r -> wanted(table, r)).toList());
        tables = all;
    }

    private boolean wanted(String table, String row) {
        String[] words = row.split(" ", 3);
        return table.equals("target") ? kinds.containsKey(words[1])
                : !OF_A_KIND.contains(table) || kinds.containsKey(words[0]);
    }

    private static Map<String, List<String>> read() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(open("hostile-bodies.txt"),
                StandardCharsets.UTF_8))) {
            return in.lines().filter(l -> !l.isBlank() && l.charAt(0) != '#')
                    .collect(Collectors.groupingBy(l -> l.substring(0, l.indexOf(' ')),
                            Collectors.mapping(l -> l.substring(l.indexOf(' ') + 1), Collectors.toList())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A file beside this class.
    static InputStream open(String name) {
        return Objects.requireNonNull(HostileTables.class.getResourceAsStream(name));
    }

    List<String> rows(String table) {
        return tables.getOrDefault(table, List.of());
    }

    /// One of a table's rows.
    String one(String table, Random random) {
        List<String> rows = rows(table);
        return rows.get(random.nextInt(rows.size()));
    }

    /// The kind of a resource.
    Kind kind(String resource) {
        return Objects.requireNonNull(kinds.get(resource), resource);
    }
}
