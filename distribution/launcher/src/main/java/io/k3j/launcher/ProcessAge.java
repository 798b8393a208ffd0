package io.k3j.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// How long this process exists, by the kernel's clock ticks: `ProcessHandle` is wrong by up to a second,
/// because it adds the ticks to a boot time in whole seconds.
final class ProcessAge {
    private static final int MILLIS_PER_TICK = 10;
    /// Of the fields after the command's closing parenthesis in `/proc/self/stat`.
    private static final int START_FIELD = 19;

    private ProcessAge() {
    }

    static Duration now() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String uptime = Files.readString(Path.of("/proc/uptime"));
            return between(stat, uptime);
        } catch (IOException e) {
            return Duration.ZERO;
        }
    }

    static Duration between(String stat, String uptime) {
        String start = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[START_FIELD];
        double seconds = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
        return Duration.ofMillis(Math.max(0, (long) (seconds * 1000) - Long.parseLong(start) * MILLIS_PER_TICK));
    }
}
