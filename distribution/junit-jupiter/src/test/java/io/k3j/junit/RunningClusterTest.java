package io.k3j.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With a program in the place of `k3s`, whose third and seventh words are the data directory and the kubeconfig.
class RunningClusterTest {
    private static final Duration SOON = Duration.ofMinutes(5);
    private static final String READY = "echo kubeconfig > $7; echo k3s is up and running; exec sleep 600";
    @TempDir
    private Path home;

    private void program(String script) throws IOException {
        Path bin = Files.createDirectories(home.resolve("bin"));
        Path k3s = Files.writeString(bin.resolve("k3s"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(k3s, PosixFilePermissions.fromString("rwxr-xr-x"));
        System.setProperty(Distribution.PROPERTY, home.toString());
    }

    @AfterEach
    void forget() {
        System.clearProperty(Distribution.PROPERTY);
    }

    private static ClusterSpec within(Duration limit, String... args) {
        return new ClusterSpec(List.of(args), false, "", limit);
    }

    @Test
    void isReadyWhenK3sSaysSoAndLeavesNothing() throws IOException {
        program("echo words: \"$@\"; " + READY);
        Path directory;
        try (RunningCluster cluster = RunningCluster.start(within(SOON, "--disable=coredns"))) {
            directory = cluster.dataDirectory().getParent();
            assertThat(cluster.running()).isTrue();
            assertThat(cluster.kubeconfig()).isEqualTo("kubeconfig\n");
            assertThat(cluster.output()).contains("words: server --data-dir", "--https-listen-port 0",
                    "--disable-agent --disable=coredns");
        }
        assertThat(directory).doesNotExist();
    }

    @Test
    void tellsWhatAServerPrintedThatEnds() throws IOException {
        program("echo no such flag; exit 3");
        assertThatThrownBy(() -> RunningCluster.start(within(SOON))).isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("ended with 3", "no such flag");
    }

    @Test
    void tellsWhatAServerPrintedThatIsNotReadyInTimeAndEndsIt() throws IOException {
        program("echo $$ > " + home.resolve("pid") + "; echo waiting for a datastore; exec sleep 600");
        assertThatThrownBy(() -> RunningCluster.start(within(Duration.ofSeconds(15))))
                .hasMessageContainingAll("not ready after 15 s", "waiting for a datastore");
        long pid = Long.parseLong(Files.readString(home.resolve("pid")).trim());
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void takesNothingOfTheUsersOwnCluster() throws IOException {
        program(READY);
        Map<String, String> environment = new HashMap<>(Map.of("K3S_TOKEN", "secret", "K3S_URL", "https://own:6443",
                "K3S_JAVA", "/java", "KUBECONFIG", "/own.yaml", "PATH", "/bin"));
        ServerProcess.environment(environment, home.resolve("bin/k3s"), within(SOON));
        assertThat(environment).containsOnly(Map.entry("K3S_JAVA", "/java"), Map.entry("PATH", "/bin"),
                Map.entry("K3S_CONFIG_FILE", "/dev/null"), Map.entry("K3S_JAVA_OPTIONS", ""));
    }

    @Test
    void itsServerEndsWithTheJvmThatStartedIt() throws IOException, InterruptedException {
        program("echo $$; exec sleep 600");
        String script;
        try (var in = RunningCluster.class.getResourceAsStream("run.sh")) {
            script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Process shell = new ProcessBuilder("sh", "-c", script, "k3j", home.resolve("bin/k3s").toString()).start();
        long pid = Long.parseLong(shell.inputReader().readLine());
        shell.getOutputStream().close();
        assertThat(shell.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }
}
