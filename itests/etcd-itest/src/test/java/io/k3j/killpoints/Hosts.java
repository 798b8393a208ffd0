package io.k3j.killpoints;

import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.io.InputStream;
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
    private static final Duration RUN_LIMIT = Duration.ofMinutes(4);
    private final ChildProcess power;
    private final long inside;
    private final String second;

    private Hosts(ChildProcess power, long inside, String second) {
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
        ChildProcess power = Launch.of("unshare", "--mount", "--net", "--pid", "--uts", "--fork", "--kill-child=KILL",
                "--mount-proc", "bash", script.toString(), second.toString()).output(directory.resolve("hosts.txt"))
                .interactive().gracePeriod(Duration.ZERO).start();
        Waiting.until("hosts", LIMIT, () -> Files.exists(second), power::tail);
        return new Hosts(power, power.children().findFirst().orElseThrow().pid(), Files.readString(second).strip());
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
        return new Running(launch(host, all).environment(environment).output(output).start());
    }

    private Launch launch(int host, List<String> words) {
        return Launch.of(on(host, words)).withoutK3sEnvironment().environment(
                Map.of("K3S_CONFIG_FILE", "/dev/null", "ETCDCTL_API", "3", "K3S_JAVA", Launch.jdk("java")));
    }

    /// Runs a command to its end there.
    Outcome run(int host, String... words) throws IOException, InterruptedException {
        return launch(host, List.of(words)).run(RUN_LIMIT);
    }

    @Override
    public void close() {
        power.close();
    }
}
