package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs `problems.txt` and `group-problems.txt`: cases of `## name`, an object, for updates `-- becomes` and another
/// object, then the expected problems, each after `> `.
class ProblemsTest {
    private static final String BECOMES = "-- becomes\n";
    private final Kit kit = new Kit();

    record Case(String name, String before, String object, List<String> expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of("problems.txt", "group-problems.txt").flatMap(ProblemsTest::cases);
    }

    private static Stream<Case> cases(String file) {
        try (var in = ProblemsTest.class.getResourceAsStream(file)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Stream.of(text.split("## ")).skip(1).map(ProblemsTest::read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Case read(String text) {
        List<String> expected = new ArrayList<>();
        StringBuilder object = new StringBuilder();
        List<String> lines = text.lines().toList();
        for (String line : lines.subList(1, lines.size())) {
            if (line.startsWith("> ")) {
                expected.add(line.substring(2));
            } else {
                object.append(line).append('\n');
            }
        }
        int becomes = object.indexOf(BECOMES);
        return becomes < 0 ? new Case(lines.getFirst(), "", object.toString(), expected)
                : new Case(lines.getFirst(), object.substring(0, becomes),
                        object.substring(becomes + BECOMES.length()), expected);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void reportsUpstreamsProblems(Case c) {
        List<String> found = c.before.isEmpty() ? kit.createProblems(c.object)
                : kit.updateProblems(c.before, c.object);
        assertThat(found).containsExactlyElementsOf(c.expected);
    }
}
