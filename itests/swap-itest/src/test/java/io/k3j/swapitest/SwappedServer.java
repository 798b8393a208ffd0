package io.k3j.swapitest;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.K3sProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A server whose scheduler is replaced, started again and again over one data directory.
final class SwappedServer implements AutoCloseable {
    /// What is replaced, by its symbolic name and by that of its component.
    static final String BUNDLE = "io.k3j.scheduler";
    static final String COMPONENT = "scheduler";
    private static final int STATE = 2;
    private static final int HEALTH = 3;
    private final ChildProcess process;
    private final Path bundles;

    private SwappedServer(ChildProcess process, Path bundles) {
        this.process = process;
        this.bundles = bundles;
    }

    /// Starts it, and waits until all of it is well and nothing is under way any more.
    static SwappedServer started(Path directory, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path bundles = directory.resolve("data/bundles");
        ChildProcess process = K3sProcess.k3s(List.of("server", "--data-dir", directory.resolve("data").toString(),
                "--https-listen-port", "0", "--write-kubeconfig", directory.resolve("k3s.yaml").toString(),
                "--disable-agent", "--bind-address", "127.0.0.1")).environment("K3S_CONFIG_FILE", "/dev/null")
                .environment(environment).output(directory.resolve("output.txt")).start();
        SwappedServer server = new SwappedServer(process, bundles);
        try {
            Waiting.until("all bundles active and healthy, no change under way", process, server::settled);
            return server;
        } catch (AssertionError | InterruptedException e) {
            process.close();
            throw e;
        }
    }

    private boolean settled() throws IOException {
        List<String> rows = console("ls").lines();
        return rows.size() > 1 && rows.stream().skip(1).map(row -> row.split("\\s+")).allMatch(
                columns -> columns[STATE].equals("ACTIVE") && columns[HEALTH].equals("OK"))
                && Files.notExists(bundles.resolve("journal.json"));
    }

    /// Whether the one that was put in the place of the shipped one is what is started.
    boolean chosen() throws IOException {
        Path file = bundles.resolve("chosen.json");
        return Files.exists(file) && Files.readString(file).contains(BUNDLE);
    }

    /// @throws IOException when the server ends before it has answered
    ConsoleAnswer console(String... words) throws IOException {
        return ConsoleAnswer.of(bundles.resolve("console.sock"), words);
    }

    /// The row of the component, in columns.
    String row() throws IOException {
        return console("ls").lines().stream().filter(row -> row.startsWith(COMPONENT + " ")).findFirst().orElse("");
    }

    ChildProcess process() {
        return process;
    }

    @Override
    public void close() {
        process.close();
    }
}
