package io.k3j.stockrows;

import io.k3j.testkitprocess.FreePort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// kine itself at one SQLite file, asked through etcd's own client by the transactions it knows.
final class KineProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private final Process process;
    private final String endpoint;

    KineProcess(Path program, Path file, String... flags) throws IOException, InterruptedException {
        int port = FreePort.next();
        endpoint = "http://127.0.0.1:" + port;
        List<String> command = new ArrayList<>(List.of(program.toString(), "--endpoint",
                "sqlite://" + file + "?_journal=WAL&cache=shared&_busy_timeout=30000", "--listen-address",
                "tcp://127.0.0.1:" + port, "--metrics-bind-address", "0"));
        command.addAll(List.of(flags));
        process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(file.resolveSibling("kine.log").toFile()).start();
        for (long start = System.nanoTime(); !serves();) {
            if (!process.isAlive() || System.nanoTime() - start > LIMIT.toNanos()) {
                throw new IOException("kine does not serve, see kine.log");
            }
        }
    }

    private boolean serves() throws IOException, InterruptedException {
        return !etcdctl("", "get", "/registry/health").isEmpty();
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
        List<String> command = new ArrayList<>(List.of("etcdctl", "--endpoints", endpoint, "--dial-timeout=1s"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("ETCDCTL_API", "3");
        Process asked = builder.start();
        asked.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        asked.getOutputStream().close();
        String answer = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return asked.waitFor() == 0 ? answer : "";
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
