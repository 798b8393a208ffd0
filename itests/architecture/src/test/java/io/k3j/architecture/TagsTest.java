package io.k3j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What takes too long for each run belongs to one of the suites that the README names.
class TagsTest {
    private static final String LONG = "@Tag(\"full\")";
    private static final Set<String> SUITES = Set.of("kill", "ha", "swap", "data", "figures");
    /// A tag of a class stands at the beginning of a line, one of a method does not.
    private static final String OF_CLASS = "@Tag(\"";
    private static final String COMMAND = "mvn verify -Pfull -Dgroups=";

    @Test
    void aLongTestBelongsToOneSuite() throws IOException {
        for (Path source : tests()) {
            String text = Files.readString(source);
            if (text.contains(LONG)) {
                assertThat(names(OF_CLASS, '"', text)).as(source.toString()).hasSize(1).isSubsetOf(SUITES);
            }
        }
    }

    @Test
    void theReadmeHasTheCommandOfEachSuite() throws IOException {
        assertThat(names(COMMAND, ' ', Files.readString(Tree.ROOT.resolve("README.md"))))
                .containsExactlyInAnyOrderElementsOf(SUITES);
    }

    /// What follows `begin` in lines that begin with it, up to `end`, but for the tag of all.
    private static List<String> names(String begin, char end, String text) {
        return text.lines().filter(line -> line.startsWith(begin)).map(line -> line.substring(begin.length()))
                .map(name -> name.substring(0, name.indexOf(end))).filter(name -> !name.equals("full")).toList();
    }

    private static Set<Path> tests() throws IOException {
        return Tree.java("itests").stream().filter(path -> !path.endsWith("TagsTest.java"))
                .collect(Collectors.toSet());
    }
}
