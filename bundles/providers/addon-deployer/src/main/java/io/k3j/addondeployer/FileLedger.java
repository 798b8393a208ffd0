package io.k3j.addondeployer;

import io.k3j.addondeployer.ManifestDirectory.Found;
import io.k3j.componentapi.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
/// Which files want something done, and when: those that are new or have changed and have been left alone for a second
/// since, and those that failed, later each time. Holds one line per file there is. For one thread.
final class FileLedger {
    /// Who writes a file takes less than this between two writes.
    static final Duration QUIET = Duration.ofSeconds(1);
    /// How often the directory is looked at although nothing is heard of it; K3s' period.
    static final Duration POLL = Duration.ofSeconds(15);
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(60);
    /// After a failure that only another content helps; what is judged may be a mistake of ours.
    private static final Duration SAME_FILE = Duration.ofMinutes(5);
    private static final int MAX_DOUBLINGS = 10;
    private final TimeSource clock;
    private final Map<Path, Line> lines = new HashMap<>();
    private boolean looked;

    FileLedger(TimeSource clock) {
        this.clock = clock;
    }

    /// What is known of a file.
    ///
    /// @param first whether it is as the first look of this process found it
    /// @param failures in a row
    /// @param waits whether time may help
    /// @param due when something is to be done, monotonic; null when it is done
    private record Line(FileStamp stamp, boolean first, int failures, boolean waits, @Nullable Instant due) {
    }

    private Instant now() {
        return clock.monotonic().instant();
    }

    /// Takes note of what is there; what is gone is forgotten.
    void look(Collection<Found> files) {
        Set<Path> there = new HashSet<>();
        for (Found file : files) {
            there.add(file.path());
            Line line = lines.get(file.path());
            if (line == null || !line.stamp.equals(file.stamp())) {
                lines.put(file.path(), new Line(file.stamp(), !looked, 0, false, quiet(file.stamp())));
            }
        }
        lines.keySet().retainAll(there);
        looked = true;
    }

    /// When a file has been left alone for long enough. A time of day in the future says nothing.
    private Instant quiet(FileStamp stamp) {
        Duration age = Duration.between(stamp.modified(), clock.instant());
        return age.isNegative() ? now().plus(QUIET)
                : now().plus(QUIET.minus(age).isNegative() ? Duration.ZERO : QUIET.minus(age));
    }

    /// Whether something is to be done with a file now.
    boolean due(Found file) {
        Line line = lines.get(file.path());
        return line != null && line.due != null && !line.due.isAfter(now());
    }

    /// Whether nothing is left to do with a file.
    boolean done(Found file) {
        Line line = lines.get(file.path());
        return line != null && line.due == null;
    }

    /// Whether a file is as the first look of this process found it.
    boolean first(Found file) {
        Line line = lines.get(file.path());
        return line != null && line.first;
    }

    /// How often a file has failed in a row.
    int failures(Found file) {
        Line line = lines.get(file.path());
        return line == null ? 0 : line.failures;
    }

    /// Nothing is left to do with a file until it changes.
    void finished(Found file) {
        lines.computeIfPresent(file.path(), (_, line) -> new Line(line.stamp, line.first, 0, false, null));
    }

    /// A file failed.
    void failed(Found file, ManifestProblem.Kind kind) {
        lines.computeIfPresent(file.path(), (_, line) -> {
            Duration pause = FIRST_RETRY.multipliedBy(1L << Math.min(line.failures, MAX_DOUBLINGS));
            boolean waits = kind != ManifestProblem.Kind.FILE;
            pause = !waits ? SAME_FILE : pause.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : pause;
            return new Line(line.stamp, line.first, line.failures + 1, waits, now().plus(pause));
        });
    }

    /// What others wait for may have come: everything that time helps is tried at once.
    void nudge() {
        lines.replaceAll((_, line) -> line.waits
                ? new Line(line.stamp, line.first, line.failures, true, now()) : line);
    }

    /// How many files failed and are tried again.
    long failing() {
        return lines.values().stream().filter(line -> line.failures > 0).count();
    }

    /// How long nothing is to be done, [#POLL] at most.
    Duration pause() {
        Duration pause = POLL;
        for (Line line : lines.values()) {
            Duration left = line.due == null ? POLL : Duration.between(now(), line.due);
            pause = left.compareTo(pause) < 0 ? left : pause;
        }
        return pause.isNegative() ? Duration.ZERO : pause;
    }
}
