package io.k3j.cli.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which processes are believed to be servers, on a `/proc` that is made up.
class RunningServicesTest {
    private static final String PIDS = "pid:[1]";
    private static final Path LIBRARY = Path.of("/usr/local/lib/k3s");
    @TempDir
    Path proc;

    @BeforeEach
    void self() throws IOException {
        Files.createDirectories(proc.resolve("self/ns"));
        Files.createSymbolicLink(proc.resolve("self/ns/pid"), Path.of(PIDS));
    }

    private Path process(int pid, String pids, String home, String command) throws IOException {
        Path process = Files.createDirectory(proc.resolve(Integer.toString(pid)));
        Files.createDirectory(process.resolve("ns"));
        Files.createSymbolicLink(process.resolve("ns/pid"), Path.of(pids));
        Files.writeString(process.resolve("cmdline"), String.join("\0", "/opt/java/bin/java", "-Dk3j.home=" + home,
                "io.k3j.cli.Main", command) + "\0");
        Files.writeString(process.resolve("environ"), "PATH=/bin\0K3S_JAVA=/opt/java/bin/java\0");
        Files.writeString(process.resolve("cgroup"), "0::/system.slice/k3s-agent.service\n");
        return process;
    }

    private boolean root() throws IOException {
        return (Integer) Files.getAttribute(proc, "unix:uid") == 0;
    }

    @Test
    void aServerOrAgentOfRootIsFoundWithItsUnitAndItsJava() throws IOException {
        assumeTrue(root(), "only root makes files of root");
        process(7, PIDS, LIBRARY + "/release-a", "agent");
        process(8, PIDS, LIBRARY + "/release-a", "kubectl");
        process(9, PIDS, "/opt/k3s-0.1.0", "server");
        assertThat(new RunningServices(proc).below(LIBRARY)).containsExactly(new Machine.Running(7, "agent",
                LIBRARY.resolve("release-a"), "k3s-agent.service", "/opt/java/bin/java"));
    }

    @Test
    void theWordsOfAServerInAProcessOfSomebodyElseProveNothing() throws IOException {
        Path process = process(7, PIDS, LIBRARY + "/release-a", "server");
        if (root()) {
            Files.setAttribute(process, "unix:uid", 1000);
        }
        assertThat(new RunningServices(proc).below(LIBRARY)).isEmpty();
    }

    @Test
    void aProcessIsKnownByItsNumberAndTheTimeOfItsStart() throws IOException {
        Path process = Files.createDirectory(proc.resolve("7"));
        Files.writeString(process.resolve("stat"),
                "7 (sh) 1) S 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 2 3 4\n");
        Path file = proc.resolve("file");
        assertThat(new RunningServices(proc).runs(file)).isFalse();
        for (String other : new String[] {"7 4712\n", "8 4711\n", "7\n", "", "../7 4711\n"}) {
            Files.writeString(file, other);
            assertThat(new RunningServices(proc).runs(file)).as(other).isFalse();
        }
        Files.writeString(file, "7 4711\n");
        assertThat(new RunningServices(proc).runs(file)).isTrue();
    }

    @Test
    void norDoThoseOfAContainer() throws IOException {
        process(7, "pid:[2]", LIBRARY + "/release-a", "server");
        Path ended = process(8, PIDS, LIBRARY + "/release-a", "server");
        Files.delete(ended.resolve("ns/pid"));
        assertThat(new RunningServices(proc).below(LIBRARY)).isEmpty();
    }
}
