package io.k3j.launcher.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseTrialTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(1);
    private final CompletableFuture<String> failed = new CompletableFuture<>();
    private final CompletableFuture<Path> renamed = new CompletableFuture<>();
    private final CountDownLatch end = new CountDownLatch(1);
    @TempDir
    Path library;
    private Releases releases;

    @BeforeEach
    void trial() throws IOException {
        Files.createDirectory(library.resolve("release-a"));
        Files.createDirectory(library.resolve("release-b"));
        Files.createSymbolicLink(library.resolve("current"), Path.of("release-a"));
        releases = new Releases(library, ReleaseDisk.DURABLE);
        releases.begin("release-b");
    }

    /// @param readiness what it was before its trial is looked after
    private ReleaseTrial of(String home, Duration limit, Duration steady, boolean... readiness) {
        ReleaseTrial trial = new ReleaseTrial(library.resolve(home), new ToldDisk(to -> {
        }, renamed::complete),
                new ReleaseTrial.Times(limit, steady));
        for (boolean now : readiness) {
            trial.ready(now);
        }
        trial.watch(end, failed::complete);
        return trial;
    }

    @Test
    void aReleaseThatIsReadyAndStaysSoBecomesTheCurrentOne() throws Exception {
        of("release-b", LONG, SHORT).ready(true);
        assertThat(renamed.get(5, TimeUnit.MINUTES)).isEqualTo(library.resolve("previous"));
        assertThat(releases.current()).contains("release-b");
        assertThat(releases.previous()).contains("release-a");
        assertThat(failed).isNotDone();
    }

    @Test
    void oneThatIsNotReadyInTimeEndsItsProcess() throws Exception {
        of("release-b", SHORT, LONG);
        assertThat(failed.get(5, TimeUnit.MINUTES)).contains("on trial").contains("not ready within");
        assertThat(releases.trial()).as("bin/k3s counts its starts").contains("release-b");
    }

    @Test
    void oneThatIsReadyForAMomentOnlyDoesNotPass() throws Exception {
        of("release-b", SHORT, LONG, true).ready(false);
        assertThat(failed.get(5, TimeUnit.MINUTES)).contains("not ready within");
        assertThat(releases.trial()).contains("release-b");
        assertThat(releases.current()).contains("release-a");
    }

    @Test
    void oneThatIsReadyAgainPasses() throws Exception {
        of("release-b", LONG, SHORT, true, false, true);
        renamed.get(5, TimeUnit.MINUTES);
        assertThat(releases.current()).contains("release-b");
        assertThat(failed).isNotDone();
    }

    @Test
    void oneWhoseTrialWasEndedMeanwhileDoesNotRunOn() throws Exception {
        ReleaseTrial trial = of("release-b", LONG, SHORT);
        assertThat(releases.takeBack()).isTrue();
        trial.ready(true);
        assertThat(failed.get(5, TimeUnit.MINUTES)).contains("was ended before it had passed", "release-a");
        assertThat(releases.current()).contains("release-a");
    }

    @Test
    void anyOtherReleaseHasNoTrial() throws Exception {
        of("release-a", SHORT, SHORT).ready(true);
        of("release-b", LONG, SHORT).ready(true);
        renamed.get(5, TimeUnit.MINUTES);
        assertThat(releases.current()).contains("release-b");
        assertThat(failed).isNotDone();
    }
}
