package io.k3j.kubeletdevices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Checkpoints that stock kubelets wrote, as their users have shown them.
class CheckpointTest {
    private static final String ONE = "{\"Data\":{\"PodDeviceEntries\":[{\"PodUID\":\"bf52b2cd-b611-4e79-86b1-"
            + "280b283185c3\",\"ContainerName\":\"check\",\"ResourceName\":\"nvidia.com/gpu\",\"DeviceIDs\":{\"-1\":"
            + "[\"tegra\"]},\"AllocResp\":\"Ch8KFk5WSURJQV9WSVNJQkxFX0RFVklDRVMSBXRlZ3Jh\"}],\"RegisteredDevices\":"
            + "{\"nvidia.com/gpu\":[\"tegra\"]}},\"Checksum\":3660592824}";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatAStockKubeletWroteIsReadAndWrittenAsItIs() {
        Checkpoint.Read read = Checkpoint.read(bytes(ONE), "any");
        assertThat(read.sound()).isTrue();
        Allocation has = read.checkpoint().pods()
                .get(new PodDevices.Place("bf52b2cd-b611-4e79-86b1-280b283185c3", "check", "nvidia.com/gpu"));
        assertThat(has.ids()).containsExactly("tegra");
        assertThat(has.nodes("tegra")).isEmpty();
        assertThat(AllocateResponse.of(has.response().orElseThrow()).envs()).containsEntry("NVIDIA_VISIBLE_DEVICES",
                "tegra");
        assertThat(new String(read.checkpoint().bytes(), StandardCharsets.UTF_8)).isEqualTo(ONE);
    }

    @Test
    void whatIsWrittenIsSound() {
        Allocation both = new Allocation(Map.of(1L, Set.of("a"), 0L, Set.of("a")), Optional.of(new byte[0]));
        Allocation asked = new Allocation(Map.of(-1L, Set.of("b")), Optional.empty());
        Checkpoint written = new Checkpoint(Map.of(new PodDevices.Place("p", "c", "r/x"), both,
                new PodDevices.Place("p", "d", "r/x"), asked), Map.of("r/x", Set.of()), "boot");
        Checkpoint.Read read = Checkpoint.read(written.bytes(), "boot");
        assertThat(read.sound()).isTrue();
        assertThat(read.checkpoint().pods()).hasSize(1);
        assertThat(read.checkpoint().pods().values().iterator().next().nodes("a")).containsExactly(0L, 1L);
        assertThat(read.checkpoint().registered()).containsKey("r/x");
        Checkpoint none = new Checkpoint(Map.of(), Map.of(), "");
        assertThat(Checkpoint.read(none.bytes(), "").sound()).isTrue();
    }

    @Test
    void devicesOfADamagedOneAreKeptAllTheSame() {
        String damaged = ONE.replace("3660592824", "1").replace("\"Ch8K", "\"!!!!");
        Checkpoint.Read read = Checkpoint.read(bytes(damaged), "any");
        assertThat(read.sound()).isFalse();
        assertThat(read.checkpoint().pods().values()).allSatisfy(a -> {
            assertThat(a.ids()).containsExactly("tegra");
            assertThat(a.response()).isEmpty();
        });
        assertThatThrownBy(() -> Checkpoint.read(bytes("{}"), "any")).hasMessageContaining("Data");
    }
}
