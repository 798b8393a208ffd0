package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The page users read says of each flag what the command line does. `-Drewrite` brings the page up to date.
class CompatibilityTest {
    private static final Path PAGE = Path.of("../../docs/compatibility.md");
    private static final String FROM = "<!-- flags -->\n";
    private static final String TO = "<!-- /flags -->";
    private static final String FROM_ARGUMENTS = "<!-- arguments -->\n";
    private static final String TO_ARGUMENTS = "<!-- /arguments -->";

    @Test
    void thePageShowsEveryFlagAsItIs() throws IOException {
        String page = Files.readString(PAGE);
        String made = with(with(page, FROM, table(), TO), FROM_ARGUMENTS, arguments(), TO_ARGUMENTS);
        if (Boolean.getBoolean("rewrite")) {
            Files.writeString(PAGE, made);
            return;
        }
        assertThat(page)
                .as("docs/compatibility.md is not what flags.tsv and arguments.tsv say; run with -Drewrite=true")
                .isEqualTo(made);
    }

    private static String with(String page, String from, String table, String to) {
        return page.substring(0, page.indexOf(from) + from.length()) + table + page.substring(page.indexOf(to));
    }

    /// Arguments of one component that are dealt with alike share a line.
    private static String arguments() {
        Map<String, List<String>> alike = UpstreamArguments.every().stream().collect(Collectors.groupingBy(
                line -> "| `--" + line.flag() + "` | %s | " + (line.taken() ? "no effect: " : "refused: ") + line.why()
                        + " |\n",
                LinkedHashMap::new, Collectors.mapping(line -> "`" + line.argument() + "`", Collectors.toList())));
        StringBuilder table = new StringBuilder("| of | arguments | state |\n|---|---|---|\n");
        alike.forEach((line, names) -> table.append(line.replace("%s", String.join(", ", names))));
        return table.toString();
    }

    private static String table() {
        return "| flag | commands | variable | default | state |\n|---|---|---|---|---|\n"
                + Flags.every().stream().map(CompatibilityTest::row).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String row(Flag f) {
        return "| `" + f.shown() + "` | " + String.join(", ", new TreeSet<>(f.commands())) + " | "
                + (f.environment().isEmpty() ? "" : "`" + f.environment() + "`") + " | "
                + (f.preset().isEmpty() ? "" : "`" + f.preset() + "`") + " | " + state(f) + " |";
    }

    private static String state(Flag f) {
        return switch (f.state()) {
            case Flag.State.Works w -> "same";
            case Flag.State.Only o -> "different: only " + String.join(", ", o.values());
            case Flag.State.NoEffect n -> "different: no effect; " + n.why();
            case Flag.State.Absent a -> "absent" + (a.why().isEmpty() ? "" : ": " + a.why());
        };
    }
}
