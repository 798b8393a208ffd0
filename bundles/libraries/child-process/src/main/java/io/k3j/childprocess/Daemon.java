package io.k3j.childprocess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// A program that outlives this process: it has a session of its own, appends to a log and leaves a [ProcessRecord], by
/// which whoever comes next finds it. Starting and recording blocks for the disk; one thread at a time.
///
/// ```
/// start ─► pid, start time, hash into the record ─► (this process ends) ─► running() of the next one finds it
/// ```
public final class Daemon {
    /// A log is put aside only between two runs, since the running one holds it open.
    private static final long MAX_LOG_BYTES = 64L << 20;
    private final Path record;
    private final Path log;

    /// Touches nothing yet.
    ///
    /// @param record the file of its record; its directory has to be there
    /// @param log what it prints is added to it
    public Daemon(Path record, Path log) {
        this.record = record;
        this.log = log;
    }

    /// The recorded one, when it runs. Its [ProcessRecord#hash] tells whether it was started with what is wanted
    /// now.
    ///
    /// @throws IOException when the record is there and cannot be read
    public Optional<ProcessRecord> running() throws IOException {
        return ProcessRecord.read(record).filter(ProcessRecord::alive);
    }

    /// Puts a log that is larger than 64 MiB aside, in the place of the last one. To be called while it does not
    /// run.
    ///
    /// @return the length of the log now in bytes, where the next one begins to print
    public long rotate() throws IOException {
        if (Files.exists(log) && Files.size(log) > MAX_LOG_BYTES) {
            Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
        return Files.exists(log) ? Files.size(log) : 0;
    }

    /// Starts it and records it. It reads nothing. Between the two it runs without a record: who ends just then
    /// leaves a process that nobody adopts, and that its successor has to find in another way.
    ///
    /// @param line `setsid`, which becomes the program and keeps its pid, the program and its arguments; no shell
    /// reads them
    /// @param environment may change that of this process
    /// @param hash what is recorded of its configuration, without blanks
    /// @return a handle to wait for its end
    /// @throws IOException when there is no such program, or the record cannot be written; then it runs all the
    /// same
    public ProcessHandle start(List<String> line, Consumer<Map<String, String>> environment, String hash)
            throws IOException {
        // a session of its own: a Ctrl-C or the end of our group must not reach it
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        environment.accept(builder.environment());
        ProcessHandle handle = builder.start().toHandle();
        ProcessRecord.of(handle.pid(), hash).write(record);
        return handle;
    }

    /// Ends a process by SIGTERM, and by SIGKILL when the limit is over; blocks for twice the limit at most.
    /// Processes that it has started are not ended.
    ///
    /// @throws InterruptedException at once; the process may go on
    public static void end(ProcessHandle handle, Duration limit) throws InterruptedException {
        handle.destroy();
        if (!ended(handle, limit)) {
            handle.destroyForcibly();
            ended(handle, limit);
        }
    }

    /// Whether it ends in time; blocks until then. It need not be a child of this process.
    ///
    /// @throws InterruptedException when this thread is told to stop waiting
    public static boolean ended(ProcessHandle handle, Duration limit) throws InterruptedException {
        try {
            handle.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        }
    }
}
