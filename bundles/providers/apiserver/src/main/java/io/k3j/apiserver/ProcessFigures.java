package io.k3j.apiserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Metrics of this process from `/proc`, with the names of Prometheus' client libraries. Values that cannot be read
/// are omitted: reading needs a file descriptor, and there may be none left. For any thread.
final class ProcessFigures {
    private static final int KIB = 1024;
    /// `/proc` counts CPU time in hundredths of a second on every architecture.
    private static final double TICKS_PER_SECOND = 100;
    private static final int UTIME = 11;
    private final Path proc;
    private final Instant started;

    /// @param proc the process' directory in `/proc`
    ProcessFigures(Path proc) {
        this.proc = proc;
        // read once at the start, while there are descriptors
        this.started = ProcessHandle.current().info().startInstant().orElse(Instant.EPOCH);
    }

    /// Adds the metrics to `all`.
    void to(Map<String, Number> all) {
        all.put("process_start_time_seconds", started.toEpochMilli() / 1000.0);
        for (String line : lines("status")) {
            if (line.startsWith("VmRSS:")) {
                all.put("process_resident_memory_bytes", number(line.split("\\s+")[1]) * KIB);
            } else if (line.startsWith("VmSize:")) {
                all.put("process_virtual_memory_bytes", number(line.split("\\s+")[1]) * KIB);
            }
        }
        for (String line : lines("limits")) {
            if (line.startsWith("Max open files")) {
                all.put("process_max_fds", number(line.split("\\s+")[3]));
            }
        }
        for (String line : lines("stat")) {
            // the process name before the last parenthesis may contain spaces and parentheses
            String[] words = line.substring(line.lastIndexOf(')') + 2).split(" ");
            all.put("process_cpu_seconds_total", (number(words[UTIME]) + number(words[UTIME + 1])) / TICKS_PER_SECOND);
        }
        try (Stream<Path> open = Files.list(proc.resolve("fd"))) {
            all.put("process_open_fds", open.count());
        } catch (IOException | UncheckedIOException e) {
            // omitted
        }
    }

    private List<String> lines(String file) {
        try {
            return Files.readAllLines(proc.resolve(file));
        } catch (IOException e) {
            return List.of();
        }
    }

    private static long number(String text) {
        return text.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(text);
    }
}
