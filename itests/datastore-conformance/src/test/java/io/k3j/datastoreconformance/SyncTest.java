package io.k3j.datastoreconformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.k3j.testkitprocess.Launch;
import io.k3j.testmachine.NeedsPackages;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Shows with `strace` that an acknowledgement comes after its commit was written and synced.
@NeedsPackages("strace")
class SyncTest {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    @TempDir
    Path directory;

    @Test
    void anAcknowledgementFollowsTheSyncOfItsCommit() throws Exception {
        Path strace = Path.of("/usr/bin/strace");
        assumeTrue(Launch.of(strace.toString(), "-o", "/dev/null", "true").run(LIMIT).code() == 0,
                "strace is not allowed to trace here");
        Path trace = directory.resolve("trace");
        Launch.of(strace.toString(), "-f", "-y", "-s", "8192", "-e",
                "trace=write,pwrite64,fdatasync,fsync", "-o", trace.toString(), Launch.jdk("java"),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                SyncChild.class.getName(), directory.resolve("data").toString()).text(LIMIT);
        List<String> lines = Files.readAllLines(trace, StandardCharsets.ISO_8859_1);
        for (int i = 0; i < SyncChild.COMMITS; i++) {
            int written = first(lines, 0, "pwrite64(", "state.db-wal", "COMMIT" + i + ".");
            int synced = finished(lines, first(lines, written, "sync(", "state.db-wal"));
            int told = first(lines, 0, "ACKNOWLEDGED" + i + ".");
            assertThat(written).isLessThan(synced);
            assertThat(synced).isLessThan(told);
        }
    }

    private static int first(List<String> lines, int from, String... parts) {
        for (int i = from; i < lines.size(); i++) {
            String line = lines.get(i);
            if (List.of(parts).stream().allMatch(line::contains)) {
                return i;
            }
        }
        throw new AssertionError("no line with " + List.of(parts) + " after " + from);
    }

    /// Where a call that was interrupted in the trace by other threads' calls ended.
    private static int finished(List<String> lines, int call) {
        if (!lines.get(call).contains("<unfinished")) {
            return call;
        }
        String thread = lines.get(call).substring(0, lines.get(call).indexOf(' ') + 1);
        for (int i = call + 1; i < lines.size(); i++) {
            if (lines.get(i).startsWith(thread)) {
                return i;
            }
        }
        throw new AssertionError("the sync never ended");
    }
}
