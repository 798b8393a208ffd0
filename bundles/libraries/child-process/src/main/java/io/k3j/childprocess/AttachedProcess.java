package io.k3j.childprocess;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// A program that is trusted with little and must not outlive its owner: it works in a directory of its own, within
/// limits, for as long as somebody holds on to it. The opposite of a [Daemon].
///
/// ```
/// owner ── a byte every 250 ms ──► standard input of the program, which ends itself when they stay away
/// program ── both of its outputs ──► the file `output` of its directory
/// ```
///
/// **Guarantees.** Whatever the way out of [#run], the program is gone. Its memory, its files, its descriptors and its
/// time are bounded by the kernel (prlimit(1)) and by the owner; what it says costs the owner no memory.
///
/// **Threads.** Any; a run blocks. One run at a time in one directory.
public final class AttachedProcess {
    /// The file of the program's outputs, in its directory.
    public static final String OUTPUT = "output";
    /// How often the owner is heard of.
    public static final Duration BEAT = Duration.ofMillis(250);
    /// What is read of the beginning of a long output: runtimes say there why they end, before they print all threads.
    private static final int HEAD_BYTES = 2 << 10;
    /// What is read of its end.
    private static final int TAIL_BYTES = 8 << 10;
    /// More entries in a directory than any honest program makes there.
    private static final int MOST_FILES = 10_000;
    /// Threads of programs in other languages ask for the limit's size each, and it counts as data.
    private static final int STACK_BYTES = 1 << 20;
    /// The kernel's out-of-memory killer takes it before its owner.
    private static final String FIRST_TO_GO = "500";

    /// How long what was killed is waited for.
    private static final Duration GONE = Duration.ofSeconds(5);

    private final Path directory;
    private final Limits limits;

    /// What it may use.
    ///
    /// @param time from start to end
    /// @param dataBytes memory that it can write to: heap, stacks, mappings of its own (`RLIMIT_DATA`)
    /// @param fileBytes the largest file it may write, and what its directory may hold together
    /// @param descriptors open files and connections
    public record Limits(Duration time, long dataBytes, long fileBytes, int descriptors) {
    }

    /// Nothing runs yet.
    ///
    /// @param directory an existing one that nobody else writes to; its working directory
    public AttachedProcess(Path directory, Limits limits) {
        this.directory = directory;
        this.limits = limits;
    }

    /// Blocks until the program has ended or has been killed: when a limit is reached, when it is no longer wanted,
    /// by an interrupt (which stays set). How it ended is an answer, no exception.
    ///
    /// @param line the program and its arguments; no shell reads them
    /// @param environment all of it: nothing is inherited
    /// @param wanted asked every [#BEAT]; must not block
    /// @return its code, the beginning and the end of what it printed, and why it was killed ([Command#KILLED])
    /// @throws IOException when there is no such program, or the directory cannot be used
    public Command.Outcome run(List<String> line, Map<String, String> environment, BooleanSupplier wanted)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(limited(line)).directory(directory.toFile())
                .redirectErrorStream(true).redirectOutput(directory.resolve(OUTPUT).toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            yieldMemory(process);
            String reason = watch(process, wanted);
            return new Command.Outcome(reason.isEmpty() ? process.exitValue() : Command.KILLED, printed(), reason);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Command.Outcome(Command.KILLED, printed(), "interrupted");
        } finally {
            end(process);
        }
    }

    private List<String> limited(List<String> line) {
        List<String> whole = new ArrayList<>(List.of("prlimit", "--core=0", "--data=" + limits.dataBytes(),
                "--fsize=" + limits.fileBytes(), "--nofile=" + limits.descriptors(), "--stack=" + STACK_BYTES, "--"));
        whole.addAll(line);
        return whole;
    }

    private static void yieldMemory(Process process) {
        try {
            Files.writeString(Path.of("/proc", Long.toString(process.pid()), "oom_score_adj"), FIRST_TO_GO);
        } catch (IOException ended) {
            // it has gone already, or may not be judged so: a preference, no promise
        }
    }

    /// Empty when it has ended by itself, else why it must be killed.
    private String watch(Process process, BooleanSupplier wanted) throws InterruptedException {
        OutputStream beat = process.getOutputStream();
        long end = System.nanoTime() + limits.time().toNanos();
        while (!process.waitFor(BEAT.toMillis(), TimeUnit.MILLISECONDS)) {
            if (!wanted.getAsBoolean()) {
                return "no longer wanted";
            }
            if (System.nanoTime() > end) {
                return "not done within " + limits.time().toSeconds() + " seconds";
            }
            if (used() > limits.fileBytes()) {
                return "its files are larger than " + (limits.fileBytes() >> 20) + " MiB together";
            }
            try {
                beat.write('.');
                beat.flush();
            } catch (IOException deaf) {
                // it has closed its input: it ends by its own will, or with the limits
            }
        }
        return "";
    }

    /// Everything below the directory; files that vanish meanwhile count for nothing.
    private long used() {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.limit(MOST_FILES).mapToLong(AttachedProcess::size).sum();
        } catch (IOException | UncheckedIOException changing) {
            return 0;
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException gone) {
            return 0;
        }
    }

    private String printed() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(directory.resolve(OUTPUT).toFile(), "r")) {
            if (file.length() <= HEAD_BYTES + TAIL_BYTES) {
                return read(file, 0, (int) file.length());
            }
            return read(file, 0, HEAD_BYTES) + "\n...\n" + read(file, file.length() - TAIL_BYTES, TAIL_BYTES);
        }
    }

    private static String read(RandomAccessFile file, long from, int length) throws IOException {
        byte[] bytes = new byte[length];
        file.seek(from);
        file.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// The program and its children, and waits for all of them: what was killed may write until it has gone.
    private static void end(Process process) {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        CompletableFuture<?> gone = CompletableFuture
                .allOf(all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new));
        boolean interrupted = Thread.interrupted();
        try {
            gone.get(GONE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException again) {
            interrupted = true;
        } catch (ExecutionException | TimeoutException stuck) {
            // in the kernel, which lets it go when the device answers
        }
        try {
            process.getOutputStream().close();
        } catch (IOException deaf) {
            // a beat it did not take is written once more; how it ended is known by now
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
