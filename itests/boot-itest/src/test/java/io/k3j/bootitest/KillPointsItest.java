package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.KillPoints;
import io.k3j.testkitprocess.Launch;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The first start of a server is killed at points at which it changes names or makes files durable, of certificates,
/// token, datastore, records: at every tenth, or with `-Dk3j.kill.step=1` at each. The next start finds its way and
/// leaves the files of an undisturbed one, no more and no fewer.
@Tag("full")
@Tag("kill")
@NeedsPackages({"gcc", "libc6-dev"})
class KillPointsItest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String SERVES = "Component healthy component=apiserver";
    private static final String[] FLAGS = {"--disable-agent", "--bind-address", "127.0.0.1"};
    // the framework fills it as it goes along, and makes it anew when it is damaged
    private static final String CACHE = "bundles/fw-";
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final int STEP = Integer.getInteger("k3j.kill.step", 10);
    @TempDir
    private Path directory;

    @Test
    void aFirstStartThatIsKilledAnywhereIsMadeGood() throws Exception {
        KillPoints kill = KillPoints.make(directory);
        Set<String> undisturbed = files(served(Files.createDirectory(directory.resolve("undisturbed"))));
        List<Integer> points = new ArrayList<>();
        for (int point = 1; killed(kill, point); point += STEP) {
            Set<String> files = files(served(home(point)));
            assertThat(without(files, undisturbed)).as("left by a kill at point " + point).isEmpty();
            assertThat(without(undisturbed, files)).as("missing after a kill at point " + point).isEmpty();
            points.add(point);
        }
        System.out.println("killed at " + points);
        assertThat(points).hasSizeGreaterThan(5);
    }

    private Path home(int point) throws IOException {
        return Files.createDirectories(directory.resolve("killed-at-" + point));
    }

    /// Whether a first start was killed there; not when it has come to serve before.
    private boolean killed(KillPoints kill, int point) throws IOException, InterruptedException {
        Path home = home(point);
        try (ChildProcess start = first(kill, point, home).output(home.resolve("killed.txt")).gracePeriod(Duration.ZERO)
                .start()) {
            long end = System.nanoTime() + LIMIT.toNanos();
            while (!start.ended(LOOK)) {
                String said = start.output();
                if (said.contains(SERVES)) {
                    return false;
                }
                assertThat(System.nanoTime()).as(said).isLessThan(end);
            }
            assertThat(start.code()).as(start.output()).isEqualTo(KillPoints.KILLED);
            return true;
        }
    }

    private static Launch first(KillPoints kill, int point, Path home) {
        List<String> words = new ArrayList<>(List.of("server", "--data-dir", home.resolve("data").toString(),
                "--https-listen-port", "0", "--write-kubeconfig", home.resolve("k3s.yaml").toString()));
        words.addAll(List.of(FLAGS));
        return K3sProcess.k3s(words).environment(kill.at(point)).environment("K3S_CONFIG_FILE", "/dev/null");
    }

    /// The data directory of a server that has come to serve and was stopped.
    private static Path served(Path home) throws IOException, InterruptedException {
        try (K3sProcess server = K3sProcess.server(home, FLAGS)) {
            server.awaitOutput(SERVES, LIMIT);
            return server.dataDir();
        }
    }

    private static Set<String> without(Set<String> all, Set<String> others) {
        Set<String> left = new TreeSet<>(all);
        left.removeAll(others);
        return left;
    }

    private static Set<String> files(Path data) throws IOException {
        try (Stream<Path> all = Files.walk(data)) {
            return all.map(file -> data.relativize(file).toString()).filter(name -> !name.startsWith(CACHE))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
