package io.k3j.swapitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.KillPoints;
import io.k3j.testkitprocess.RebuiltJars;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server is killed in the midst of a swap, before every fifth change of the files that say what runs, or with
/// `-Dk3j.kill.step=1` before each. The next start finishes or undoes the swap: all runs, and nothing is left over.
@Tag("full")
@Tag("kill")
@NeedsPackages({"gcc", "libc6-dev"})
class SwapKillPointsItest {
    private static final int STEP = Integer.getInteger("k3j.kill.step", 5);
    private static final Duration END = Duration.ofSeconds(90);
    // the framework fills it as it goes along, and makes it anew when it is damaged
    private static final String CACHE = "fw-";
    /// The socket and the names it is made with, there while a server runs.
    private static final String SOCKET = "console.";
    /// Beside a file while it is replaced; what is left of it the next write replaces.
    private static final String FRESH = ".json.new";
    @TempDir
    private Path directory;

    @Test
    void aSwapThatIsKilledAnywhereIsDoneOrUndoneByTheNextStart() throws Exception {
        Path jar = new RebuiltJars(Files.createDirectory(directory.resolve("jars"))).rebuilt(SwappedServer.BUNDLE);
        Set<String> shipped;
        Set<String> chosen;
        try (SwappedServer server = SwappedServer.started(directory, Map.of())) {
            shipped = files();
            expectOk(server, server.console("swap", jar.toString()));
            chosen = files();
            expectOk(server, server.console("back", SwappedServer.COMPONENT));
        }
        Path begin = directory.resolve("begin");
        KillPoints kill = KillPoints.make(directory).in("/data/bundles/").from(begin);
        List<Integer> points = new ArrayList<>();
        Set<Boolean> found = new TreeSet<>();
        for (int point = 1; killed(kill.at(point), begin, jar); point += STEP) {
            try (SwappedServer server = SwappedServer.started(directory, Map.of())) {
                assertThat(server.row()).as("after a kill at point " + point)
                        .matches(SwappedServer.COMPONENT + " +\\S+ +ACTIVE +OK.*");
                assertThat(without(files(), chosen)).as("left by a kill at point " + point).isSubsetOf(shipped);
                assertThat(without(shipped, files())).as("missing after a kill at point " + point).isEmpty();
                found.add(server.chosen());
                if (server.chosen()) {
                    expectOk(server, server.console("back", SwappedServer.COMPONENT));
                }
            }
            points.add(point);
        }
        System.out.println("killed in a swap at " + points);
        assertThat(points).hasSizeGreaterThan(5);
        assertThat(found).as("whether what was killed has been done by the next start").contains(false);
    }

    /// Whether a server was killed in its swap; not when that came to its end before.
    private boolean killed(Map<String, String> at, Path begin, Path jar) throws IOException, InterruptedException {
        try (SwappedServer server = SwappedServer.started(directory, at)) {
            Files.createFile(begin);
            try {
                expectOk(server, server.console("swap", jar.toString()));
                return false;
            } catch (IOException brokeOff) {
                assertThat(server.process().awaitEnd(END)).as(() -> server.process().tail())
                        .isEqualTo(KillPoints.KILLED);
                return true;
            }
        } finally {
            Files.deleteIfExists(begin);
        }
    }

    private static void expectOk(SwappedServer server, ConsoleAnswer answer) {
        assertThat(answer.code()).as(() -> answer.lines() + "\n" + server.process().tail()).isZero();
    }

    private static Set<String> without(Set<String> all, Set<String> others) {
        Set<String> left = new TreeSet<>(all);
        left.removeAll(others);
        return left;
    }

    private Set<String> files() throws IOException {
        Path bundles = directory.resolve("data/bundles");
        try (Stream<Path> all = Files.walk(bundles)) {
            return all.map(file -> bundles.relativize(file).toString())
                    .filter(name -> !name.startsWith(CACHE) && !name.startsWith(SOCKET) && !name.endsWith(FRESH))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
