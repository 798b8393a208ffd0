package io.k3j.podstatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kuberuntime.ConfigError;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

class MountModesTest {
    private static final Struct MOUNT = Struct.of("hostPath", "/v", "readonly", true);

    private static Struct mark(String field, String value, boolean recursive) {
        return MountModes.mark(Struct.of("name", "v", field, value), MOUNT, () -> recursive);
    }

    @Test
    void mountsSpreadAsTheyAreToldTo() {
        assertThat(mark("mountPropagation", "HostToContainer", false))
                .isEqualTo(MOUNT.with("propagation", "PROPAGATION_HOST_TO_CONTAINER"));
        assertThat(mark("mountPropagation", "Bidirectional", false).text("propagation"))
                .isEqualTo("PROPAGATION_BIDIRECTIONAL");
        assertThat(mark("mountPropagation", "None", false).text("propagation")).isEqualTo("PROPAGATION_PRIVATE");
    }

    @Test
    void readOnlyWithAllThatIsBelowNeedsARuntimeThatCan() {
        assertThat(mark("recursiveReadOnly", "Enabled", true).flag("recursiveReadOnly")).isTrue();
        assertThatThrownBy(() -> mark("recursiveReadOnly", "Enabled", false)).isInstanceOf(ConfigError.class)
                .hasMessage("failed to resolve recursive read-only mode: volume \"v\" requested recursive read-only "
                        + "mode, but it is not supported by the runtime");
        for (String other : new String[] {"", "Disabled", "IfPossible"}) {
            assertThat(mark("recursiveReadOnly", other, true).has("recursiveReadOnly")).as(other).isFalse();
        }
    }

    @Test
    void theStatusTellsWhatWasDone() {
        assertThat(MountModes.told(Struct.of("recursiveReadOnly", "Enabled"))).isEqualTo("Enabled");
        assertThat(MountModes.told(Struct.of("recursiveReadOnly", "IfPossible"))).isEqualTo("Disabled");
    }
}
