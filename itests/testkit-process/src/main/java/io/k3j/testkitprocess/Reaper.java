package io.k3j.testkitprocess;

import io.k3j.testkitbase.Leftovers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Lets no program of a test outlive the JVM of the test, as Testcontainers' Ryuk does with containers. It is a shell
/// that is told of each program by a pipe; when the JVM ends, by SIGKILL too, the pipe does, and the shell kills the
/// programs that are left and what descends from them. It starts with the first program, and takes one descriptor and
/// one thread of the JVM. Not the kernel's parent death signal, which comes with the end of the *thread* that started a
/// program.
public final class Reaper {
    /// Where the start time stands in `/proc/PID/stat` behind the name.
    private static final int START_TIME = 19;
    private final Process shell;
    private boolean dismissed;

    private Reaper(Process shell) {
        this.shell = shell;
    }

    /// The one of this JVM: its pipe is to end with the JVM and not before.
    private static final class OfThisJvm {
        private static final Reaper ONE = made();

        private OfThisJvm() {
        }

        private static Reaper made() {
            Process shell = shell();
            Leftovers.ofThisJvm().mayStay(shell.pid());
            return new Reaper(shell);
        }
    }

    /// A shell that waits for processes to kill.
    static Process shell() {
        try (InputStream script = Objects.requireNonNull(Reaper.class.getResourceAsStream("reaper.sh"))) {
            return new ProcessBuilder("sh", "-c", new String(script.readAllBytes(), StandardCharsets.UTF_8))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ends a process with this JVM that was started by something else than a [Launch], the product say.
    /// @throws IOException when the shell is gone
    public static void watch(long pid) throws IOException {
        String line;
        try {
            line = line(pid);
        } catch (IOException ended) {
            return;
        }
        OfThisJvm.ONE.tell(line);
    }

    /// What a shell is told of a process.
    static String line(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
        return pid + " " + stat.substring(stat.lastIndexOf(')') + 2).split(" ")[START_TIME];
    }

    /// Lets live what was and will be started by this JVM, for a user who wants to look at it.
    public static void dismiss() throws IOException {
        Leftovers.ofThisJvm().dismiss();
        OfThisJvm.ONE.stay();
    }

    private synchronized void tell(String line) throws IOException {
        if (!dismissed) {
            Writer told = shell.outputWriter(StandardCharsets.UTF_8);
            told.write(line + "\n");
            told.flush();
        }
    }

    private synchronized void stay() throws IOException {
        tell("stay");
        dismissed = true;
    }
}
