package io.k3j.etcdsnapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SnapshotTimesTest {
    private final AtomicLong nanos = new AtomicLong();
    private final SnapshotTimes times = new SnapshotTimes(nanos::get);

    @Test
    void countsHowLongItTookAndWhetherItWentWell() throws IOException {
        assertThat(times.text()).isEmpty();
        assertThat(times.measured(SnapshotTimes.Step.SAVE, () -> nanos.addAndGet(16_000_000))).isEqualTo(16_000_000);
        assertThatThrownBy(() -> times.measured(SnapshotTimes.Step.SAVE, () -> {
            nanos.addAndGet(200_000_000_000L);
            throw new IOException("full");
        })).hasMessage("full");
        String family = "k3s_etcd_snapshot_save_duration_seconds";
        assertThat(times.text()).startsWith("# HELP " + family + " Seconds until").contains("# TYPE " + family
                + " histogram\n").contains(family + "_bucket{status=\"success\",le=\"0.008\"} 0\n")
                .contains(family + "_bucket{status=\"success\",le=\"0.016\"} 1\n")
                .contains(family + "_bucket{status=\"success\",le=\"+Inf\"} 1\n")
                .contains(family + "_sum{status=\"success\"} 0.016\n")
                .contains(family + "_bucket{status=\"error\",le=\"131.072\"} 0\n")
                .contains(family + "_bucket{status=\"error\",le=\"+Inf\"} 1\n")
                .contains(family + "_count{status=\"error\"} 1\n").doesNotContain("save_local");
    }
}
