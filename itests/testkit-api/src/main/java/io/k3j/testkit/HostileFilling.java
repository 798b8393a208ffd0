package io.k3j.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/// What stands in the hole of an object: elements, entries, text or nests of about a size.
final class HostileFilling {
    private static final int DEEPEST = 5_000;
    private static final int NESTED_EVERY = 16;
    private final HostileTables tables;
    private final Random random;

    HostileFilling(HostileTables tables, Random random) {
        this.tables = tables;
        this.random = random;
    }

    /// A list's elements, a map's entries or text.
    ///
    /// @param hole the sign before the hole, which says what may be there
    /// @param size in bytes
    String of(char hole, int size) {
        boolean deep = random.nextInt(NESTED_EVERY) == 0;
        return switch (hole) {
            case '[' -> deep ? nested("[", "]", size) : repeated(tables.one("element", random), size, ",");
            case '{' -> "\"a\":" + (deep ? nested("{\"a\":", "}", size)
                    : "\"\"," + repeated(tables.one("entry", random), size, ","));
            default -> repeated(tables.one("text", random), size, "");
        };
    }

    /// As deep as readers go, or deeper.
    private String nested(String open, String close, int size) {
        int levels = 1 + random.nextInt(Math.min(DEEPEST, size));
        String one = open.repeat(levels) + "1" + close.repeat(levels);
        return repeated(one, open.equals("[") ? size : 1, ",");
    }

    /// One piece until there is enough, `%d` in it being a number.
    ///
    /// @param size in bytes
    static String repeated(String piece, int size, String between) {
        String[] parts = piece.split("%d", -1);
        int characters = (int) ((long) size * piece.length() / piece.getBytes(StandardCharsets.UTF_8).length);
        StringBuilder text = new StringBuilder(characters + piece.length());
        for (int i = 0; i == 0 || text.length() + piece.length() < characters; i++) {
            text.append(i == 0 ? "" : between).append(parts[0]);
            for (int part = 1; part < parts.length; part++) {
                text.append(i).append(parts[part]);
            }
        }
        return text.toString();
    }
}
