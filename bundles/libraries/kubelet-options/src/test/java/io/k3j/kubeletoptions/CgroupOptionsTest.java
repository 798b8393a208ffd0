package io.k3j.kubeletoptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubeletconfig.KubeletDefaults;
import io.k3j.model.Struct;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CgroupOptionsTest {
    private static final Struct LINUX = Struct.of("cpuPeriod", 100_000, "cpuQuota", 50_000, "cpuShares", 512);

    private static Struct held(Map<String, String> arguments) {
        return CgroupOptions.held(new KubeletOptions("n", Path.of("/d"), Path.of("/r"), Path.of("/l"), "/", List.of(),
                "cluster.local", arguments,
                new KubeletDefaults(Path.of("/d"), List.of(), List.of(), "cluster.local", "", List.of())), LINUX);
    }

    @Test
    void containersAreHeldToLimitsOfCpuUnlessTheNodeIsToldOtherwise() {
        assertThat(held(Map.of())).isEqualTo(LINUX);
        assertThat(held(Map.of("cpu-cfs-quota", "false"))).isEqualTo(Struct.of("cpuShares", 512));
        assertThatThrownBy(() -> held(Map.of("cpu-cfs-quota", "no")))
                .hasMessage("--kubelet-arg cpu-cfs-quota=no: it must be true or false");
    }
}
