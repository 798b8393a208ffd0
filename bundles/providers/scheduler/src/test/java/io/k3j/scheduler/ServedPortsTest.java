package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

/// Pods with a `hostPort` that a Service has on nodes.
class ServedPortsTest {
    private static final Key WEB = new Key("default", "web");
    private final SchedulerBed bed = new SchedulerBed();

    private void node(String name, String... addresses) {
        Seq all = Seq.EMPTY;
        for (String address : addresses) {
            all = all.plus(Struct.of("type", "InternalIP", "address", address));
        }
        Obj there = bed.node(name, "4");
        bed.api.seed(BuiltinResources.NODES, there.with(all, "status", "addresses"));
    }

    /// A Service with port 80 that nodes carry at some addresses.
    private static Obj carried(String... addresses) {
        Seq all = Seq.EMPTY;
        for (String address : addresses) {
            all = all.plus(Struct.of("ip", address, "ipMode", "VIP"));
        }
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("name", WEB.name(), "namespace", WEB.namespace(), "finalizers",
                        Seq.of("service.kubernetes.io/load-balancer-cleanup")),
                "spec", Struct.of("type", "LoadBalancer", "ports",
                        Seq.of(Struct.of("protocol", "TCP", "port", 80, "nodePort", 30_080))),
                "status", Struct.of("loadBalancer", Struct.of("ingress", all))));
    }

    private void service(Obj service) {
        bed.api.seed(BuiltinResources.SERVICES, service);
    }

    private void pod(String name, long port, String ip) {
        bed.pod(name, Struct.of("containers", Seq.of(Struct.of("name", "c", "image", "i", "ports", Seq.of(
                Struct.builder().put("containerPort", port).put("hostPort", port).put("protocol", "TCP")
                        .putUnlessEmpty("hostIP", ip).build())))));
        bed.settle();
    }

    @Test
    void aPodGetsToANodeThatDoesNotServeTheService() {
        node("n1", "192.0.2.1", "fd00::1");
        node("n2", "192.0.2.2");
        service(carried("192.0.2.1"));
        pod("p", 80, "");
        assertThat(bed.node("p")).isEqualTo("n2");
    }

    @Test
    void aPodWaitsInUpstreamsWordsUntilTheServiceGoes() {
        node("n1", "192.0.2.1");
        service(carried("192.0.2.1"));
        pod("p", 80, "");
        assertThat(bed.node("p")).isEmpty();
        assertThat(bed.scheduled("p").text("message")).startsWith(
                "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.");
        bed.api.vanish(BuiltinResources.SERVICES, WEB);
        bed.later();
        assertThat(bed.node("p")).isEqualTo("n1");
    }

    @Test
    void aPodWaitsUntilTheServiceShowsOtherAddresses() {
        node("n1", "fd00::1");
        service(carried("fd00:0:0:0:0:0:0:1"));
        pod("p", 80, "");
        assertThat(bed.node("p")).as("one address in two forms").isEmpty();
        service(carried("fd00::2"));
        bed.later();
        assertThat(bed.node("p")).isEqualTo("n1");
    }

    @Test
    void aNodeThatLosesTheAddressTakesThePod() {
        node("n1", "192.0.2.1");
        service(carried("192.0.2.1"));
        pod("p", 80, "");
        bed.api.seed(BuiltinResources.NODES, bed.api.get(BuiltinResources.NODES, Key.of("n1"))
                .with(Seq.of(Struct.of("type", "InternalIP", "address", "192.0.2.9")), "status", "addresses"));
        bed.later();
        assertThat(bed.node("p")).isEqualTo("n1");
    }

    @Test
    void otherPortsAndTheLoopbackAreFree() {
        node("n1", "192.0.2.1");
        service(carried("192.0.2.1"));
        pod("a", 81, "");
        pod("b", 80, "127.0.0.1");
        pod("c", 80, "192.0.2.1");
        assertThat(bed.node("a")).isEqualTo("n1");
        assertThat(bed.node("b")).as("the Service is not there").isEqualTo("n1");
        assertThat(bed.node("c")).isEmpty();
    }

    @Test
    void anotherProtocolIsFree() {
        node("n1", "192.0.2.1");
        service(carried("192.0.2.1"));
        bed.pod("p", Struct.of("containers", Seq.of(Struct.of("name", "c", "image", "i", "ports",
                Seq.of(Struct.of("containerPort", 80, "hostPort", 80, "protocol", "UDP"))))));
        bed.settle();
        assertThat(bed.node("p")).isEqualTo("n1");
    }

    @Test
    void aServiceOfAnotherBalancerHasNoPortOfANode() {
        node("n1", "192.0.2.1");
        service(carried("192.0.2.1").with("example.com/lb", "spec", "loadBalancerClass"));
        pod("p", 80, "");
        assertThat(bed.node("p")).isEqualTo("n1");
    }
}
