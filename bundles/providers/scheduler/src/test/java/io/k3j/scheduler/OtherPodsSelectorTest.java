package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

/// What a pod says about others must not stop them.
class OtherPodsSelectorTest {
    private final SchedulerFixture cluster = new SchedulerFixture();

    @Test
    void anIncompleteNamespaceSelectorOfABoundPodStopsNoOtherPod() {
        cluster.node("n1", "4");
        cluster.api.seed(BuiltinResources.NAMESPACES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Namespace",
                "metadata", Struct.of("name", "default", "labels", Struct.of("size", "5")))));
        Struct term = Struct.of("topologyKey", "kubernetes.io/hostname", "labelSelector", Struct.EMPTY,
                "namespaceSelector",
                Struct.of("matchExpressions", Seq.of(Struct.of("key", "size", "operator", "Gt"))));
        cluster.pod("a", SchedulerFixture.cpu("1").with("nodeName", "n1").with("affinity", Struct.of("podAntiAffinity",
                Struct.of("requiredDuringSchedulingIgnoredDuringExecution", Seq.of(term)))));
        cluster.settle();
        cluster.pod("p", SchedulerFixture.cpu("1"));
        cluster.settle();
        assertThat(cluster.nodeOf("p")).isEqualTo("n1");
    }
}
