package io.k3j.audit;

import io.k3j.codec.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Arguments by name, and what is wrong with them, in upstream's words.
final class AuditFlags {
    private final Map<String, String> all = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    /// @param arguments as `name=value`; the last of a name counts
    AuditFlags(String... arguments) {
        for (String argument : arguments) {
            int eq = argument.indexOf('=');
            all.put(eq < 0 ? argument : argument.substring(0, eq), eq < 0 ? "true" : argument.substring(eq + 1));
        }
    }

    /// Grows while flags are read and checked.
    List<String> problems() {
        return problems;
    }

    void problem(String text) {
        problems.add(text);
    }

    String text(String name, String otherwise) {
        return all.getOrDefault(name, otherwise);
    }

    private <T> T parsed(String name, T otherwise, Function<String, T> parse) {
        String value = all.get(name);
        try {
            return value == null ? otherwise : parse.apply(value);
        } catch (IllegalArgumentException e) {
            problems.add("invalid argument \"" + value + "\" for \"--" + name + "\" flag");
            return otherwise;
        }
    }

    int whole(String name, int otherwise) {
        return parsed(name, otherwise, Integer::valueOf);
    }

    float real(String name, float otherwise) {
        return parsed(name, otherwise, Float::valueOf);
    }

    boolean flag(String name, boolean otherwise) {
        return parsed(name, otherwise, text -> switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw new IllegalArgumentException(text);
        });
    }

    Duration duration(String name, Duration otherwise) {
        return parsed(name, otherwise, text -> Duration.ofNanos(DurationText.nanos(text)));
    }
}
