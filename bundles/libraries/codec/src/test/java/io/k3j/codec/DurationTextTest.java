package io.k3j.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DurationTextTest {
    private static final Map<String, Long> BOTH_WAYS = Map.of("0s", 0L, "10s", 10_000_000_000L, "14.978s",
            14_978_000_000L, "1m30.5s", 90_500_000_000L, "1h0m0s", 3_600_000_000_000L, "-2m0s", -120_000_000_000L,
            "1.5ms",
            1_500_000L, "7ns", 7L);

    @Test
    void readsAndWritesAsGoDoes() {
        BOTH_WAYS.forEach((text, nanos) -> {
            assertThat(DurationText.nanos(text)).as(text).isEqualTo(nanos);
            assertThat(DurationText.text(nanos)).isEqualTo(text);
        });
        assertThat(DurationText.nanos("1h")).isEqualTo(3_600_000_000_000L);
        assertThat(DurationText.nanos("0")).isZero();
        for (String none : new String[] {"1", "s", "1x", "1s2"}) {
            assertThatThrownBy(() -> DurationText.nanos(none)).as(none).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void isAMessageOfNanosecondsInProtobuf() {
        Protobuf protobuf = new Protobuf(new Schemas());
        Struct metrics = Struct.of("apiVersion", "metrics.k8s.io/v1beta1", "kind", "NodeMetrics", "metadata",
                Struct.of("name", "a"), "timestamp", "2026-01-01T00:00:00Z", "window", "14.978s", "usage",
                Struct.of("cpu", "12u", "memory", "1Ki"));
        assertThat(protobuf.object(protobuf.bytes(metrics), Gvk.of("metrics.k8s.io/v1beta1", "NodeMetrics")))
                .isEqualTo(metrics);
    }
}
