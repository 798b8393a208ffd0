package io.k3j.stockrows;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.FreePort;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// kine itself at one SQLite file, asked through etcd's own client by the transactions it knows.
final class KineProcess implements AutoCloseable {
    private static final Duration LIMIT = Waiting.LIMIT;
    private static final List<String> PATIENT = List.of("--dial-timeout=60s", "--command-timeout=60s");
    private final ChildProcess process;
    private final String endpoint;

    KineProcess(Path program, Path file, String... flags) throws IOException, InterruptedException {
        int port = FreePort.next();
        endpoint = "http://127.0.0.1:" + port;
        List<String> command = new ArrayList<>(List.of(program.toString(), "--endpoint",
                "sqlite://" + file + "?_journal=WAL&cache=shared&_busy_timeout=30000", "--listen-address",
                "tcp://127.0.0.1:" + port, "--metrics-bind-address", "0"));
        command.addAll(List.of(flags));
        process = Launch.of(command).output(file.resolveSibling("kine.log")).gracePeriod(LIMIT).start();
        for (long start = System.nanoTime(); !serves();) {
            if (!process.running() || System.nanoTime() - start > LIMIT.toNanos()) {
                throw process.failure("does not serve");
            }
        }
    }

    private boolean serves() throws IOException, InterruptedException {
        return !etcdctl(List.of("--dial-timeout=1s"), "", "get", "/registry/health").isEmpty();
    }

    void create(String key, String value) throws IOException, InterruptedException {
        transaction(key, 0, "put " + key + " " + value, "");
    }

    void update(String key, String value) throws IOException, InterruptedException {
        transaction(key, revision(key), "put " + key + " " + value, "get " + key);
    }

    void delete(String key) throws IOException, InterruptedException {
        transaction(key, revision(key), "del " + key, "get " + key);
    }

    private void transaction(String key, long revision, String success, String failure)
            throws IOException, InterruptedException {
        String answer = etcdctl("mod(\"" + key + "\") = \"" + revision + "\"\n\n" + success + "\n\n" + failure
                + "\n\n", "txn");
        if (!answer.startsWith("SUCCESS")) {
            throw new IOException(success + ": " + answer);
        }
    }

    private long revision(String key) throws IOException, InterruptedException {
        String fields = etcdctl("", "get", key, "-w", "fields");
        return Long.parseLong(fields.lines().filter(line -> line.startsWith("\"ModRevision\"")).findFirst()
                .orElseThrow(() -> new IOException(key + ": " + fields)).replaceAll("\\D", ""));
    }

    /// A value, empty when there is none.
    String get(String key) throws IOException, InterruptedException {
        return etcdctl("", "get", key, "--print-value-only").strip();
    }

    private String etcdctl(String input, String... words) throws IOException, InterruptedException {
        return etcdctl(PATIENT, input, words);
    }

    private String etcdctl(List<String> limits, String input, String... words)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("etcdctl", "--endpoints", endpoint));
        command.addAll(limits);
        command.addAll(List.of(words));
        Outcome answer = Launch.of(command).environment("ETCDCTL_API", "3").input(input).run(LIMIT);
        return answer.code() == 0 ? answer.text() : "";
    }

    @Override
    public void close() {
        process.close();
    }
}
