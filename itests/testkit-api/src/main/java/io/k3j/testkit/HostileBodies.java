package io.k3j.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;

/// Writes that are meant to cost a server more than their size: lists, maps, texts and nests of some length at places
/// where kinds have them, as new objects, updates, applies and patches of each kind. The same seed makes the same
/// requests in the same order. For one thread.
///
/// Where something is repeated, and what, are tables: `hostile-bodies.txt`. Most requests are dry runs, so that a long
/// series does not fill the store; those that are not change the objects of [#begin].
public final class HostileBodies {
    /// The largest body a server takes.
    public static final int LARGEST = 3 << 20;
    private static final int SMALLEST = 64;
    private static final int SMALL = 64 << 10;
    /// What is larger is not stored.
    private static final int STORED = 8 << 10;
    private static final int DEEPEST = 5_000;
    private static final List<String> VALIDATION = List.of("Strict", "Warn", "Ignore");
    private final Random random;
    private final int largeEvery;
    private final String namespace;
    private final Map<String, List<String>> tables;
    private int count;

    /// @param seed printed by the test
    /// @param largeEvery one of so many requests has at least half of the largest size, the others 64 KiB at most
    /// @param namespace of all objects
    public HostileBodies(long seed, int largeEvery, String namespace) {
        this.random = new Random(seed);
        this.largeEvery = largeEvery;
        this.namespace = namespace;
        this.tables = read();
    }

    private static Map<String, List<String>> read() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(HostileBodies.class.getResourceAsStream("hostile-bodies.txt")),
                StandardCharsets.UTF_8))) {
            return in.lines().filter(l -> !l.isBlank() && l.charAt(0) != '#')
                    .collect(Collectors.groupingBy(l -> l.substring(0, l.indexOf(' ')),
                            Collectors.mapping(l -> l.substring(l.indexOf(' ') + 1), Collectors.toList())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Creates what later requests change: of each resource an object `target`, and of some an object `large`, as large
    /// as is stored.
    public List<HostileRequest> begin() {
        return tables.getOrDefault("target", List.of()).stream().map(line -> {
            String[] parts = line.split(" ", 5);
            int size = Integer.parseInt(parts[2]) << 10;
            Place place = place(parts[1], "-", parts[4]);
            return new HostileRequest("POST", place.path + "?fieldManager=begin", "application/json",
                    place.object(parts[0], repeated(parts[3], size, ",")));
        }).toList();
    }

    /// The next request.
    public HostileRequest next() {
        count++;
        int size = random.nextInt(largeEvery) == 0 ? LARGEST / 2 + random.nextInt(LARGEST / 2)
                : (int) (SMALLEST * Math.pow((double) SMALL / SMALLEST, random.nextDouble()));
        return switch (random.nextInt(8)) {
            case 0 -> operations(size);
            case 1 -> lines(size);
            default -> object(size);
        };
    }

    /// A JSON patch: one operation again and again, after those that make room for it.
    private HostileRequest operations(int size) {
        String[] line = one("operation").split(" ", 3);
        String first = line[1].equals("-") ? "" : line[1] + ",";
        return request("PATCH", place(line[0], "-", "").path + "/" + target(line[0]), "application/json-patch+json",
                "[" + first + repeated(line[2], size, ",") + "]");
    }

    /// YAML in lines.
    private HostileRequest lines(int size) {
        String[] line = one("lines").split(" ", 2);
        Place place = place(line[0], "-", "");
        String[] parts = line[1].replace("\\n", "\n").split("\\|", 2);
        String body = "apiVersion: " + place.apiVersion + "\nkind: " + place.kind + "\nmetadata: {name: target}\n"
                + parts[0] + repeated(parts[1], size, "");
        boolean apply = random.nextBoolean();
        return request(apply ? "PATCH" : "PUT", place.path + "/target",
                apply ? "application/apply-patch+yaml" : "application/yaml", body);
    }

    private HostileRequest object(int size) {
        String[] line = one("place").split(" ", 3);
        Place place = place(line[0], line[1], line.length < 3 ? "" : line[2]);
        String filling = filling(place.hole(), size);
        String name = target(line[0]);
        String path = place.path + "/" + name;
        return switch (random.nextInt(7)) {
            case 0 -> request("PUT", path, "application/json", place.object(name, filling));
            case 1 -> request("PATCH", path, "application/merge-patch+json", place.object(name, filling));
            case 2 -> request("PATCH", path, "application/strategic-merge-patch+json", place.object(name, filling));
            case 3 -> request("PATCH", path, "application/apply-patch+yaml", place.object(name, filling));
            case 4 -> request("PATCH", place.path + "/new" + count, "application/apply-patch+yaml",
                    place.object("new" + count, filling));
            case 5 -> request("POST", place.path, "application/yaml", place.object("new" + count, filling));
            default -> request("POST", place.path, "application/json", place.object("new" + count, filling));
        };
    }

    private HostileRequest request(String method, String path, String type, String body) {
        boolean dry = body.length() > STORED || !path.endsWith("/target") || random.nextBoolean();
        String force = type.contains("apply") ? "&force=" + random.nextBoolean() : "";
        return new HostileRequest(method, path + "?fieldManager=m" + random.nextInt(15) + force + "&fieldValidation="
                + VALIDATION.get(random.nextInt(VALIDATION.size())) + (dry ? "&dryRun=All" : ""), type, body);
    }

    private String target(String resource) {
        boolean large = tables.getOrDefault("target", List.of()).stream()
                .anyMatch(l -> l.startsWith("large " + resource + " "));
        return large && random.nextBoolean() ? "large" : "target";
    }

    private Place place(String resource, String metadata, String rest) {
        String[] kind = tables.getOrDefault("kind", List.of()).stream().filter(l -> l.startsWith(resource + " "))
                .findFirst().orElseThrow(() -> new IllegalStateException(resource)).split(" ");
        String group = kind[1].contains("/") ? "/apis/" : "/api/";
        return new Place(group + kind[1] + "/namespaces/" + namespace + "/" + resource, kind[1], kind[2],
                metadata.equals("-") ? "" : "," + metadata, rest.isEmpty() ? "" : "," + rest);
    }

    /// What stands in a hole: elements, entries or text of a size.
    private String filling(char hole, int size) {
        int deep = random.nextInt(8);
        return switch (hole) {
            case '[' -> deep == 0 ? nested("[", "]", size) : repeated(one("element"), size, ",");
            case '{' -> "\"a\":" + (deep == 0 ? nested("{\"a\":", "}", size) : "\"\"," + repeated(one("entry"), size,
                    ","));
            default -> repeated(one("text"), size, "");
        };
    }

    /// As deep as readers go, or deeper.
    private String nested(String open, String close, int size) {
        int levels = 1 + random.nextInt(Math.min(DEEPEST, size));
        String one = open.repeat(levels) + "1" + close.repeat(levels);
        return repeated(one, open.equals("[") ? size : 1, ",");
    }

    /// One piece until there is enough, `%d` in it being a number.
    private static String repeated(String piece, int size, String between) {
        String[] parts = piece.split("%d", -1);
        StringBuilder text = new StringBuilder(size + piece.length());
        for (int i = 0; i == 0 || text.length() + piece.length() < size; i++) {
            text.append(i == 0 ? "" : between).append(parts[0]);
            for (int part = 1; part < parts.length; part++) {
                text.append(i).append(parts[part]);
            }
        }
        return text.toString();
    }

    private String one(String table) {
        List<String> lines = tables.getOrDefault(table, List.of());
        return lines.get(random.nextInt(lines.size()));
    }

    /// An object with a hole, `@`, in its metadata or in the rest of it.
    private record Place(String path, String apiVersion, String kind, String metadata, String rest) {
        char hole() {
            String text = metadata + rest;
            return text.charAt(text.indexOf('@') - 1);
        }

        String object(String name, String filling) {
            return ("{\"apiVersion\":\"" + apiVersion + "\",\"kind\":\"" + kind + "\",\"metadata\":{\"name\":\"" + name
                    + "\"" + metadata + "}" + rest + "}").replace("@", filling);
        }
    }
}
