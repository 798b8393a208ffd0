package io.k3j.killpoints;

import io.k3j.testkitmachine.Outcome;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.K3sProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Two hosts with a network between them and processes nobody else sees; what runs on them ends with them.
final class Hosts implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private final Process power;
    private final long inside;
    private final String second;

    private Hosts(Process power, long inside, String second) {
        this.power = power;
        this.inside = inside;
        this.second = second;
    }

    /// Switches them on; `directory` gets a few files.
    static Hosts on(Path directory) throws IOException, InterruptedException {
        Path script = directory.resolve("hosts.sh");
        try (InputStream in = Objects.requireNonNull(Hosts.class.getResourceAsStream("hosts.sh"))) {
            Files.copy(in, script);
        }
        Path second = directory.resolve("second");
        Path said = directory.resolve("hosts.txt");
        Process power = new ProcessBuilder("unshare", "--mount", "--net", "--pid", "--uts", "--fork",
                "--kill-child=KILL", "--mount-proc", "bash", script.toString(), second.toString())
                .redirectErrorStream(true).redirectOutput(said.toFile()).start();
        Waiting.until("hosts", LIMIT, () -> Files.exists(second), () -> text(said));
        return new Hosts(power, power.children().findFirst().orElseThrow().pid(), Files.readString(second).strip());
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /// The address of a host, 1 or 2.
    static String address(int host) {
        return "10.99.0." + host;
    }

    private List<String> on(int host, List<String> words) {
        List<String> all = new ArrayList<>(
                List.of("nsenter", "--target", Long.toString(inside), "--mount", "--net", "--pid", "--uts"));
        if (host == 2) {
            all.addAll(List.of("nsenter", "--target", second, "--net"));
        }
        all.addAll(words);
        return all;
    }

    /// Starts `k3s …` there.
    Running k3s(int host, Path output, Map<String, String> environment, List<String> words) throws IOException {
        List<String> all = new ArrayList<>(List.of(K3sProcess.distribution().resolve("bin/k3s").toString()));
        all.addAll(words);
        ProcessBuilder builder = builder(host, all).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        return new Running(builder.start(), output);
    }

    private ProcessBuilder builder(int host, List<String> words) {
        ProcessBuilder builder = new ProcessBuilder(on(host, words)).redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("K3S_") || name.equals("KUBECONFIG"));
        builder.environment().putAll(Map.of("K3S_CONFIG_FILE", "/dev/null", "ETCDCTL_API", "3", "K3S_JAVA",
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        return builder;
    }

    /// Runs a command to its end there.
    Outcome run(int host, String... words) throws IOException, InterruptedException {
        Process process = builder(host, List.of(words)).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), text);
    }

    @Override
    public void close() {
        power.children().forEach(ProcessHandle::destroyForcibly);
        power.destroyForcibly();
        power.onExit().join();
    }
}
