package io.k3j.testkit;

import io.k3j.testkit.HostileTables.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// Writes that are meant to cost a server more than their size: lists, maps, texts and nests of some length at places
/// where kinds have them, in JSON, YAML and protobuf, as new objects, updates, applies and patches of each kind. The
/// same seed makes the same requests in the same order. For one thread.
///
/// Where something is repeated, and what, are tables: `hostile-bodies.txt`. A row of `place`, `operation`, `lines`,
/// `wire` and `match` is a shape. One in so many requests is large, an eighth of the largest size at least, or meets a
/// large object, and those take all shapes in turn; of the others, 16 KiB at most, the shape is chance. Most requests
/// are dry runs, so that a long series does not fill the store; those that are not change the objects of [#begin].
///
/// Each request is made of the seed and its number alone, so that one can be made without those before it.
public final class HostileBodies {
    /// The largest body a server takes.
    public static final int LARGEST = 3 << 20;
    /// Of a body beside what is repeated in it.
    private static final int OVERHEAD = 64 << 10;
    private static final int SMALLEST = 64;
    private static final int SMALL = 16 << 10;
    /// What is larger is not stored.
    private static final int STORED = 8 << 10;
    /// One in so many small bodies meets a large object, each of which costs as much as a body of its size.
    private static final int LARGE_TARGET_EVERY = 64;
    private static final List<String> VALIDATION = List.of("Strict", "Warn", "Ignore");
    private static final List<String> SORTS = List.of("place", "operation", "lines", "wire", "match");
    /// What upstream answers with 500; from the fourth on of strategic merges.
    private static final List<String> KNOWN = List.of("request is too large", "failed to create typed patch object",
            "failed to allocate a nodePort: range is full", "does not contain declared merge key",
            "list element types are not identical", "cannot merge lists without merge key", "unknown patch type: ",
            "merging lists cannot yet be specified", "expected a []interface {}", "expected a map[string]interface {}",
            "doesn't match $setElementOrder list");
    private final Random random;
    private final int largeEvery;
    private final String namespace;
    private final HostileTables tables;
    private final HostileFilling filling;
    private final HostileMatches matches;
    private final long seed;
    /// All shapes in the order of a round.
    private final List<Shape> shapes = new ArrayList<>();
    private long round = -1;
    private int count;

    /// A row of a table of shapes.
    private record Shape(String sort, String row) {
    }

    /// @param seed printed by the test
    /// @param largeEvery one of so many requests is large
    /// @param namespace of all objects
    public HostileBodies(long seed, int largeEvery, String namespace, HostileKinds kinds) {
        this.seed = seed;
        this.random = new Random(seed);
        this.largeEvery = largeEvery;
        this.namespace = namespace;
        this.tables = new HostileTables(kinds);
        this.filling = new HostileFilling(tables, random);
        this.matches = new HostileMatches(tables, random, namespace);
    }

    /// The CustomResourceDefinition of the custom kind, in YAML.
    public static byte[] definition() {
        try (InputStream in = HostileTables.open("hostile-definition.yaml")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether an answer with code 500 is one that upstream gives with that code, though the fault is the client's.
    public static boolean known(String answer) {
        return KNOWN.stream().anyMatch(answer::contains);
    }

    /// How many shapes there are.
    public int shapes() {
        return SORTS.stream().mapToInt(s -> tables.rows(s).size()).sum();
    }

    /// Creates what later requests change: of each resource an object `target`, of some an object `large`, as large as
    /// is stored, and those of [HostileMatches].
    public List<HostileRequest> begin() {
        Stream<HostileRequest> targets = tables.rows("target").stream().map(line -> {
            String[] parts = line.split(" ", 5);
            int size = Integer.parseInt(parts[2]) << 10;
            HostilePlace place = place(parts[1], "-", parts[4]);
            return new HostileRequest("POST", place.path() + "?fieldManager=begin", "application/json",
                    bytes(place.object(parts[0], HostileFilling.repeated(parts[3], size, ","))));
        });
        return Stream.concat(targets, matches.begin()).toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// Leaves requests out.
    public void skip(int many) {
        count += many;
    }

    private long mixed(long number) {
        return new SplittableRandom(seed ^ number).nextLong();
    }

    /// The next request.
    public HostileRequest next() {
        count++;
        random.setSeed(mixed(count));
        boolean large = count % largeEvery == 0;
        Shape shape = large ? dealt() : some();
        int size = large ? size(LARGEST / 8, LARGEST) : size(SMALLEST, SMALL);
        return switch (shape.sort) {
            case "operation" -> operations(shape.row, size);
            case "lines" -> lines(shape.row, size);
            case "wire" -> wire(shape.row, size);
            case "match" -> matches.of(shape.row, large, large ? LARGEST - OVERHEAD : size);
            default -> object(shape.row, size);
        };
    }

    /// As many of one order of magnitude as of another.
    private int size(int least, int most) {
        return (int) (least * Math.pow((double) most / least, random.nextDouble()));
    }

    private Shape dealt() {
        int number = count / largeEvery - 1;
        int many = shapes();
        if (round != number / many) {
            round = number / many;
            shapes.clear();
            SORTS.forEach(s -> tables.rows(s).forEach(r -> shapes.add(new Shape(s, r))));
            Collections.shuffle(shapes, new Random(mixed(-1 - round)));
        }
        return shapes.get(number % many);
    }

    private Shape some() {
        int chance = random.nextInt(2 * SORTS.size());
        String sort = chance < SORTS.size() ? SORTS.get(chance) : "place";
        return new Shape(sort, tables.one(sort, random));
    }

    /// A JSON patch: one operation again and again, after those that make room for it.
    private HostileRequest operations(String row, int size) {
        String[] line = row.split(" ", 3);
        String first = line[1].equals("-") ? "" : line[1] + ",";
        return request("PATCH", path(line[0]) + "/" + target(line[0], size), "application/json-patch+json",
                bytes("[" + first + HostileFilling.repeated(line[2], size, ",") + "]"));
    }

    /// YAML in lines.
    private HostileRequest lines(String row, int size) {
        String[] line = row.split(" ", 2);
        Kind kind = tables.kind(line[0]);
        String[] parts = line[1].replace("\\n", "\n").split("\\|", 2);
        String body = "apiVersion: " + kind.apiVersion() + "\nkind: " + kind.kind() + "\nmetadata: {name: target}\n"
                + parts[0] + HostileFilling.repeated(parts[1], size, "");
        boolean apply = random.nextBoolean();
        return request(apply ? "PATCH" : "PUT", path(line[0]) + "/target",
                apply ? "application/apply-patch+yaml" : "application/yaml", bytes(body));
    }

    /// Protobuf.
    private HostileRequest wire(String row, int size) {
        String[] line = row.split(" ", 3);
        boolean create = random.nextBoolean();
        String name = create ? "new" + count : target(line[0], size);
        return request(create ? "POST" : "PUT", path(line[0]) + (create ? "" : "/" + name),
                "application/vnd.kubernetes.protobuf",
                HostileWire.object(tables.kind(line[0]), name, line[1], line[2].replace(" ", ""), size));
    }

    private HostileRequest object(String row, int size) {
        String[] line = row.split(" ", 3);
        HostilePlace place = place(line[0], line[1], line.length < 3 ? "" : line[2]);
        String filled = filling.of(place.hole(), size);
        String name = target(line[0], size);
        String path = place.path() + "/" + name;
        String fresh = "new" + count;
        return switch (random.nextInt(7)) {
            case 0 -> request("PUT", path, "application/json", bytes(place.object(name, filled)));
            case 1 -> request("PATCH", path, "application/merge-patch+json", bytes(place.object(name, filled)));
            case 2 ->
                request("PATCH", path, "application/strategic-merge-patch+json", bytes(place.object(name, filled)));
            case 3 -> request("PATCH", path, "application/apply-patch+yaml", bytes(place.object(name, filled)));
            case 4 -> request("PATCH", place.path() + "/" + fresh, "application/apply-patch+yaml",
                    bytes(place.object(fresh, filled)));
            case 5 -> request("POST", place.path(), "application/yaml", bytes(place.object(fresh, filled)));
            default -> request("POST", place.path(), "application/json", bytes(place.object(fresh, filled)));
        };
    }

    private HostileRequest request(String method, String path, String type, byte[] body) {
        boolean dry = body.length > STORED || !path.endsWith("/target") || random.nextBoolean();
        String force = type.contains("apply") ? "&force=" + random.nextBoolean() : "";
        return new HostileRequest(method, path + "?fieldManager=m" + random.nextInt(15) + force + "&fieldValidation="
                + VALIDATION.get(random.nextInt(VALIDATION.size())) + (dry ? "&dryRun=All" : ""), type, body);
    }

    private String target(String resource, int size) {
        boolean large = random.nextInt(size > SMALL ? 2 : LARGE_TARGET_EVERY) == 0
                && tables.rows("target").stream().anyMatch(l -> l.startsWith("large " + resource + " "));
        return large ? "large" : "target";
    }

    private String path(String resource) {
        return tables.kind(resource).path(namespace);
    }

    private HostilePlace place(String resource, String metadata, String rest) {
        return HostilePlace.of(tables.kind(resource), namespace, metadata, rest);
    }
}
