package io.k3j.kubeproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which times of EndpointSlices count.
class ProgrammingTimesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private final ProgrammingTimes times = new ProgrammingTimes(NOW.minusSeconds(60), () -> NOW);

    private List<Instant> counted(String written) {
        times.changed(List.of("a/web"), Obj.of(Struct.of("metadata", Struct.of("name", "web-1", "annotations",
                Struct.of("endpoints.kubernetes.io/last-change-trigger-time", written)))));
        times.settled("a/web");
        return times.programmed();
    }

    @Test
    void aTimeThatHasNotComeIsNone() {
        assertThat(counted("+999999999-12-31T23:59:59Z")).isEmpty();
        assertThat(counted("2026-01-01T00:01:01Z")).isEmpty();
        assertThat(counted("2026-01-01T00:00:01Z")).as("by a clock that is ahead").hasSize(1);
    }

    @Test
    void whatHadChangedBeforeTheStartDoesNotCount() {
        assertThat(counted("2025-12-31T23:58:59Z")).isEmpty();
        assertThat(counted("2025-12-31T23:59:59.5Z")).containsExactly(NOW.minusMillis(500));
        assertThat(counted("yesterday")).isEmpty();
    }
}
