package io.k3j.testkitprocess;

import io.k3j.testkitbase.Living;
import io.k3j.testkitbase.Teardown;
import io.k3j.testkitbase.Waiting;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A program that a test has started by a [Launch]. Every failure names its command and the end of its output. Any
/// thread may use it.
public final class ChildProcess implements AutoCloseable, Living {
    private static final int TAIL_LINES = 50;

    private final Process process;
    private final String command;
    private final @Nullable Path output;
    private final Duration gracePeriod;

    ChildProcess(Process process, String command, @Nullable Path output, Duration gracePeriod) {
        this.process = process;
        this.command = command;
        this.output = output;
        this.gracePeriod = gracePeriod;
    }

    /// Its process id.
    public long pid() {
        return process.pid();
    }

    /// Whether it has not ended.
    @Override
    public boolean running() {
        return process.isAlive();
    }

    /// Its exit code.
    /// @throws IllegalThreadStateException while it runs
    public int code() {
        return process.exitValue();
    }

    /// What it has started and runs.
    public Stream<ProcessHandle> children() {
        return process.children();
    }

    /// What it has started, and what those have, as long as each runs and their parents do.
    public Stream<ProcessHandle> descendants() {
        return process.descendants();
    }

    /// It, and what it has started.
    public Stream<ProcessHandle> tree() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants());
    }

    /// What it prints, when that goes to no file.
    public BufferedReader reader() {
        return process.inputReader(StandardCharsets.UTF_8);
    }

    /// What it reads, when it was started [Launch#interactive].
    public BufferedWriter writer() {
        return process.outputWriter(StandardCharsets.UTF_8);
    }

    /// All that is in the file of its output; empty when it has none.
    public String output() {
        return output == null ? "" : text(output);
    }

    /// The last 50 lines of its output; why it cannot be read, when that is so.
    public String tail() {
        try {
            List<String> lines = output().lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (UncheckedIOException e) {
            return e.toString();
        }
    }

    /// A character at the end may be half written.
    static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits for its end.
    /// @return whether it has ended within `limit`
    public boolean ended(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Waits for its end.
    /// @return its exit code
    /// @throws AssertionError when it goes on longer than `limit`; it is not ended by that
    public int awaitEnd(Duration limit) throws InterruptedException {
        if (!ended(limit)) {
            throw failure("has not ended after " + limit.toSeconds() + " s");
        }
        return process.exitValue();
    }

    /// What a test fails with because of this program: its command, `what` it did, its exit code when it has ended, and
    /// the end of its output.
    @Override
    public AssertionError failure(String what) {
        String code = running() ? "" : " (exit code " + code() + ")";
        return new AssertionError(command + "\n" + what + code + "; its last lines:\n" + tail());
    }

    /// Sends it alone a signal, `STOP` say.
    /// @throws AssertionError when it has ended
    public void signal(String name) throws IOException, InterruptedException {
        Launch.of("kill", "-" + name, Long.toString(process.pid())).text(Waiting.LIMIT);
    }

    /// Kills it alone, and waits for its end.
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitEnd(Waiting.LIMIT);
    }

    /// Ends it alone by SIGTERM, and waits as long as its grace period.
    /// @return whether it has ended
    public boolean terminate() throws InterruptedException {
        process.destroy();
        return ended(gracePeriod);
    }

    /// Ends it: by SIGTERM, by SIGKILL when it goes on longer than its grace period; and kills what it has started and
    /// has not ended. When this returns, all of it is gone; what the kernel does not let go within [Waiting#LIMIT] is
    /// printed, and fails no test.
    @Override
    public void close() {
        List<ProcessHandle> started = process.descendants().toList();
        Teardown.of(command, () -> {
            if (!gracePeriod.isZero()) {
                terminate();
            }
        }, () -> kill(started), () -> awaitEnd(Waiting.LIMIT));
    }

    private void kill(List<ProcessHandle> started) {
        List<ProcessHandle> since = process.descendants().toList();
        process.destroyForcibly();
        since.forEach(ProcessHandle::destroyForcibly);
        started.forEach(ProcessHandle::destroyForcibly);
    }
}
