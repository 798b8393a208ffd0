package io.k3j.kubeletserver;

import io.k3j.childprocess.Command;
import io.k3j.edgeapi.ResponseStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/// What services of systemd have logged, by journalctl(1); no shell is asked, and each argument is one word that begins
/// with the name of an option. Any thread; blocks for the program and the client, the program for [#LIMIT] at most.
final class SystemdJournal {
    /// Upstream's, for one answer.
    static final Duration LIMIT = Duration.ofSeconds(30);
    /// Of one answer.
    static final long MOST_BYTES = 256L << 20;
    /// Of the names of units.
    private static final int MOST_NAMES = 4 << 20;
    private static final int PIECE_BYTES = 64 << 10;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private final String program;
    private final Duration limit;
    private final long mostBytes;

    /// The one on `PATH`.
    SystemdJournal() {
        this("journalctl", LIMIT, MOST_BYTES);
    }

    /// @param program its name or its path
    /// @param limit for one answer
    /// @param mostBytes of one answer
    SystemdJournal(String program, Duration limit, long mostBytes) {
        this.program = program;
        this.limit = limit;
        this.mostBytes = mostBytes;
    }

    /// The units that have logged anything; none where there is no journal.
    Set<String> units() {
        try {
            Command.Outcome outcome = new Command(LIMIT, MOST_NAMES)
                    .run(List.of(program, "--field", "_SYSTEMD_UNIT"), "");
            return outcome.code() == 0 ? outcome.output().lines().collect(Collectors.toUnmodifiableSet()) : Set.of();
        } catch (IOException none) {
            return Set.of();
        }
    }

    /// Writes what services have logged, and what the program complains of; a line at the end says what was cut off.
    /// @throws IOException when the client has gone
    void copy(List<String> services, NodeLogQuery.Options options, ResponseStream out) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(line(services, options)).redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile()).start();
        } catch (IOException e) {
            out.write("\nerror: journal output not available\n".getBytes(StandardCharsets.UTF_8));
            return;
        }
        AtomicBoolean late = new AtomicBoolean();
        Thread.ofVirtual().name("journal-limit").start(() -> end(process, late));
        try {
            boolean all = copy(process.getInputStream(), out);
            String cut = late.get() ? limit.toSeconds() + " seconds" : all ? "" : mostBytes + " bytes";
            if (!cut.isEmpty()) {
                out.write(("\nlog truncated after " + cut + ": ask for less by tailLines, sinceTime or pattern\n")
                        .getBytes(StandardCharsets.UTF_8));
            }
        } finally {
            process.destroyForcibly();
        }
    }

    /// Waits for its end, which comes with the request's at the latest. By its handle: what it has written until then
    /// is still read.
    private void end(Process process, AtomicBoolean late) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                late.set(true);
                process.toHandle().destroyForcibly();
            }
        } catch (InterruptedException done) {
            Thread.currentThread().interrupt();
        }
    }

    /// @return whether that was all
    private boolean copy(InputStream in, ResponseStream out) throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        long left = mostBytes;
        for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
            if (n > left) {
                return false;
            }
            left -= n;
            out.write(Arrays.copyOf(piece, n));
        }
        return true;
    }

    /// Times are of the machine's zone to journalctl unless they say otherwise.
    List<String> line(List<String> services, NodeLogQuery.Options options) {
        List<String> line = new ArrayList<>(List.of(program, "--utc", "--no-pager", "--output=short-precise"));
        options.since().ifPresent(since -> line.add("--since=" + time(since)));
        options.until().ifPresent(until -> line.add("--until=" + time(until)));
        options.tailLines().ifPresent(lines -> line.addAll(List.of("--pager-end", "--lines=" + lines)));
        services.forEach(service -> line.add("--unit=" + service));
        if (!options.pattern().isEmpty()) {
            line.add("--grep=" + options.pattern());
        }
        options.boot().ifPresent(boot -> line.add("--boot=" + boot));
        return line;
    }

    private static String time(Instant at) {
        return TIME.format(at);
    }
}
