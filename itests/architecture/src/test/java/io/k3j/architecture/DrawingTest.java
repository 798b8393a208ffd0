package io.k3j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// The table of arrows in `docs/architecture.md` is the one that [ArrowsTest] enforces: both come from [Rooms].
/// `-Drewrite=true` writes it anew.
class DrawingTest {
    private static final Path PAGE = Tree.ROOT.resolve("docs/architecture.md");
    private static final String FROM = "<!-- arrows -->\n";
    private static final String TO = "<!-- end of arrows -->";

    @Test
    void thePageShowsTheArrowsThatArePermitted() throws IOException {
        String page = Files.readString(PAGE);
        int from = page.indexOf(FROM) + FROM.length();
        int to = page.indexOf(TO);
        String made = table();
        if (Boolean.getBoolean("rewrite")) {
            Files.writeString(PAGE, page.substring(0, from) + made + page.substring(to));
        } else {
            assertThat(page.substring(from, to))
                    .as("docs/architecture.md shows other arrows than Rooms; run mvn -pl itests/architecture test"
                            + " -Drewrite=true")
                    .isEqualTo(made);
        }
    }

    private static String table() throws IOException {
        UnaryOperator<String> directory = directories();
        StringBuilder text = new StringBuilder("| contract or library | may know |\n|---|---|\n");
        rows(text, Rooms.CONTRACTS, directory);
        rows(text, Rooms.LIBRARIES, directory);
        text.append("\n| contract | only these may know it |\n|---|---|\n");
        rows(text, Rooms.RESERVED, directory);
        return text.toString();
    }

    private static void rows(StringBuilder text, Map<String, Set<String>> arrows, UnaryOperator<String> directory) {
        for (String room : new TreeSet<>(arrows.keySet())) {
            List<String> known = new TreeSet<>(arrows.get(room)).stream().map(directory).map(n -> '`' + n + '`')
                    .toList();
            text.append("| `").append(directory.apply(room)).append('`').append(jar(room, directory)).append(" | ")
                    .append(known.isEmpty() ? "nothing" : String.join(" ", known)).append(" |\n");
        }
    }

    private static String jar(String room, UnaryOperator<String> directory) {
        String provider = Rooms.EMBEDDED.get(room);
        return provider == null ? "" : " in `" + directory.apply(provider) + '`';
    }

    private static UnaryOperator<String> directories() throws IOException {
        List<String> names = new ArrayList<>();
        for (String kind : List.of("contracts", "libraries", "providers")) {
            names.addAll(Tree.rooms(kind).keySet());
        }
        return room -> names.stream().filter(n -> n.replace("-", "").equals(room)).findFirst().orElse(room);
    }
}
