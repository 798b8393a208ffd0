package io.k3j.datastoreconformance;

import static io.k3j.datastoreconformance.Conformance.bytes;
import static io.k3j.datastoreconformance.Conformance.committed;
import static io.k3j.datastoreconformance.Conformance.take;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Watch;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Guarantee 8: time to live.
public interface LifetimeGuarantees extends Conformance {
    @Test
    default void aKeyDisappearsAfterItsTimeAsADeletionWithItsOwnRevision() {
        long start = System.nanoTime();
        try (Watch watch = store().watch("/", store().revision())) {
            long made = committed(store().commit("/event", 0, bytes("1"), Duration.ofSeconds(1)));
            List<Change> changes = take(watch, 2);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertThat(changes.get(1).deletion()).isTrue();
            assertThat(changes.get(1).key()).isEqualTo("/event");
            assertThat(changes.get(1).revision()).isGreaterThan(made);
            assertThat(took).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
            assertThat(store().get("/event")).isEmpty();
        }
    }

    @Test
    default void replacingAKeyReplacesItsTime() {
        Duration time = Duration.ofMillis(1_500);
        long made = committed(store().commit("/lease", 0, bytes("1"), time));
        // a slow machine replaces what is gone already
        while (store().commit("/lease", made, bytes("2"), Duration.ZERO) instanceof CommitResult.Conflict) {
            time = time.multipliedBy(2);
            made = committed(store().commit("/lease", 0, bytes("1"), time));
        }
        long mark = committed(store().commit("/mark", 0, bytes("1"), time.plusSeconds(1)));
        try (Watch watch = store().watch("/mark", mark)) {
            assertThat(take(watch, 1).getFirst().deletion()).isTrue();
        }
        assertThat(store().get("/lease")).map(Conformance::text).hasValue("2");
    }

    /// kine 2024-07 #311: expiry could not start again once the newest revision had been compacted.
    @Test
    default void timeGoesOnAfterACompactionOfEverything() {
        long made = committed(store().commit("/event", 0, bytes("1"), Duration.ofMillis(300)));
        store().compact(made);
        try (Watch watch = store().watch("/event", made)) {
            assertThat(take(watch, 1)).hasSize(1);
        }
        assertThat(store().count("/").keys()).isZero();
    }
}
