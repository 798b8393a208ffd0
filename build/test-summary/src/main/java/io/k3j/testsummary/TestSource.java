package io.k3j.testsummary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What the text of a class of tests tells without being compiled, in the form that the formatter gives it.
final class TestSource {
    private static final Set<String> MODIFIERS = Set.of("public", "final", "sealed", "non-sealed", "abstract");
    private static final List<String> TESTS = List.of("@Test", "@ParameterizedTest", "@RepeatedTest", "@TestFactory",
            "@TestTemplate");
    private final Path file;
    private final String tag;
    private final List<String> lines;
    /// The words from its modifiers to its first brace; none where the file holds no class.
    private final List<String> head;

    private TestSource(Path file, String tag) throws IOException {
        this.file = file;
        this.tag = "@Tag(\"" + tag + "\")";
        this.lines = Files.readAllLines(file);
        this.head = head();
    }

    /// Whether a class has a test that runs, or gets its tests from another class.
    ///
    /// @param excluded the tag of tests that do not run
    static boolean runs(Path file, String excluded) throws IOException {
        TestSource source = new TestSource(file, excluded);
        return !source.head.isEmpty() && !source.head.contains("abstract") && !source.excluded()
                && source.hasTests();
    }

    private List<String> head() {
        return lines.stream().filter(line -> !line.startsWith(" ")).dropWhile(line -> !begins(line))
                .findFirst().map(this::from).orElse(List.of());
    }

    private static boolean begins(String line) {
        List<String> words = List.of(line.split(" "));
        return words.contains("class") && MODIFIERS.containsAll(words.subList(0, words.indexOf("class")));
    }

    private List<String> from(String first) {
        StringBuilder all = new StringBuilder();
        for (String line : lines.subList(lines.indexOf(first), lines.size())) {
            all.append(line).append(' ');
            if (line.contains("{")) {
                break;
            }
        }
        return Stream.of(all.toString().split(" ")).filter(word -> !word.isEmpty()).toList();
    }

    private boolean hasTests() {
        long tests = lines.stream().map(String::strip).filter(TestSource::test).count();
        long left = lines.stream().filter(line -> line.startsWith(" ") && line.strip().equals(tag)).count();
        return tests > left || tests == 0 && (head.contains("extends") || head.contains("implements"));
    }

    private static boolean test(String line) {
        return TESTS.stream().anyMatch(test -> line.equals(test) || line.startsWith(test + "("));
    }

    /// A tag of a class holds for those that extend it.
    private boolean excluded() throws IOException {
        if (lines.contains(tag)) {
            return true;
        }
        int extending = head.indexOf("extends");
        Path parent = file.resolveSibling(extending < 0 ? "" : head.get(extending + 1) + ".java");
        return extending >= 0 && !parent.equals(file) && Files.exists(parent)
                && new TestSource(parent, tag.substring("@Tag(\"".length(), tag.length() - 2)).excluded();
    }
}
