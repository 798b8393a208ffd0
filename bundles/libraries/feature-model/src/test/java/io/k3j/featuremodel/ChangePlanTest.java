package io.k3j.featuremodel;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.SwapPolicy;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The steps of a swap, as they are printed by `--plan`.
class ChangePlanTest {
    private final Handle shipped = Handle.shipped("io.k3j.edge");
    private final Handle jar = ChosenBundles.handle("io.k3j.edge", "io.k3j.edge-0123456789abcdef.jar");

    @Test
    void stopsTheOldOneLastWhereBothMayRun() {
        assertThat(ChangePlan.ofBundle("swap", SwapPolicy.PARALLEL, shipped, jar)
                .keeping(Path.of("/copy.jar"), Path.of("/e.jar")).lines())
                .containsExactly("1. keep a copy of /e.jar", "2. install io.k3j.edge-0123456789abcdef.jar",
                        "3. resolve io.k3j.edge-0123456789abcdef.jar", "4. start io.k3j.edge-0123456789abcdef.jar",
                        "5. wait until io.k3j.edge-0123456789abcdef.jar is healthy, 30 s at most",
                        "6. choose io.k3j.edge-0123456789abcdef.jar from now on", "7. stop io.k3j.edge (shipped)");
    }

    @Test
    void stopsNothingBeforeTheNewOneIsKnownToResolve() {
        assertThat(ChangePlan.ofBundle("back", SwapPolicy.REPLACE, jar, shipped).lines()).containsExactly(
                "1. install io.k3j.edge (shipped)", "2. resolve io.k3j.edge (shipped)",
                "3. stop io.k3j.edge-0123456789abcdef.jar", "4. start io.k3j.edge (shipped)",
                "5. wait until io.k3j.edge (shipped) is healthy, 30 s at most",
                "6. choose io.k3j.edge (shipped) from now on", "7. remove io.k3j.edge-0123456789abcdef.jar");
    }
}
