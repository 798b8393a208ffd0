package io.k3j.childprocess;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs short programs and collects what they say. Whatever a program does, a call comes back: one that does not end
/// is killed with its children at the limit, and nobody waits longer than a second for output that a process it left
/// behind keeps open. Any thread.
public final class Command {
    /// The exit code of what was killed.
    public static final int KILLED = -1;
    /// What is kept of output and of complaints; a program that says more is cut off and fails by it.
    static final int MOST_BYTES = 64 << 20;
    private static final System.Logger LOG = System.getLogger("io.k3j.childprocess");
    private static final Duration REST = Duration.ofSeconds(1);
    private final Duration limit;

    /// How a program ended.
    ///
    /// @param code its exit code, [#KILLED] when it was killed
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
        begin(line, "input", () -> feed(process.getOutputStream(), input));
        return outcome(List.of(line), List.of(process));
    }

    /// The same for programs of which the first reads a file, and each of the others what the one before it prints. It
    /// has ended well when all have.
    ///
    /// @param lines programs and their arguments, at least one
    /// @param input a file
    /// @throws IOException when there is no such program or file
    public Outcome pipe(List<List<String>> lines, Path input) throws IOException {
        List<ProcessBuilder> builders = lines.stream().map(ProcessBuilder::new).toList();
        builders.getFirst().redirectInput(input.toFile());
        return outcome(lines, ProcessBuilder.startPipeline(builders));
    }

    private Outcome outcome(List<List<String>> lines, List<Process> processes) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream complaint = new ByteArrayOutputStream();
        Process last = processes.getLast();
        List<Thread> readers = new ArrayList<>();
        readers.add(begin(lines.getLast(), "output", () -> collect(last.getInputStream(), output)));
        for (int i = 0; i < processes.size(); i++) {
            Process process = processes.get(i);
            readers.add(begin(lines.get(i), "complaint", () -> collect(process.getErrorStream(), complaint)));
        }
        try {
            long deadline = System.nanoTime() + limit.toNanos();
            for (Process process : processes) {
                if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    return new Outcome(KILLED, text(output), "no answer within " + limit.toSeconds() + " seconds");
                }
            }
            for (Thread reader : readers) {
                reader.join(REST);
            }
            int code = processes.stream().mapToInt(Process::exitValue).filter(c -> c != 0).findFirst().orElse(0);
            return new Outcome(code, text(output), text(complaint));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome(KILLED, text(output), "interrupted");
        } finally {
            processes.forEach(Command::kill);
        }
    }

    private static void kill(Process process) {
        if (process.isAlive()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
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
