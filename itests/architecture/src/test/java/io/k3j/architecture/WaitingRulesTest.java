package io.k3j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Tests say nothing about how fast the machine is, take no core from what they wait for, and never fail because
/// something goes while they clear up; `docs/rules/testing.md`.
class WaitingRulesTest {
    private static final long LEAST_SECONDS = 30;
    private static final Pattern BOUND = Pattern.compile("nanoTime\\(\\)[^;]*?isLess\\w+\\("
            + "(?:Duration\\.of(Millis|Seconds|Minutes)\\(([0-9_]+)\\)|([0-9_]+)L?\\))");
    private static final Map<String, Long> PER_SECOND = Map.of("Millis", 1_000L, "Seconds", 1L);
    private static final Pattern CLEARS = Pattern.compile("Files\\.walk\\([\\s\\S]*?Files(?:::|\\.)delete");
    /// Their deletion is the assertion: who still writes there after the end is the failure they look for.
    private static final List<Path> LOOKING = List.of(Path.of("featuresitest", "Scene.java"),
            Path.of("killpoints", "Home.java"));

    private record Source(Path path, String text) {
        /// A suite of its own machine, or with a clock of its own.
        boolean measures() {
            return text.contains("@Tag(\"full\")") || text.contains("ManualClock")
                    || path.toString().contains("/bench/");
        }
    }

    @Test
    void noBoundOfWallTimeIsShort() throws IOException {
        List<String> found = new ArrayList<>();
        for (Source source : tests()) {
            Matcher bound = BOUND.matcher(source.text);
            while (!source.measures() && bound.find()) {
                if (seconds(bound) < LEAST_SECONDS) {
                    found.add(source.path + ": " + bound.group().replaceAll("\\s+", " "));
                }
            }
        }
        assertThat(found).as("wait on a condition; a promised bound is a scripted clock's, or the long suites'")
                .isEmpty();
    }

    private static long seconds(Matcher bound) {
        if (bound.group(3) != null) {
            return Long.parseLong(bound.group(3).replace("_", "")) / 1_000_000_000L;
        }
        long number = Long.parseLong(bound.group(2).replace("_", ""));
        return bound.group(1).equals("Minutes") ? 60 * number : number / PER_SECOND.get(bound.group(1));
    }

    @Test
    void noWaitSpins() throws IOException {
        assertThat(tests().stream().filter(s -> s.text.contains("Thread.onSpinWait()")).map(Source::path))
                .as("the loop takes a core from what it waits for").isEmpty();
    }

    @Test
    void whatTestsMadeIsDeletedByTheKit() throws IOException {
        assertThat(tests().stream().filter(s -> !s.measures() && LOOKING.stream().noneMatch(s.path::endsWith))
                .filter(s -> Stream.of(s.text.split("\n    }")).anyMatch(method -> CLEARS.matcher(method).find()))
                .map(Source::path))
                .as("Deletion of testkit-base: what goes meanwhile is no failure").isEmpty();
    }

    private static List<Source> tests() throws IOException {
        List<Source> all = new ArrayList<>();
        for (String part : List.of("bundles", "itests")) {
            try (Stream<Path> files = Files.walk(Tree.ROOT.resolve(part))) {
                for (Path file : files.filter(p -> p.toString().endsWith(".java") && !p.toString().contains("/target/")
                        && (part.equals("itests") || p.toString().contains("/src/test/"))
                        && !p.endsWith("WaitingRulesTest.java")).toList()) {
                    all.add(new Source(file, Files.readString(file)));
                }
            }
        }
        return all;
    }
}
