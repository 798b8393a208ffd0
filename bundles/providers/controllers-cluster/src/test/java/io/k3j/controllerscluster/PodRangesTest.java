package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componenthelpers.Cidr;
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
        PodRanges ranges = new PodRanges(Cidr.parse("10.42.0.0/22"), 24);
        ranges.take("10.42.1.0/24");
        assertThat(ranges.next()).contains("10.42.0.0/24");
        assertThat(ranges.next()).contains("10.42.2.0/24");
        assertThat(ranges.next()).contains("10.42.3.0/24");
        assertThat(ranges.next()).isEmpty();
        ranges.free("10.42.2.0/24");
        assertThat(ranges.next()).contains("10.42.2.0/24");
        assertThat(new PodRanges(Cidr.parse("fd42::/56"), 64).next()).contains("fd42::/64");
    }

    @Test
    void leavesOutWhatNodesHaveFromBeforeTheSizeWasChanged() {
        PodRanges smaller = new PodRanges(Cidr.parse("10.42.0.0/22"), 25);
        smaller.take("10.42.0.0/24");
        smaller.take("10.42.2.0/23");
        assertThat(smaller.next()).contains("10.42.1.0/25");
        assertThat(smaller.next()).contains("10.42.1.128/25");
        assertThat(smaller.next()).isEmpty();
        smaller.free("10.42.0.0/24");
        assertThat(smaller.next()).contains("10.42.0.0/25");
        PodRanges larger = new PodRanges(Cidr.parse("10.42.0.0/22"), 23);
        larger.take("10.42.1.0/24");
        larger.take("10.42.0.0/24");
        assertThat(larger.next()).contains("10.42.2.0/23");
        larger.free("10.42.1.0/24");
        assertThat(larger.next()).as("while another node has the rest of it").isEmpty();
        larger.free("10.42.0.0/24");
        assertThat(larger.next()).contains("10.42.0.0/23");
    }

    @Test
    void splitsAsArgumentsSay() {
        Stage stage = new Stage(
                d -> NodeIpam.add(d, List.of("10.42.0.0/16", "fd42::/56"), "node-cidr-mask-size-ipv4=20"));
        node(stage, "a", Struct.EMPTY);
        stage.settle();
        assertThat(stage.one(BuiltinResources.NODES, "a").spec().seq("podCIDRs").texts())
                .containsExactly("10.42.0.0/20", "fd42::/64");
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
