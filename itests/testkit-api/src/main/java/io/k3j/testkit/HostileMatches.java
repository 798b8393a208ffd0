package io.k3j.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Objects with many elements, and changes that name these: what takes out, moves or passes over each of thousands one
/// by one may cost the square of their number. `present` and `match` of `hostile-bodies.txt`. Each object is there
/// twice: with all its elements, and with a few for the many small bodies. Every change is a dry run, so that both stay
/// as they are. For one thread.
final class HostileMatches {
    /// How many elements the small one of two objects has.
    private static final int FEW = 40;
    /// The most operations of a JSON patch.
    private static final int MOST_OPERATIONS = 10_000;
    /// Of a number in an element.
    private static final int DIGITS = 5;
    private static final String SMALL = "-small";
    /// Who has applied what was applied.
    private static final String APPLIER = "applier";
    private static final List<String> MANAGERS = List.of(APPLIER, APPLIER, "begin", "m1");
    private final HostileTables tables;
    private final Map<String, Present> present;
    private final Random random;
    private final String namespace;

    /// An object that is there.
    ///
    /// @param how it was made: by `create`, by an `apply`, or by an update, which alone may say who owns what: `update`
    ///     of what was created alike, `fill` of what was created without elements
    /// @param many how many elements it has
    private record Present(String resource, String name, String how, int many, String element, String metadata,
            String rest) {
        static Present of(String row) {
            String[] words = row.split(" ", 7);
            return new Present(words[0], words[1], words[2], Integer.parseInt(words[3]), words[4], words[5], words[6]);
        }

        Present small() {
            return new Present(resource, name + SMALL, how, Math.min(FEW, many), element, metadata, rest);
        }
    }

    HostileMatches(HostileTables tables, Random random, String namespace) {
        this.tables = tables;
        this.present = tables.rows("present").stream().map(Present::of)
                .collect(Collectors.toMap(Present::name, Function.identity()));
        this.random = random;
        this.namespace = namespace;
    }

    private static String type(String change) {
        return switch (change) {
            case "merge" -> "application/merge-patch+json";
            case "strategic" -> "application/strategic-merge-patch+json";
            case "json" -> "application/json-patch+json";
            case "apply" -> "application/apply-patch+yaml";
            default -> "application/json";
        };
    }

    /// Creates all objects.
    Stream<HostileRequest> begin() {
        return tables.rows("present").stream().map(Present::of).flatMap(p -> Stream.of(p, p.small()))
                .flatMap(this::made);
    }

    private Stream<HostileRequest> made(Present p) {
        HostilePlace place = HostilePlace.of(tables.kind(p.resource), namespace, p.metadata, p.rest);
        byte[] empty = place.object(p.name, "").getBytes(StandardCharsets.UTF_8);
        byte[] full = place.object(p.name, filled(p.element, IntStream.range(0, p.many).boxed().toList()))
                .getBytes(StandardCharsets.UTF_8);
        String path = place.path() + "/" + p.name + "?fieldManager=";
        HostileRequest update = new HostileRequest("PUT", path + "begin", type("put"), full);
        return switch (p.how) {
            case "apply" -> Stream.of(new HostileRequest("PATCH", path + APPLIER, type("apply"), full));
            case "update" -> Stream.of(created(place, full), update);
            case "fill" -> Stream.of(created(place, empty), update);
            default -> Stream.of(created(place, full));
        };
    }

    private static HostileRequest created(HostilePlace place, byte[] body) {
        return new HostileRequest("POST", place.path() + "?fieldManager=begin", type("put"), body);
    }

    /// A change of a row's object, of its small one for a small body.
    ///
    /// @param size in bytes, the most
    HostileRequest of(String row, boolean large, int size) {
        String[] words = row.split(" ", 6);
        Present is = Objects.requireNonNull(present.get(words[1]), row);
        String type = words[2];
        int turn = words[3].length() + DIGITS * (words[3].split("%d", -1).length - 1);
        int most = Math.max(1, size / (turn / words[3].split("\\|").length + 1));
        String filling = filled(words[3], numbers(large ? is.many : Math.min(FEW, is.many),
                type.equals("json") ? Math.min(MOST_OPERATIONS, most) : most));
        String name = large ? is.name : is.small().name;
        HostilePlace place = HostilePlace.of(tables.kind(is.resource), namespace, words[4], words[5]);
        String body = type.equals("json") ? "[" + (words[5].equals("-") ? "" : words[5] + ",") + filling + "]"
                : place.object(name, filling);
        return new HostileRequest(type.equals("put") ? "PUT" : "PATCH", place.path() + "/" + name + "?dryRun=All"
                + "&fieldValidation=Ignore&fieldManager=" + MANAGERS.get(random.nextInt(MANAGERS.size()))
                + (type.equals("apply") ? "&force=" + random.nextBoolean() : ""), type(type),
                body.getBytes(StandardCharsets.UTF_8));
    }

    /// All that are there, some of them or more than are there, in some order.
    private List<Integer> numbers(int there, int most) {
        int many = Math.min(most, switch (random.nextInt(4)) {
            case 0 -> 1 + random.nextInt(there);
            case 1 -> most;
            default -> there;
        });
        int last = Math.max(there, many) - 1;
        int step = random.nextBoolean() ? 1 : 2;
        return switch (random.nextInt(3)) {
            case 0 -> IntStream.range(0, many).map(i -> last - i).boxed().toList();
            case 1 -> IntStream.range(0, many).map(i -> i * step).boxed().toList();
            default -> {
                List<Integer> all = IntStream.rangeClosed(0, last).boxed().collect(Collectors.toList());
                Collections.shuffle(all, random);
                yield all.subList(0, many);
            }
        };
    }

    /// An element for each number, those of a row between `|` in turn.
    private static String filled(String element, List<Integer> numbers) {
        String[] turns = element.split("\\|");
        StringBuilder text = new StringBuilder();
        for (int number : numbers) {
            String one = turns[text.isEmpty() ? 0 : number % turns.length];
            text.append(text.isEmpty() ? "" : ",").append(one.replace("%d", Integer.toString(number)));
        }
        return text.toString();
    }
}
