package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// When the phase of a PersistentVolume began.
class VolumePhaseTimeTest {
    private static final String NOW = "2026-01-01T00:10:00Z";
    private static final Struct VOLUME = Kit.yaml("{apiVersion: v1, kind: PersistentVolume, metadata: {name: v}}");
    private final Kit kit = new Kit();
    private final VolumeRules rules = new VolumeRules(() -> Instant.parse(NOW));

    private static Struct in(String phase, String since) {
        Struct status = Struct.of("phase", phase);
        return VOLUME.with("status", since.isEmpty() ? status : status.with("lastPhaseTransitionTime", since));
    }

    @Test
    void aNewVolumeIsPendingFromNowOn() {
        assertThat(rules.prepared(kit.write(Operation.CREATE, VOLUME, Optional.empty(), ""), VOLUME))
                .isEqualTo(in("Pending", NOW));
    }

    @Test
    void whoSaysNothingOfThePhaseSaysThatItIsTheFirst() {
        Struct none = VOLUME.with("status", Struct.EMPTY);
        assertThat(rules.prepared(kit.write(Operation.UPDATE, none, Optional.of(in("Pending", NOW)), "status"), none))
                .isEqualTo(in("Pending", NOW));
        Struct claim = Kit.yaml("{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c}, status: {}}");
        assertThat(kit.hooks(claim).prepared(kit.write(Operation.UPDATE, claim, Optional.of(claim), "status"), claim)
                .struct("status")).isEqualTo(Struct.of("phase", "Pending"));
    }

    @ParameterizedTest
    @CsvSource({"Bound, '', Bound, '', ''", "Bound, 2025-01-01T00:00:00Z, Bound, '', 2025-01-01T00:00:00Z",
            "Bound, 2025-01-01T00:00:00Z, Released, '', 2026-01-01T00:10:00Z",
            "Bound, 2025-01-01T00:00:00Z, Released, 2025-01-01T00:00:00Z, 2026-01-01T00:10:00Z",
            "Bound, 2025-01-01T00:00:00Z, Released, 2025-02-02T00:00:00Z, 2025-02-02T00:00:00Z",
            "Bound, 2025-01-01T00:00:00Z, Bound, 2025-02-02T00:00:00Z, 2025-02-02T00:00:00Z"})
    void itChangesWithThePhaseUnlessAWriterSaysWhen(String phase, String since, String to, String said, String shown) {
        Struct after = in(to, said);
        assertThat(rules.prepared(kit.write(Operation.UPDATE, after, Optional.of(in(phase, since)), "status"), after))
                .isEqualTo(in(to, shown));
    }
}
