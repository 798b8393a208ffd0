package io.k3j.testkitprocess;

import io.k3j.testkitbase.Teardown;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a test starts a program of the machine: its words, environment, directory, input and output. What it starts is
/// ended by [ChildProcess#close], and by a [Reaper] when the JVM of the test ends before that. Unless said otherwise
/// the program has the environment of the test, nothing to read, and its errors go where its output goes.
///
/// One launch starts one program; it is made and used by one thread.
public final class Launch {
    /// More than this is no output of a command that is run to its end.
    private static final long MOST_BYTES = 64 << 20;
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration GRACE_PERIOD = Duration.ofSeconds(15);
    private static final File NOTHING = new File("/dev/null");

    private final ProcessBuilder builder;
    private Duration gracePeriod = GRACE_PERIOD;
    private @Nullable Path output;
    private @Nullable String input;

    private Launch(List<String> command) {
        builder = new ProcessBuilder(command).redirectErrorStream(true).redirectInput(NOTHING);
    }

    /// Of a command, its program first.
    public static Launch of(String... command) {
        return of(List.of(command));
    }

    /// Of a command, its program first.
    public static Launch of(List<String> command) {
        return new Launch(List.copyOf(command));
    }

    /// The file of a tool of the Java that runs the test: `java`, `jcmd`.
    public static String jdk(String tool) {
        return Path.of(System.getProperty("java.home"), "bin", tool).toString();
    }

    /// The words that run `jcmd` of the Java that runs the test. It lives for a moment: its own virtual machine has no
    /// second compiler, and no collector with threads.
    public static List<String> jcmd() {
        return List.of(jdk("jcmd"), "-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC");
    }

    /// With a variable more in its environment, or another value of one.
    public Launch environment(String name, String value) {
        builder.environment().put(name, value);
        return this;
    }

    /// With more in its environment.
    public Launch environment(Map<String, String> more) {
        builder.environment().putAll(more);
        return this;
    }

    /// Without what K3s and kubectl would read of the environment of the test; `k3s` gets [#javaOptions()].
    public Launch withoutK3sEnvironment() {
        builder.environment().keySet().removeIf(name -> name.startsWith("K3S_") || name.equals("KUBECONFIG"));
        return javaOptions().isEmpty() ? this : environment("K3S_JAVA_OPTIONS", javaOptions());
    }

    /// Options for the virtual machines of servers that live for seconds, from the system property `k3j.server.java`;
    /// empty where they are to run as users run them.
    public static String javaOptions() {
        return System.getProperty("k3j.server.java", "");
    }

    /// In a working directory.
    public Launch directory(Path directory) {
        builder.directory(directory.toFile());
        return this;
    }

    /// What it prints goes to a file, which is made anew.
    public Launch output(Path file) {
        output = file;
        builder.redirectOutput(file.toFile());
        return this;
    }

    /// What it prints is appended to a file.
    public Launch appending(Path file) {
        output = file;
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(file.toFile()));
        return this;
    }

    /// Its errors go to those of the test, and are no part of its output.
    public Launch errorsApart() {
        builder.redirectErrorStream(false).redirectError(ProcessBuilder.Redirect.INHERIT);
        return this;
    }

    /// A program that is [#run] reads this text.
    public Launch input(String text) {
        input = text;
        return this;
    }

    /// It reads what is written to [ChildProcess#writer], whose end it sees when the JVM of the test ends.
    public Launch interactive() {
        builder.redirectInput(ProcessBuilder.Redirect.PIPE);
        return this;
    }

    /// How long it may go on after SIGTERM before it is killed; zero: it is killed at once. Without this 15 s.
    public Launch gracePeriod(Duration period) {
        gracePeriod = period;
        return this;
    }

    /// Starts it. Without an output file [ChildProcess#reader] has to be read, or it stands still when a pipe is full.
    /// @throws IOException when there is no such program
    public ChildProcess start() throws IOException {
        Process process = builder.start();
        try {
            Reaper.watch(process.pid());
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
        return new ChildProcess(process, words(), output, gracePeriod);
    }

    /// Runs it to its end.
    /// @throws AssertionError with the command and its last lines when it takes longer than `limit`, or prints more
    ///         than 64 MiB; it and what it has started is killed then
    public Outcome run(Duration limit) throws IOException, InterruptedException {
        Path printed = Files.createTempFile("k3j-launch", ".out");
        Path read = Files.createTempFile("k3j-launch", ".in");
        try {
            if (input != null) {
                builder.redirectInput(Files.writeString(read, input).toFile());
            }
            gracePeriod = Duration.ZERO;
            try (ChildProcess process = output(printed).start()) {
                return new Outcome(code(process, printed, limit), process.output());
            }
        } finally {
            Teardown.of("files of " + words(), () -> Files.deleteIfExists(printed), () -> Files.deleteIfExists(read));
        }
    }

    /// Runs it to its end, in which it must succeed.
    /// @return what it printed
    /// @throws AssertionError with the command and what it printed when it did not, and as [#run]
    public String text(Duration limit) throws IOException, InterruptedException {
        Outcome outcome = run(limit);
        if (outcome.code() != 0) {
            throw new AssertionError(words() + "\nended with " + outcome.code() + "\n" + outcome.text());
        }
        return outcome.text();
    }

    private String words() {
        return String.join(" ", builder.command());
    }

    private static int code(ChildProcess process, Path printed, Duration limit)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!process.ended(LOOK)) {
            if (Files.size(printed) > MOST_BYTES) {
                throw process.failure("prints without end");
            }
            if (System.nanoTime() > end) {
                throw process.failure("has not ended after " + limit.toSeconds() + " s");
            }
        }
        return process.code();
    }
}
