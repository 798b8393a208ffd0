package io.k3j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Arguments of Kubernetes' components that nothing here acts on, by `arguments.tsv`: those whose promise holds without
/// them, which are taken with a warning, and those that have to be said otherwise, which are refused with what to type.
/// What is acted on is in `flags.tsv`, and whatever is in neither is not supported. Pure.
final class UpstreamArguments {
    private static final String LIST = "/io/k3j/cli/arguments.tsv";
    private static final String NO_EFFECT = "no-effect";
    private static final List<Line> ALL = read();

    private UpstreamArguments() {
    }

    /// One line of the list.
    ///
    /// @param flag that hands it on, without dashes
    /// @param argument its name, or its name with the value that the line is about
    /// @param taken with a warning; otherwise refused
    /// @param why it has no effect, or what to type instead, for users
    record Line(String flag, String argument, boolean taken, String why) {
        static Line parse(String line) {
            List<String> c = List.of(line.split("\t", -1));
            return new Line(c.get(0), c.get(1), c.get(2).equals(NO_EFFECT), c.get(3));
        }
    }

    private static List<Line> read() {
        try (InputStream in = Objects.requireNonNull(UpstreamArguments.class.getResourceAsStream(LIST))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(l -> !l.startsWith("#"))
                    .map(Line::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// All of them, in the order of the list.
    static List<Line> every() {
        return ALL;
    }

    /// What the list says of an argument; a line about its value goes before one about its name.
    ///
    /// @param argument without dashes, as `node-ip=::`; one without a value is true
    static Optional<Line> of(Flag flag, String argument) {
        int eq = argument.indexOf('=');
        return line(flag, eq < 0 ? argument + "=true" : argument)
                .or(() -> line(flag, eq < 0 ? argument : argument.substring(0, eq)));
    }

    private static Optional<Line> line(Flag flag, String argument) {
        return ALL.stream().filter(l -> l.flag.equals(flag.name()) && l.argument.equals(argument)).findFirst();
    }
}
