package io.k3j.nodestatus;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuntimeHandlersTest {
    @Test
    void aNodeTellsWhatItsRuntimesHandlersCanDo() {
        Struct told = RuntimeHandlers.tell(List.of(new ContainerRuntime.Handler("kata", false, false),
                new ContainerRuntime.Handler("", true, true)), true, Struct.EMPTY);
        assertThat(told.seq("runtimeHandlers")).isEqualTo(Seq.of(
                Struct.of("name", "", "features", Struct.of("recursiveReadOnlyMounts", true, "userNamespaces", true)),
                Struct.of("name", "kata", "features",
                        Struct.of("recursiveReadOnlyMounts", false, "userNamespaces", false))));
        assertThat(told.struct("features")).isEqualTo(Struct.of("supplementalGroupsPolicy", true));
        assertThat(RuntimeHandlers.tell(List.of(), false, told)).as("of an older runtime").isEqualTo(Struct.EMPTY);
    }
}
