package io.k3j.apiaccess;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Audit.Taken;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Events of requests that are done, while nobody records.
class AuditBacklogTest {
    private static final int MEBIBYTE = 1 << 20;
    private final AuditBacklog backlog = new AuditBacklog(() -> 0);

    private void keep(int number, int bytes) {
        backlog.keep(Struct.of("number", number, "text", "x".repeat(bytes)));
    }

    private List<Long> delivered() {
        List<Long> taken = new ArrayList<>();
        backlog.deliver(event -> {
            taken.add(event.whole("number", -1));
            return Taken.TAKEN;
        });
        return taken;
    }

    @Test
    void whoComesGetsAllOnceInTheirOrder() {
        keep(1, 0);
        keep(2, 0);
        assertThat(delivered()).containsExactly(1L, 2L);
        assertThat(delivered()).isEmpty();
    }

    @Test
    void whatOneWhoGoesDoesNotTakeIsForTheNext() {
        keep(1, 0);
        keep(2, 0);
        backlog.deliver(_ -> Taken.CLOSED);
        assertThat(delivered()).containsExactly(1L, 2L);
    }

    @Test
    void beyondTheBoundTheyAreLostAndCounted() {
        int fit = (int) (AuditBacklog.MOST_BYTES / MEBIBYTE);
        for (int i = 0; i < fit; i++) {
            keep(i, MEBIBYTE - 100);
        }
        assertThat(backlog.lost()).isZero();
        keep(fit, 100 * fit);
        assertThat(backlog.lost()).isOne();
        assertThat(delivered()).hasSize(fit);
        keep(fit + 1, MEBIBYTE);
        assertThat(backlog.lost()).as("there is room again").isOne();
    }
}
