package io.k3j.podallocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A node with two CPUs.
class NodeAllocationsTest {
    private final NodeAllocations room = new NodeAllocations(2000, 1L << 30);

    @BeforeEach
    void begin() {
        room.allocate(pod("other", "1700m", 0, "Burstable"));
        List.of("old", "new", "guaranteed", "important").forEach(n -> room.allocate(pod(n, "10m", 0, "Burstable")));
    }

    @Test
    void grantsDeferredResizesByPriorityThenClassThenAge() {
        Obj old = pod("old", "1800m", 0, "Burstable");
        Obj young = pod("new", "1800m", 0, "Burstable");
        Obj guaranteed = pod("guaranteed", "1800m", 0, "Guaranteed");
        Obj important = pod("important", "1800m", 5, "BestEffort");
        List.of(old, young, guaranteed, important).forEach(p -> assertThat(deferred(p)).isTrue());
        room.free("other");
        List.of(young, old, guaranteed).forEach(p -> assertThat(deferred(p)).as(p.uid()).isTrue());
        assertThat(deferred(important)).isFalse();
        room.free("important");
        List.of(young, old).forEach(p -> assertThat(deferred(p)).as(p.uid()).isTrue());
        assertThat(deferred(guaranteed)).isFalse();
        room.free("guaranteed");
        assertThat(deferred(young)).isTrue();
        assertThat(deferred(old)).isFalse();
        room.free("old");
        assertThat(deferred(young)).isFalse();
    }

    /// As the kubelet that was started anew finds them: it asks in any order.
    @Test
    void theAgeIsWhatTheApiWasToldOfIt() {
        Obj old = since(pod("old", "1800m", 0, "Burstable"), "2026-01-01T00:00:00Z");
        Obj young = since(pod("new", "1800m", 0, "Burstable"), "2026-01-01T00:00:01Z");
        List.of(young, old).forEach(p -> assertThat(deferred(p)).isTrue());
        room.free("other");
        assertThat(deferred(young)).isTrue();
        assertThat(deferred(old)).isFalse();
    }

    private static Obj since(Obj pod, String time) {
        Struct pending = Struct.of("type", "PodResizePending", "status", "True", "lastTransitionTime", time);
        return pod.with(Seq.of(pending), "status", "conditions");
    }

    @Test
    void aResizeThatDoesNotFitHoldsNobodyUp() {
        assertThat(deferred(pod("important", "1900m", 5, "Burstable"))).isTrue();
        assertThat(deferred(pod("old", "100m", 0, "Burstable"))).isFalse();
    }

    @Test
    void requestsThatNoLongHoldsAreRefused() {
        Obj pod = pod("huge", "5000000000000000", 0, "Burstable");
        Obj twice = pod.with(pod.spec().seq("containers").plus(pod.spec().seq("containers").struct(0)), "spec",
                "containers");
        assertThat(room.shortage(twice, Struct.EMPTY).orElseThrow().reason()).isEqualTo("OutOfcpu");
        room.allocate(twice);
        assertThat(room.shortage(pod("small", "1m", 0, "Burstable"), Struct.EMPTY).orElseThrow().reason())
                .isEqualTo("OutOfcpu");
    }

    @Test
    void whatAPodHasAsDevicesOfAClaimIsNotTheNodes() {
        Struct allocatable = Struct.of("pods", "110", "example.com/gpu", "0");
        Obj pod = pod("gpu", "10m", 0, "Burstable").with(Seq.of(Struct.of("name", "c", "resources",
                Struct.of("requests", Struct.of("example.com/gpu", "1")))), "spec", "containers");
        assertThat(room.shortage(pod, allocatable).orElseThrow().reason()).isEqualTo("OutOfexample.com/gpu");
        Obj told = pod.with(Struct.of("resourceClaimName", "p-extended-resources-x", "requestMappings",
                Seq.of(Struct.of("containerName", "c", "resourceName", "example.com/gpu", "requestName", "r"))),
                "status", "extendedResourceClaimStatus");
        assertThat(room.shortage(told, allocatable)).isEmpty();
        assertThat(room.missing(told, allocatable)).isEmpty();
        room.allocate(told);
        Obj other = pod("other", "10m", 0, "Burstable").with(pod.spec().seq("containers"), "spec", "containers");
        assertThat(room.shortage(other, allocatable.with("example.com/gpu", "1"))).as("nobody has the node's")
                .isEmpty();
    }

    @Test
    void whoWantsNothingMoreHoldsNobodyUp() {
        assertThat(deferred(pod("important", "1800m", 5, "Burstable"))).isTrue();
        room.free("other");
        room.settle("important");
        assertThat(deferred(pod("old", "1800m", 0, "Burstable"))).isFalse();
    }

    /// Who waits has what it has: less of one thing is free only when more of another was granted.
    @Test
    void whatAPodGivesIsFreeWhenItGotWhatItWaitsFor() {
        NodeAllocations node = new NodeAllocations(2000, 1L << 30);
        node.allocate(pod("other", "10m", "600Mi", 0, "Burstable"));
        node.allocate(pod("p1", "1500m", "100Mi", 5, "Burstable"));
        node.allocate(pod("p2", "10m", "100Mi", 0, "Burstable"));
        Obj first = pod("p1", "100m", "700Mi", 5, "Burstable");
        Obj second = pod("p2", "1800m", "100Mi", 0, "Burstable");
        assertThat(deferred(node, first)).isTrue();
        assertThat(deferred(node, second)).isTrue();
        node.free("other");
        assertThat(deferred(node, second)).isTrue();
        assertThat(deferred(node, first)).isFalse();
        assertThat(deferred(node, second)).isFalse();
    }

    private boolean deferred(Obj pod) {
        return deferred(room, pod);
    }

    private static boolean deferred(NodeAllocations room, Obj pod) {
        return room.tryResize(pod).filter(r -> r.reason().equals("OutOfcpu") || r.reason().equals("OutOfmemory"))
                .isPresent();
    }

    private static Obj pod(String name, String cpu, long priority, String quality) {
        return pod(name, cpu, "0", priority, quality);
    }

    private static Obj pod(String name, String cpu, String memory, long priority, String quality) {
        Struct container = Struct.of("name", "c", "resources",
                Struct.of("requests", Struct.of("cpu", cpu, "memory", memory)));
        return Obj.of(Struct.of("metadata", Struct.of("name", name, "uid", name), "spec",
                Struct.of("priority", priority, "containers", Seq.of(container)), "status",
                Struct.of("qosClass", quality)));
    }
}
