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
/// something goes while they clear up; `docs/rules/testing.md`. What is stopped writes no more: whoever interrupts a
/// thread waits for its end, within a limit.
class WaitingRulesTest {
    private static final long LEAST_SECONDS = 30;
    private static final Pattern BOUND = Pattern.compile("nanoTime\\(\\)[^;]*?isLess\\w+\\("
            + "(?:Duration\\.of(Millis|Seconds|Minutes)\\(([0-9_]+)\\)|([0-9_]+)L?\\))");
    private static final Map<String, Long> PER_SECOND = Map.of("Millis", 1_000L, "Seconds", 1L);
    private static final Pattern CLEARS = Pattern.compile("Files\\.walk\\([\\s\\S]*?Files(?:::|\\.)delete");
    /// Their deletion is the assertion: who still writes there after the end is the failure they look for.
    private static final List<Path> LOOKING = List.of(Path.of("featuresitest", "Scene.java"),
            Path.of("killpoints", "Home.java"));

    private static final Pattern STOPS = Pattern.compile("(\\w+)\\.(?:interrupt|shutdownNow)\\(\\)"
            + "|(\\w+)\\.forEach\\(\\w+::(?:interrupt|shutdownNow)\\)");
    private static final Pattern ENDLESS = Pattern.compile("\\.(?:join|awaitTermination)\\(Long\\.MAX_VALUE");
    /// Who interrupts and does not wait, and why nothing is written by it after a stop.
    private static final Map<String, String> UNAWAITED = Map.of("Streams.java: up.interrupt()",
            "copies for one request, whose connections are closed with it",
            "WatchHub.java: behind.forEach(Thread::interrupt)", "each writes to one client only, which is let go",
            "ControllerRunner.java: idle.forEach(SupervisedLoop::interrupt)", "each is awaited as one of all threads");
    /// Who waits without a limit, and why it must.
    private static final Map<String, String> ENDLESSLY = Map.of("Checkpointer.java",
            "a connection that is closed below SQLite's native code ends the process");

    private record Source(Path path, String text) {
        /// By the same name in the same file: a limited wait for one that was interrupted, or for each of many.
        boolean awaits(String stopped) {
            return Pattern.compile("\\b" + stopped + "\\.(?:stop|join|awaitTermination)\\(\\w"
                    + "|Termination\\.of\\(" + stopped + "\\b"
                    + "|\\b" + stopped + "\\.forEach\\(\\w+ -> \\w+\\.stop\\(").matcher(text).find();
        }

        /// The client's threads are the JDK's and write nothing of ours.
        boolean isHttpClient(String stopped) {
            return Pattern.compile("\\bHttpClient " + stopped + "\\b").matcher(text).find();
        }

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

    @Test
    void whoInterruptsAThreadWaitsForItsEnd() throws IOException {
        List<String> found = new ArrayList<>();
        for (Source source : shipped()) {
            Matcher stop = STOPS.matcher(source.text);
            while (stop.find()) {
                String stopped = stop.group(1) == null ? stop.group(2) : stop.group(1);
                if (!source.awaits(stopped) && !source.isHttpClient(stopped)) {
                    found.add(source.path.getFileName() + ": " + stop.group());
                }
            }
        }
        assertThat(found).as("SupervisedLoop.stop or Termination.of of component-base; or say in this test why not")
                .allMatch(UNAWAITED::containsKey);
    }

    @Test
    void noStopWaitsWithoutALimit() throws IOException {
        assertThat(shipped().stream().filter(s -> ENDLESS.matcher(s.text).find())
                .map(s -> s.path.getFileName().toString())).as("a stop must end whatever its threads wait for")
                .allMatch(ENDLESSLY::containsKey);
    }

    private static List<Source> shipped() throws IOException {
        List<Source> all = new ArrayList<>();
        for (String kind : List.of("libraries", "providers")) {
            for (Path room : Tree.rooms(kind).values()) {
                for (Path file : Tree.sources(room)) {
                    all.add(new Source(file, Files.readString(file)));
                }
            }
        }
        return all;
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
