package io.k3j.swapitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Figure;
import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.RebuiltJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a thousand swaps of one server leave behind, all its bundles in turns, for the table of figures.
@Tag("full")
@Tag("figures")
class ThousandSwapsItest {
    private static final int ISSUE = 14;
    private static final int SWAPS = 1_000;
    private static final int HUNDRED = 100;
    private static final double MEBIBYTE = 1_024;
    /// How often it is looked whether what is left goes by itself.
    private static final int LOOKS = 10;
    private static final Duration LIMIT = Duration.ofSeconds(120);
    /// What classes take of both parts of metaspace.
    private static final String BOTH = "Both:";
    @TempDir
    private Path dir;

    /// What a process holds.
    private record Held(Leaks leaks, double metaspace, long descriptors) {
    }

    @Test
    void leaveNothingBehind() throws Exception {
        RebuiltJars jars = new RebuiltJars(Files.createDirectories(dir.resolve("rebuilt")));
        try (K3sProcess server = K3sProcess.server(dir, "--disable-agent", "--bind-address", "127.0.0.1")) {
            server.awaitOutput("Component healthy component=console", LIMIT);
            server.await("bundles all active and healthy", LIMIT, () -> settled(server));
            Map<String, Path> bundles = swappable(server, jars);
            bundles.forEach((name, jar) -> round(server, name, jar));
            server.await("views of late kinds", LIMIT, () -> collected(server));
            Held before = held(server, look(server));
            int swaps = 0;
            long began = System.nanoTime();
            while (swaps < SWAPS) {
                for (Map.Entry<String, Path> bundle : bundles.entrySet()) {
                    round(server, bundle.getKey(), bundle.getValue());
                    swaps += 2;
                }
            }
            System.out.println(swaps + " swaps in " + Duration.ofNanos(System.nanoTime() - began).toSeconds() + " s");
            print(swaps, before, rested(server, before.leaks()));
        }
    }

    private static void print(int swaps, Held before, Held after) {
        String what = after.leaks().beyond(before.leaks());
        System.out.println("left behind: " + (what.isEmpty() ? "nothing" : what));
        String of = swaps + " swaps: ";
        new Figure(ISSUE, of + "class loaders left", after.leaks().loaders() - before.leaks().loaders(), "").atMost(0);
        new Figure(ISSUE, of + "services left", after.leaks().services() - before.leaks().services(), "").atMost(0);
        new Figure(ISSUE, of + "kinds of threads or services of which more are left", what.isEmpty() ? 0 : 1, "")
                .atMost(0);
        new Figure(ISSUE, of + "descriptors left, sockets among them", after.descriptors() - before.descriptors(), "")
                .atMost(0);
        new Figure(ISSUE, of + "growth of metaspace for a hundred",
                Math.max(0, after.metaspace() - before.metaspace()) * HUNDRED / swaps, "MiB").atMost(1);
    }

    private static boolean settled(K3sProcess server) {
        try {
            return server.console("ls").lines().stream().skip(1).map(row -> row.split("\\s+"))
                    .allMatch(columns -> columns[2].equals("ACTIVE") && columns[3].equals("OK"));
        } catch (IOException notYet) {
            return false;
        }
    }

    /// Whether the garbage collector has found what it finds some time after a start: that is no leftover.
    private boolean collected(K3sProcess server) {
        try {
            return look(server).hasLateViews();
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Rebuilt jars by the names of their bundles.
    private static Map<String, Path> swappable(K3sProcess server, RebuiltJars jars) throws IOException {
        Map<String, Path> all = new LinkedHashMap<>();
        for (String row : server.console("ls", "-o", "wide").lines().stream().skip(1).toList()) {
            String[] columns = row.split("\\s+");
            if (!columns[5].equals("RESTART") && columns[3].equals("ACTIVE")) {
                all.put(columns[0], jars.rebuilt(columns[1]));
            }
        }
        assertThat(all).isNotEmpty();
        return all;
    }

    private static void round(K3sProcess server, String name, Path jar) {
        try {
            expectOk(server, server.console("swap", jar.toString()));
            expectOk(server, server.console("back", name));
        } catch (IOException e) {
            throw new AssertionError(server.tail(), e);
        }
    }

    private static void expectOk(K3sProcess server, ConsoleAnswer answer) {
        assertThat(answer.code()).as(() -> answer.lines() + "\n" + server.tail()).isZero();
    }

    private Leaks look(K3sProcess server) throws IOException, InterruptedException {
        return Leaks.of(server::jcmd, dir);
    }

    /// What is held once collections have passed; each look is one.
    private Held rested(K3sProcess server, Leaks before) throws IOException, InterruptedException {
        Leaks stayed = look(server);
        for (int looks = 1; looks < LOOKS && !stayed.beyond(before).isEmpty(); looks++) {
            stayed = look(server).since(stayed);
        }
        return held(server, stayed);
    }

    private static Held held(K3sProcess server, Leaks leaks) throws IOException, InterruptedException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(server.pid()), "fd"))) {
            return new Held(leaks, metaspace(server), descriptors.count());
        }
    }

    /// Mebibytes that are used, from a line of the first section as `Both:   61234.00 KB used.`
    private static double metaspace(K3sProcess server) throws IOException, InterruptedException {
        String report = server.jcmd("VM.metaspace basic scale=KB");
        String line = report.lines().map(String::strip).filter(l -> l.startsWith(BOTH) && l.contains("used"))
                .findFirst().orElseThrow(() -> new AssertionError("no use of metaspace in\n" + report));
        return Double.parseDouble(line.substring(BOTH.length()).strip().split(" ")[0]) / MEBIBYTE;
    }
}
