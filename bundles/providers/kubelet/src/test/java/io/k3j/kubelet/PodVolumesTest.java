package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is told of a pod whose volumes are not there.
class PodVolumesTest extends PodScene {
    @Test
    void aVolumeThatIsMissedForMinutesIsToldMoreAndMoreRarely() {
        PodVolumes volumes = new PodVolumes(tools, _ -> {
        });
        Obj pod = waiting("first");
        look(volumes, pod, Duration.ofMinutes(2));
        assertThat(told()).isEqualTo(8);
        look(volumes, waiting("second"), Duration.ofSeconds(1));
        assertThat(told()).as("another reason").isEqualTo(1);
    }

    /// Looks each second, so that the Events of two minutes would be more than one pod may have.
    private void look(PodVolumes volumes, Obj pod, Duration time) {
        for (long i = 0; i < time.toSeconds(); i++) {
            assertThat(volumes.prepare(pod, List.of())).isEmpty();
            clock.advance(Duration.ofSeconds(1));
        }
    }

    private static Obj waiting(String claim) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "a", "namespace", "default", "uid", "u1"), "spec",
                Struct.of("volumes", Seq.of(Struct.of("name", "v", "persistentVolumeClaim",
                        Struct.of("claimName", claim))), "containers", Seq.of(
                                Struct.of("name", "c", "volumeMounts",
                                        Seq.of(Struct.of("name", "v")))))));
    }

    /// Writes what waits to be written.
    ///
    /// @return how many Events that were
    private int told() {
        int told = 0;
        while (tools.events().step()) {
            told++;
        }
        return told;
    }
}
