package io.k3j.addondeployer;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.addondeployer.ManifestDirectory.Found;
import io.k3j.addondeployer.ManifestProblem.Kind;
import io.k3j.testkit.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FileLedgerTest {
    private final ManualClock clock = new ManualClock();
    private final FileLedger ledger = new FileLedger(clock);

    private static Found file(String name, Instant modified) {
        return new Found(Path.of("/manifests", name), Path.of(name),
                new FileStamp(modified, modified, 1, 5, 0x81a4, 0), false);
    }

    private Found old() {
        return file("a.yaml", Instant.parse("2025-01-01T00:00:00Z"));
    }

    @Test
    void aFileIsDueWhenNobodyHasWrittenItForASecond() {
        Found fresh = file("a.yaml", clock.instant());
        ledger.look(List.of(fresh));
        assertThat(ledger.due(fresh)).isFalse();
        assertThat(ledger.pause()).isEqualTo(Duration.ofSeconds(1));
        clock.advance(Duration.ofMillis(600));
        Found grown = file("a.yaml", clock.instant());
        ledger.look(List.of(grown));
        clock.advance(Duration.ofMillis(600));
        assertThat(ledger.due(grown)).isFalse();
        clock.advance(Duration.ofMillis(400));
        assertThat(ledger.due(grown)).isTrue();
        ledger.finished(grown);
        assertThat(ledger.due(grown)).isFalse();
        assertThat(ledger.pause()).isEqualTo(FileLedger.POLL);
    }

    @Test
    void aFileOfTheFutureIsDueAfterASecondToo() {
        Found future = file("a.yaml", clock.instant().plus(Duration.ofDays(1)));
        ledger.look(List.of(future));
        clock.advance(Duration.ofSeconds(1));
        assertThat(ledger.due(future)).isTrue();
    }

    @Test
    void whatFailedIsTriedLaterEachTime() {
        Found file = old();
        ledger.look(List.of(file));
        for (long millis : List.of(500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 32_000L, 60_000L, 60_000L)) {
            ledger.failed(file, Kind.TIME);
            clock.advance(Duration.ofMillis(millis - 1));
            assertThat(ledger.due(file)).isFalse();
            clock.advance(Duration.ofMillis(1));
            assertThat(ledger.due(file)).isTrue();
        }
        assertThat(ledger.failing()).isEqualTo(1);
    }

    @Test
    void aDamagedFileWaitsForAChangeAndOneThatTimeHelpsCanBeNudged() {
        Found damaged = old();
        Found waiting = file("b.yaml", Instant.EPOCH);
        ledger.look(List.of(damaged, waiting));
        ledger.failed(damaged, Kind.FILE);
        ledger.failed(waiting, Kind.MOMENT);
        ledger.nudge();
        assertThat(ledger.due(waiting)).isTrue();
        clock.advance(Duration.ofMinutes(4));
        assertThat(ledger.due(damaged)).isFalse();
        Found repaired = file("a.yaml", clock.instant().minusSeconds(2));
        ledger.look(List.of(repaired, waiting));
        assertThat(ledger.due(repaired)).isTrue();
        assertThat(ledger.failures(repaired)).isZero();
    }

    @Test
    void knowsWhatTheFirstLookFound() {
        Found first = old();
        ledger.look(List.of(first));
        assertThat(ledger.first(first)).isTrue();
        Found later = file("b.yaml", Instant.EPOCH);
        Found changed = file("a.yaml", clock.instant());
        ledger.look(List.of(changed, later));
        assertThat(ledger.first(changed)).isFalse();
        assertThat(ledger.first(later)).isFalse();
    }

    @Test
    void theNewestChangeWinsOnceAndAStartGoesBackToNothingOlder() {
        Instant then = clock.instant();
        Precedence.Copy applied = new Precedence.Copy("server-1", "new", then);
        assertThat(decide(applied, new Precedence.Copy("server-2", "old", then.minusSeconds(1)), true))
                .isEqualTo(Precedence.Decision.YIELD);
        assertThat(decide(applied, new Precedence.Copy("server-2", "newer", then.plusSeconds(1)), true))
                .isEqualTo(Precedence.Decision.APPLY);
        assertThat(decide(applied, new Precedence.Copy("server-2", "old", then.minusSeconds(1)), false))
                .isEqualTo(Precedence.Decision.APPLY);
        assertThat(decide(applied, new Precedence.Copy("server-1", "old", then.minusSeconds(1)), true))
                .isEqualTo(Precedence.Decision.APPLY);
        assertThat(decide(applied, new Precedence.Copy("server-2", "new", then.minusSeconds(1)), true))
                .isEqualTo(Precedence.Decision.APPLY);
        assertThat(decide(applied, new Precedence.Copy("server-2", "new", then), false))
                .isEqualTo(Precedence.Decision.DONE);
        assertThat(decide(new Precedence.Copy("", "stock", Instant.EPOCH),
                new Precedence.Copy("server-2", "old", Instant.EPOCH), true)).isEqualTo(Precedence.Decision.APPLY);
    }

    private static Precedence.Decision decide(Precedence.Copy applied, Precedence.Copy own, boolean first) {
        return Precedence.decide(applied, own, first);
    }
}
