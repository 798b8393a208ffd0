package io.k3j.nodeshutdown;

import io.k3j.childprocess.Command;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Holds a shutdown of the machine back by a lock of systemd-logind, and hears of it:
/// <https://systemd.io/INHIBITOR_LOCKS/>. The lock is a file descriptor that another process hands over, which Java
/// cannot take; so a program of systemd's holds it, and another one, its child, prints what is announced. Both end with
/// the lock, and with this process, however that ends: upstream's descriptor is closed then, too. Any thread; one at a
/// time waits.
public final class ShutdownInhibitor implements AutoCloseable {
    private static final String LOGIND = "org.freedesktop.login1";
    private static final String PATH = "/org/freedesktop/login1";
    private static final String MANAGER = "org.freedesktop.login1.Manager";
    private static final String MEMBER = "PrepareForShutdown";
    private static final String DELAY = "InhibitDelayMaxUSec";
    /// Where logind looks for more of its configuration; the name is upstream's.
    private static final Path DROP_IN = Path.of("/etc/systemd/logind.conf.d/99-kubelet.conf");
    /// How long a program has to answer.
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /// Runs its arguments, and ends them when its input ends, which only this process can write to.
    private static final String ATTACHED = "exec 3<&0 </dev/null; { read -r line <&3; kill $$; } >/dev/null 2>&1 & "
            + "exec 3<&-; exec \"$@\"";
    private final Programs programs;
    private final Path dropIn;
    private final Command command;
    private @Nullable Process held;
    private boolean closed;

    /// The programs that are asked, each with the first of its arguments.
    public record Programs(List<String> inhibit, List<String> busctl, List<String> systemctl) {
        /// Those of the host.
        static final Programs HOST = new Programs(List.of("systemd-inhibit"), List.of("busctl"),
                List.of("systemctl"));
    }

    /// @param dropIn the file by which logind is told to wait longer, in `logind.conf.d`
    /// @param command how short programs are run, with their limit of time
    public ShutdownInhibitor(Programs programs, Path dropIn, Command command) {
        this.programs = programs;
        this.dropIn = dropIn;
        this.command = command;
    }

    /// That of this machine.
    public static ShutdownInhibitor host() {
        return new ShutdownInhibitor(Programs.HOST, DROP_IN, new Command(LIMIT));
    }

    /// Has logind wait as long as is wanted, if it does not yet.
    /// @throws IOException when there is no logind, or it does not
    void allow(Duration wanted) throws IOException {
        if (delay().compareTo(wanted) >= 0) {
            return;
        }
        if (dropIn.getParent() instanceof Path directory) {
            Files.createDirectories(directory);
        }
        Files.writeString(dropIn, "# Written by the kubelet of K3j: pods have so long to end before a shutdown.\n"
                + "[Login]\nInhibitDelayMaxSec=" + wanted.toSeconds() + "\n");
        ask(programs.systemctl(), "kill", "--signal=SIGHUP", "systemd-logind.service");
        Duration now = delay();
        if (now.compareTo(wanted) < 0) {
            throw new IOException("node shutdown manager was unable to update logind InhibitDelayMaxSec to "
                    + wanted.toSeconds() + "s (ShutdownGracePeriod), current value of InhibitDelayMaxSec ("
                    + now.toSeconds() + "s) is less than requested ShutdownGracePeriod; look for a file of "
                    + "logind.conf.d that sets it after " + dropIn);
        }
    }

    private Duration delay() throws IOException {
        String text = property(DELAY);
        try {
            return Duration.ofNanos(Long.parseLong(text) * 1_000);
        } catch (NumberFormatException e) {
            throw new IOException("systemd-logind tells no " + DELAY + " but " + text, e);
        }
    }

    /// Whether the machine is about to be shut down.
    /// @throws IOException when nobody can be asked
    boolean preparing() throws IOException {
        return property("PreparingForShutdown").equals("true");
    }

    /// busctl prints the type before the value.
    private String property(String name) throws IOException {
        String printed = ask(programs.busctl(), "get-property", LOGIND, PATH, MANAGER, name).strip();
        return printed.substring(printed.indexOf(' ') + 1);
    }

    private String ask(List<String> program, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(program);
        line.addAll(List.of(arguments));
        Command.Outcome outcome = command.run(line, "");
        if (outcome.code() != 0) {
            throw new IOException(String.join(" ", line) + " failed: " + outcome.complaint().strip());
        }
        return outcome.output();
    }

    /// Takes the lock and waits until a shutdown is announced; then the lock is held until [#release].
    /// @return false when it was closed meanwhile
    /// @throws IOException when there is no such program, or it ends before
    boolean announced() throws IOException {
        Process process = take();
        if (process == null) {
            return false;
        }
        BufferedReader lines = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (announces(line)) {
                return true;
            }
        }
        release();
        if (closed()) {
            return false;
        }
        throw new IOException("systemd-inhibit has ended before a shutdown; look at: systemd-inhibit --list; busctl "
                + "status " + LOGIND);
    }

    private synchronized boolean closed() {
        return closed;
    }

    private synchronized @Nullable Process take() throws IOException {
        if (closed) {
            return null;
        }
        List<String> line = new ArrayList<>(programs.inhibit());
        line.addAll(List.of("--what=shutdown", "--mode=delay", "--who=kubelet",
                "--why=Kubernetes User Pods termination", "sh", "-c", ATTACHED, "sh"));
        line.addAll(programs.busctl());
        // of logind alone: anybody on the bus may send a signal of this name
        line.addAll(List.of("--json=short", "--match=type='signal',sender='" + LOGIND + "',path='" + PATH
                + "',interface='" + MANAGER + "',member='" + MEMBER + "'", "monitor"));
        held = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        return held;
    }

    private static boolean announces(String line) {
        try {
            Struct message = Json.object(line.getBytes(StandardCharsets.UTF_8));
            return message.text("interface").equals(MANAGER) && message.text("member").equals(MEMBER)
                    && message.struct("payload").seq("data").equals(Seq.of(true));
        } catch (MalformedInput e) {
            return false;
        }
    }

    /// Lets the shutdown go on. The child first: it might not notice that the other has ended.
    synchronized void release() {
        Process process = held;
        held = null;
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
    }

    /// Lets go, and wakes who waits.
    @Override
    public synchronized void close() {
        closed = true;
        release();
    }
}
