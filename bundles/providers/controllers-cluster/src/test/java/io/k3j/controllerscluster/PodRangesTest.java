package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodRangesTest {
    @Test
    void splitsRangesAndAllocatesEachCidrOnce() {
        PodRanges ranges = PodRanges.of("10.42.0.0/22");
        ranges.take("10.42.1.0/24");
        assertThat(ranges.next()).contains("10.42.0.0/24");
        assertThat(ranges.next()).contains("10.42.2.0/24");
        assertThat(ranges.next()).contains("10.42.3.0/24");
        assertThat(ranges.next()).isEmpty();
        ranges.free("10.42.2.0/24");
        assertThat(ranges.next()).contains("10.42.2.0/24");
        assertThat(PodRanges.of("fd42::/56").next()).contains("fd42::/64");
    }

    @Test
    void allocatesACidrToEveryNodeAndKeepsExistingOnes() {
        Stage stage = new Stage(d -> NodeIpam.add(d, List.of("10.42.0.0/16")));
        node(stage, "a", Struct.of("podCIDR", "10.42.0.0/24", "podCIDRs", Seq.of("10.42.0.0/24")));
        node(stage, "b", Struct.EMPTY);
        stage.settle();
        assertThat(stage.one(BuiltinResources.NODES, "b").spec().text("podCIDR")).isEqualTo("10.42.1.0/24");
        assertThat(stage.one(BuiltinResources.NODES, "a").spec().text("podCIDR")).isEqualTo("10.42.0.0/24");
    }

    private static void node(Stage stage, String name, Struct spec) {
        stage.api.seed(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", name), "spec", spec)));
    }
}
