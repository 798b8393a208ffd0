package io.k3j.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which nodes carry a Service, as K3s' page describes:
/// <https://docs.k3s.io/networking/networking-services#controlling-servicelb-node-selection>.
class BalancerNodesTest {
    private static final Obj WEB = Scenery.balanced("web", "TCP/80");
    private long revision;
    private final BalancerNodes nodes = new BalancerNodes(a -> !a.isLoopbackAddress());

    private List<String> carrying(Obj service, Obj... all) {
        nodes.refresh(List.of(all).stream().map(n -> n.withRevision(++revision)).toList());
        return List.copyOf(nodes.carrying(BalancedService.of(service)));
    }

    private static Obj tainted(String name, String key, String effect) {
        return Scenery.node(name).with(Seq.of(Struct.of("key", key, "value", "v", "effect", effect)), "spec", "taints");
    }

    @Test
    void allNodesCarryWhileNoneIsLabelled() {
        assertThat(carrying(WEB, Scenery.node("a"), Scenery.node("b"))).containsExactly("a", "b");
    }

    @Test
    void onlyEnabledNodesCarryAsSoonAsOneIsLabelled() {
        assertThat(carrying(WEB, Scenery.labelled(Scenery.node("a"), ServiceLbLabels.ENABLE, "true"),
                Scenery.labelled(Scenery.node("b"), ServiceLbLabels.ENABLE, "false"), Scenery.node("c")))
                .containsExactly("a");
        assertThat(carrying(WEB, Scenery.labelled(Scenery.node("a"), ServiceLbLabels.ENABLE, ""),
                Scenery.node("c"))).isEmpty();
    }

    @Test
    void aPoolCarriesTheServicesOfThePool() {
        Obj one = Scenery.labelled(Scenery.node("a"), ServiceLbLabels.ENABLE, "true", ServiceLbLabels.POOL, "p1");
        Obj two = Scenery.labelled(Scenery.node("b"), ServiceLbLabels.ENABLE, "true", ServiceLbLabels.POOL, "p2");
        assertThat(carrying(WEB.with("p2", "metadata", "labels", ServiceLbLabels.POOL), one, two))
                .containsExactly("b");
        assertThat(carrying(WEB, one, two)).containsExactly("a", "b");
    }

    @ParameterizedTest
    @CsvSource({"node-role.kubernetes.io/control-plane,NoSchedule,true", "CriticalAddonsOnly,NoExecute,true",
            "node.kubernetes.io/unschedulable,NoSchedule,true", "dedicated,PreferNoSchedule,true",
            "dedicated,NoSchedule,false", "dedicated,NoExecute,false"})
    void taintsKeepServicesAwayAsTheyDoK3sPods(String key, String effect, boolean carries) {
        assertThat(carrying(WEB, tainted("a", key, effect)).contains("a")).isEqualTo(carries);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"[{\"key\":\"dedicated\",\"operator\":\"Exists\"}]",
            "[{key: dedicated, value: v, effect: NoSchedule}]"})
    void tolerationsOfTheAnnotationAreJsonOrYaml(String tolerations) {
        Obj tolerating = WEB.with(tolerations, "metadata", "annotations", ServiceLbLabels.TOLERATIONS);
        assertThat(carrying(tolerating, tainted("a", "dedicated", "NoSchedule"))).containsExactly("a");
    }

    @Test
    void anAddressBelongsToTheOldestReadyNodeThatClaimsIt() {
        Obj old = Scenery.node("old", "InternalIP=192.0.2.1");
        Obj thief = Scenery.node("a-thief", "ExternalIP=192.0.2.1").with("2026-02-01T00:00:00Z", "metadata",
                "creationTimestamp");
        carrying(WEB, old, thief);
        assertThat(nodes.owner("192.0.2.1")).contains("old");
        nodes.refresh(List.of(Scenery.ready(old, "Unknown").withRevision(8), thief.withRevision(9)));
        assertThat(nodes.owner("192.0.2.1")).contains("a-thief");
    }
}
