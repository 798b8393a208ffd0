package io.k3j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The flags of one command, in the order of the list.
final class Flags {
    private static final String LIST = "/io/k3j/cli/flags.tsv";
    private final List<Flag> all;
    private final Map<String, Flag> byName = new HashMap<>();

    private Flags(List<Flag> all) {
        this.all = all;
        for (Flag flag : all) {
            byName.put(flag.name(), flag);
            flag.aliases().forEach(alias -> byName.put(alias, flag));
        }
    }

    /// The flags of `server` or `agent`.
    static Flags of(String command) {
        return new Flags(every().stream().filter(f -> f.commands().contains(command)).toList());
    }

    /// All flags there are.
    static List<Flag> every() {
        try (InputStream in = Flags.class.getResourceAsStream(LIST)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(l -> !l.startsWith("#"))
                    .map(Flag::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Flag> all() {
        return all;
    }

    Optional<Flag> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /// The name a mistyped one most likely stands for.
    Optional<String> nearest(String name) {
        return byName.keySet().stream().filter(n -> n.length() > 2 && distance(n, name) <= 2)
                .min((a, b) -> Integer.compare(distance(a, name), distance(b, name)));
    }

    /// Levenshtein's distance.
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
