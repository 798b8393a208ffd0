package io.k3j.objectregistry;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MetadataTest {
    private static final Instant START = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final String END = "deletionTimestamp";
    private static final String GRACE = "deletionGracePeriodSeconds";
    private Instant now = START;
    private final Metadata metadata = new Metadata(() -> now, new Random(7), () -> new UUID(0, 1));

    /// What is left of a deletion with 600 seconds when another asks for fewer, some time later.
    private Struct hastened(long secondsLater, long grace) {
        now = START;
        Struct marked = metadata.marked(Struct.of("metadata", Struct.of("name", "p")), 600);
        now = START.plusSeconds(secondsLater);
        return metadata.hastened(marked, grace).struct("metadata");
    }

    @Test
    void aShorterGracePeriodCountsFromTheFirstDeletion() {
        assertThat(hastened(300, 400)).isEqualTo(Struct.of("name", "p", END, "2026-01-02T03:10:45Z", GRACE, 400L));
    }

    @Test
    void aGracePeriodThatIsOverEndsNow() {
        assertThat(hastened(300, 100)).isEqualTo(Struct.of("name", "p", END, "2026-01-02T03:09:05Z", GRACE, 1L));
        assertThat(hastened(300, 0)).isEqualTo(Struct.of("name", "p", END, "2026-01-02T03:09:05Z", GRACE, 0L));
    }
}
