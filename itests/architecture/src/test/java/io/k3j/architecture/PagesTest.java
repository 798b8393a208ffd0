package io.k3j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the pages say of the code is there.
class PagesTest {
    @Test
    void theWalksNameClassesThatExist() throws IOException {
        String page = Files.readString(Tree.ROOT.resolve("docs/architecture.md"));
        String walks = page.substring(page.indexOf("## Three walks"), page.indexOf("## An object"));
        assertThat(names(walks)).isNotEmpty().isSubsetOf(types());
    }

    @Test
    void theGlossaryNamesClassesThatExist() throws IOException {
        String page = Files.readString(Tree.ROOT.resolve("docs/rules/words.md"));
        Set<String> named = new TreeSet<>();
        page.substring(page.indexOf("## Names")).lines().filter(line -> line.startsWith("| `"))
                .forEach(line -> named.addAll(names(line.substring(0, line.indexOf('|', 1)))));
        assertThat(named).isNotEmpty().isSubsetOf(types());
    }

    /// The lines themselves are run by `ContributingItest`, which is one of the long suites.
    @Test
    void theTenMinutesNameWhatExists() throws IOException {
        String page = Files.readString(Tree.ROOT.resolve("CONTRIBUTING.md"));
        String lines = page.substring(page.indexOf("## Ten minutes"), page.indexOf("## Commands"));
        Path module = Tree.ROOT.resolve(between(lines, "-pl ", " "));
        assertThat(module.resolve("src/main/java/io/k3j/supervisor/SupervisorEndpoint.java")).content()
                .contains(between(lines, "'s/", "/"));
        assertThat(module.resolve("src/test/java/io/k3j/supervisor/" + between(lines, "-Dtest=", " ") + ".java"))
                .exists();
    }

    @Test
    void aNumberIsOneDecisions() throws IOException {
        try (Stream<Path> pages = Files.list(Tree.ROOT.resolve("docs/adr"))) {
            assertThat(pages.map(page -> page.getFileName().toString().substring(0, 4))).doesNotHaveDuplicates();
        }
    }

    @Test
    void aDecisionSaysItsNumber() throws IOException {
        try (Stream<Path> pages = Files.list(Tree.ROOT.resolve("docs/adr"))) {
            assertThat(pages).isNotEmpty().allSatisfy(page -> assertThat(page).content()
                    .startsWith("# " + page.getFileName().toString().substring(0, 4)));
        }
    }

    private static String between(String text, String begin, String end) {
        int at = text.indexOf(begin) + begin.length();
        return text.substring(at, text.indexOf(end, at));
    }

    /// What stands in backticks and begins as a type's name does; of `Type.member` the type.
    private static Set<String> names(String text) {
        Set<String> found = new TreeSet<>();
        String[] parts = text.split("`");
        for (int i = 1; i < parts.length; i += 2) {
            String name = word(parts[i]);
            if (name.length() > 1 && Character.isUpperCase(name.charAt(0))) {
                found.add(name);
            }
        }
        return found;
    }

    private static String word(String text) {
        int end = 0;
        while (end < text.length() && Character.isJavaIdentifierPart(text.charAt(end))) {
            end++;
        }
        return text.substring(0, end);
    }

    private static Set<String> types() throws IOException {
        Set<String> types = new TreeSet<>();
        for (String kind : List.of("contracts", "libraries", "providers")) {
            for (Path room : Tree.rooms(kind).values()) {
                for (Path source : Tree.sources(room)) {
                    declared(Files.readString(source), types);
                }
            }
        }
        return types;
    }

    private static void declared(String source, Set<String> types) {
        for (String keyword : List.of("class ", "record ", "interface ", "enum ")) {
            for (int at = source.indexOf(keyword); at >= 0; at = source.indexOf(keyword, at + 1)) {
                types.add(word(source.substring(at + keyword.length())));
            }
        }
    }
}
