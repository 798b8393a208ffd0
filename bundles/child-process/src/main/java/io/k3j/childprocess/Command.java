package io.k3j.childprocess;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs short programs and collects what they say. Whatever a program does, a call comes back: one that does not end
/// is killed with its children at the limit, and nobody waits longer than a second for output that a process it left
/// behind keeps open. Any thread.
public final class Command {
    /// What is kept of output and of complaints; a program that says more is cut off and fails by it.
    static final int MOST_BYTES = 64 << 20;
    private static final System.Logger LOG = System.getLogger("io.k3j.childprocess");
    private static final Duration REST = Duration.ofSeconds(1);
    private final Duration limit;

    /// How a program ended.
    ///
    /// @param code its exit code, -1 when it was killed
    /// @param output what it printed, as UTF-8
    /// @param complaint what it printed on standard error, or why it was killed
    public record Outcome(int code, String output, String complaint) {
    }

    /// @param limit for a program to run
    public Command(Duration limit) {
        this.limit = limit;
    }

    /// Blocks until the program has ended or has been killed. An interrupt kills it and stays set.
    ///
    /// @param line the program and its arguments; no shell reads them
    /// @param input what it is given to read, as UTF-8
    /// @throws IOException when there is no such program
    public Outcome run(List<String> line, String input) throws IOException {
        Process process = new ProcessBuilder(line).start();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream complaint = new ByteArrayOutputStream();
        begin(line, "input", () -> feed(process.getOutputStream(), input));
        Thread reader = begin(line, "output", () -> collect(process.getInputStream(), output));
        Thread listener = begin(line, "complaint", () -> collect(process.getErrorStream(), complaint));
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return new Outcome(-1, text(output), "no answer within " + limit.toSeconds() + " seconds");
            }
            reader.join(REST);
            listener.join(REST);
            return new Outcome(process.exitValue(), text(output), text(complaint));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome(-1, text(output), "interrupted");
        } finally {
            if (process.isAlive()) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static Thread begin(List<String> line, String what, Work work) {
        return Thread.ofVirtual().name(line.getFirst() + "-" + what).start(() -> {
            try {
                work.run();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "{0} of {1}: {2}", what, line.getFirst(), e.getMessage());
            }
        });
    }

    private static void feed(OutputStream to, String input) throws IOException {
        try (to) {
            to.write(input.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void collect(InputStream from, ByteArrayOutputStream to) throws IOException {
        try (from) {
            byte[] part = new byte[8192];
            for (int n = from.read(part); n >= 0 && to.size() < MOST_BYTES; n = from.read(part)) {
                to.write(part, 0, n);
            }
        }
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
