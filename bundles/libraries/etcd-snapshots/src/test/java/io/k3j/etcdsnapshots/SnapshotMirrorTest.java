package io.k3j.etcdsnapshots;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

class SnapshotMirrorTest {
    /// The field is a `resource.Quantity`: Go writes three million bytes as `3M`.
    @Test
    void aSizeIsAQuantity() {
        assertThat(SnapshotMirror.size(Struct.of("size", "3M"))).isEqualTo(3_000_000);
        assertThat(SnapshotMirror.size(Struct.of("size", "3145728"))).isEqualTo(3_145_728);
        assertThat(SnapshotMirror.size(Struct.of("size", 7))).isEqualTo(7);
        assertThat(SnapshotMirror.size(Struct.of("size", "large"))).isZero();
        assertThat(SnapshotMirror.size(Struct.EMPTY)).isZero();
    }
}
