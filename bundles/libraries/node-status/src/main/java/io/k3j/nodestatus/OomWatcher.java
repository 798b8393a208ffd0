package io.k3j.nodestatus;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/// Tells when the kernel ends a process because the machine has no memory left: upstream's `oom_watcher`, whose Event
/// is `SystemOOM`. What a control group has no memory left for, as a container with a limit, is not told. Reads the
/// kernel's log (<https://docs.kernel.org/admin-guide/abi-testing.html>, `dev-kmsg`), whose records are
/// `priority,number,microseconds,flags;message`. For one platform thread, which waits in the kernel.
public final class OomWatcher {
    /// The reason of the Event.
    public static final String REASON = "SystemOOM";
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    /// The kernel's bound of a record, `CONSOLE_EXT_LOG_MAX`.
    private static final int RECORD = 8 * 1024;
    private static final String KILLED = "Killed process ";
    private final Path log;
    private final long since;
    private final Consumer<String> told;
    /// Whether a report began whose victim is not named yet, and which is of no control group as far as it is read.
    private boolean reporting;
    /// Whether the last read was refused.
    private boolean failed;

    /// @param log the kernel's, `/dev/kmsg`
    /// @param since what is older was told by another kubelet: microseconds since the machine was booted
    /// @param told takes the message of each Event
    OomWatcher(Path log, long since, Consumer<String> told) {
        this.log = log;
        this.since = since;
        this.told = told;
    }

    /// Of this machine, from now on.
    public static OomWatcher host(Consumer<String> told) {
        return new OomWatcher(Path.of("/dev/kmsg"), uptime(MachineInfo.text("/proc/uptime")), told);
    }

    /// Microseconds, of the text of `/proc/uptime`; 0 where it says nothing.
    static long uptime(String text) {
        try {
            return (long) (Double.parseDouble(text.strip().split(" ")[0]) * 1_000_000);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /// Reads until it is interrupted, or the log ends. Where it may not be read, as without the right to, nothing is
    /// told.
    ///
    /// @param closed open when that is meant to be
    public void run(CountDownLatch closed) {
        try (FileChannel in = FileChannel.open(log, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(RECORD);
            while (closed.getCount() > 0 && read(in, buffer)) {
                take(StandardCharsets.UTF_8.decode(buffer.flip()).toString());
                buffer.clear();
            }
        } catch (ClosedByInterruptException e) {
            // the kubelet stops, and whoever asks this thread sees that it was interrupted
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot read the kernel log path={0} error={1}", log, e.toString());
        }
    }

    /// @return false at the end of a log that has one
    private boolean read(FileChannel in, ByteBuffer buffer) throws IOException {
        try {
            boolean more = in.read(buffer) >= 0;
            failed = false;
            return more;
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            if (failed) {
                throw e;
            }
            // records may have gone before they were read; the next ones are there
            failed = true;
            return true;
        }
    }

    /// Takes a record; more lines than one are its fields.
    void take(String record) {
        int begin = record.indexOf(';');
        String[] head = record.substring(0, Math.max(0, begin)).split(",");
        if (head.length < 3 || !after(head[2])) {
            return;
        }
        String message = record.substring(begin + 1).lines().findFirst().orElse("");
        if (message.contains("invoked oom-killer:")) {
            reporting = true;
        } else if (message.contains("oom-kill:constraint=") && message.contains(",oom_memcg=")
                || message.contains(" killed as a result of limit of ")) {
            reporting = false;
        } else if (reporting && message.contains(KILLED)) {
            reporting = false;
            told.accept("System OOM encountered" + victim(message));
        }
    }

    private boolean after(String micros) {
        try {
            return Long.parseLong(micros) >= since;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /// Of `… Killed process 1234 (name) total-vm:…`.
    private static String victim(String message) {
        String rest = message.substring(message.indexOf(KILLED) + KILLED.length());
        int open = rest.indexOf(" (");
        int close = rest.lastIndexOf(')');
        return open < 1 || close < open ? ""
                : ", victim process: " + rest.substring(open + 2, close) + ", pid: " + rest.substring(0, open);
    }
}
