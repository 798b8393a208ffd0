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
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs short programs and collects what they say. Whatever a program does, a call comes back: one that does not end
/// is killed with its children at the limit, and nobody waits longer than a second for output that a process it left
/// behind keeps open. Any thread.
public final class Command {
    /// The exit code of what was killed. Programs themselves end with 0 to 255.
    public static final int KILLED = -1;
    /// What is kept of output and of complaints; a program that says more is cut off and fails by it.
    static final int MOST_BYTES = 64 << 20;
    private static final System.Logger LOG = System.getLogger("io.k3j.childprocess");
    /// How long the rest of the output is waited for once the programs have ended: a process they left behind may
    /// hold the pipe open for ever.
    private static final Duration REST = Duration.ofSeconds(1);
    private final Duration limit;
    private final int mostBytes;

    /// How a program ended.
    ///
    /// @param code its exit code (0: it says that it has done its work; 128 and more as a rule: a signal ended it),
    /// [#KILLED] when it was killed here
    /// @param output what it printed, as UTF-8; what came until then when it was killed
    /// @param complaint what it printed on standard error, or why it was killed
    public record Outcome(int code, String output, String complaint) {
    }

    /// @param limit for a program to run; of a pipe, for all of it together
    public Command(Duration limit) {
        this(limit, MOST_BYTES);
    }

    /// @param limit for a program to run; of a pipe, for all of it together
    /// @param mostBytes what is kept of output and of complaints; a program that says more is cut off
    public Command(Duration limit, int mostBytes) {
        this.limit = limit;
        this.mostBytes = mostBytes;
    }

    /// Blocks until the program has ended or has been killed. An interrupt kills it and stays set. A program that
    /// fails, is killed or says too much is an [Outcome], no exception.
    ///
    /// @param line the program and its arguments; no shell reads them
    /// @param input what it is given to read, as UTF-8
    /// @throws IOException when there is no such program
    public Outcome run(List<String> line, String input) throws IOException {
        return run(line, input, Map.of());
    }

    /// The same with further variables beside those of this process.
    public Outcome run(List<String> line, String input, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().putAll(environment);
        Process process = builder.start();
        begin(line, "input", () -> feed(process.getOutputStream(), input));
        return outcome(List.of(line), List.of(process));
    }

    /// The same for programs of which the first reads a file, and each of the others what the one before it prints.
    /// It has ended well when all have. The code is that of the first program that did not end with 0, and
    /// complaints of all come together.
    ///
    /// @param lines programs and their arguments, at least one
    /// @param input a file
    /// @throws IOException when there is no such program or file
    public Outcome pipe(List<List<String>> lines, Path input) throws IOException {
        List<ProcessBuilder> builders = lines.stream().map(ProcessBuilder::new).toList();
        builders.getFirst().redirectInput(input.toFile());
        return outcome(lines, ProcessBuilder.startPipeline(builders));
    }

    /// Each pipe is read on a thread of its own from the start: a program whose output nobody reads stands still
    /// when 64 KiB wait in the pipe of the kernel. Whatever the way out, none of the programs is left running.
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

    /// Children first, while it is still known whose they are: those of a dead process belong to init.
    private static void kill(Process process) {
        if (process.isAlive()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    /// An error here is no error of the call: a program may close its input early, and its exit code tells how it
    /// went.
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

    /// Stops at the bound and closes the pipe; a program that goes on writing gets SIGPIPE.
    private void collect(InputStream from, ByteArrayOutputStream to) throws IOException {
        try (from) {
            byte[] part = new byte[8192];
            for (int n = from.read(part); n >= 0 && to.size() < mostBytes; n = from.read(part)) {
                to.write(part, 0, n);
            }
        }
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
