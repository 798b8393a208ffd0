package io.k3j.kubeproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.PacketFilter.UdpFlow;
import io.k3j.testkit.FakeApi;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which tracked flows of a UDP Service are forgotten when it or its endpoints change.
class UdpFlowsTest {
    private static final Key SERVICE = new Key("default", "dns");
    private static final Key SLICE = new Key("default", "dns-1");
    private static final String CLUSTER = "10.43.0.10";
    private static final String A = "10.42.0.2";
    private static final String B = "10.42.0.3";
    private static final int MANY = 500;
    /// A listing and a deletion, after the first sync and after the second.
    private static final int FEW_CALLS = 4;
    private final FakeApi api = FakeApi.stepped(Instant::now);
    private final LiveViews views = new LiveViews(Instant::now);
    private final Recorder filter = new Recorder();
    private Proxier proxier;

    @BeforeEach
    void follow() {
        var services = views.of(BuiltinResources.SERVICES);
        var slices = views.of(BuiltinResources.ENDPOINT_SLICES).index(Proxier.BY_SERVICE, Proxier::serviceOf);
        proxier = new Proxier(services, slices, filter,
                ProxyOptions.of("here", List.of("10.42.0.0/16"), List.of(), List.of()), Instant.EPOCH);
        services.listen((before, after) -> proxier.changed(before, after, o -> List.of(Proxier.name(o)), true));
        slices.listen((before, after) -> proxier.changed(before, after, Proxier::serviceOf, false));
        views.attach(api);
    }

    private void service(String type, long nodePort, String... externalIps) {
        Struct port = Struct.of("name", "p", "protocol", "UDP", "port", 53L);
        api.create(BuiltinResources.SERVICES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("name", "dns", "namespace", "default"), "spec",
                Struct.of("type", type, "clusterIP", CLUSTER, "clusterIPs", Seq.of(CLUSTER), "externalIPs",
                        Seq.of((Object[]) externalIps), "ports",
                        Seq.of(nodePort > 0 ? port.with("nodePort", nodePort) : port)))),
                WriteOptions.PLAIN);
    }

    private void balanced(String... addresses) {
        Obj service = api.get(BuiltinResources.SERVICES, SERVICE);
        List<Struct> all = List.of(addresses).stream().map(ip -> Struct.of("ip", ip)).toList();
        api.update(BuiltinResources.SERVICES, service.with(Seq.copyOf(all), "status", "loadBalancer", "ingress"),
                WriteOptions.STATUS);
    }

    private static Struct endpoint(String ip, Object... conditions) {
        return Struct.of("addresses", Seq.of(ip), "nodeName", "here", "conditions", Struct.of(conditions));
    }

    private static Struct ready(String ip) {
        return endpoint(ip, "ready", true);
    }

    private void endpoints(Struct... endpoints) {
        api.create(BuiltinResources.ENDPOINT_SLICES,
                Obj.of(Struct.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata",
                        Struct.of("name", "dns-1", "namespace", "default", "labels",
                                Struct.of("kubernetes.io/service-name", "dns")),
                        "addressType", "IPv4", "ports",
                        Seq.of(Struct.of("name", "p", "protocol", "UDP", "port", 5353L)), "endpoints",
                        Seq.of((Object[]) endpoints))),
                WriteOptions.PLAIN);
    }

    private void become(Struct... endpoints) {
        api.update(BuiltinResources.ENDPOINT_SLICES, api.get(BuiltinResources.ENDPOINT_SLICES, SLICE)
                .with(Seq.of((Object[]) endpoints), "endpoints"), WriteOptions.PLAIN);
    }

    private void tracked(String address, int port, boolean local, String endpoint, int endpointPort) {
        filter.tracked.add(new UdpFlow(address, port, local, endpoint, endpointPort));
    }

    /// What was forgotten after all changes so far.
    private List<String> synced() {
        boolean more = true;
        while (more) {
            more = api.deliver();
        }
        filter.forgotten.clear();
        proxier.sync();
        proxier.flows().step();
        return filter.forgotten;
    }

    @Test
    void deletesUdpFlowsOfARemovedBackend() {
        service("ClusterIP", 0);
        endpoints(ready(A));
        tracked(CLUSTER, 53, false, A, 5353);
        assertThat(synced()).isEmpty();
        api.delete(BuiltinResources.ENDPOINT_SLICES, SLICE, DeleteOptions.PLAIN);
        assertThat(synced()).containsExactly("10.43.0.10:53 led to 10.42.0.2:5353");
    }

    @Test
    void clientsOfOtherBackendsKeepTheirs() {
        service("NodePort", 30_053);
        endpoints(ready(A), ready(B));
        for (String endpoint : List.of(A, B)) {
            tracked(CLUSTER, 53, false, endpoint, 5353);
            tracked("192.0.2.1", 30_053, true, endpoint, 5353);
        }
        assertThat(synced()).isEmpty();
        become(ready(B), ready("10.42.0.4"));
        assertThat(synced()).containsExactlyInAnyOrder("10.43.0.10:53 led to 10.42.0.2:5353",
                "192.0.2.1:30053 led to 10.42.0.2:5353");
    }

    @Test
    void clientsThatWereRejectedFindABackend() {
        service("ClusterIP", 0);
        tracked(CLUSTER, 53, false, CLUSTER, 53);
        assertThat(synced()).isEmpty();
        endpoints(ready(A));
        assertThat(synced()).containsExactly("10.43.0.10:53 led to 10.43.0.10:53");
    }

    @Test
    void deletesUdpFlowsToNodePortsAndExternalAddresses() {
        service("LoadBalancer", 30_053, "192.0.2.9");
        balanced("192.0.2.7");
        endpoints(ready(A));
        List.of(CLUSTER, "192.0.2.9", "192.0.2.7").forEach(ip -> tracked(ip, 53, false, A, 5353));
        tracked("192.0.2.1", 30_053, true, A, 5353);
        tracked("192.0.2.7", 54, false, A, 5353);
        assertThat(synced()).isEmpty();
        api.delete(BuiltinResources.ENDPOINT_SLICES, SLICE, DeleteOptions.PLAIN);
        assertThat(synced()).hasSize(4);
        assertThat(filter.tracked).as("to another port").extracting(UdpFlow::port).containsExactly(54);
    }

    @Test
    void aFlowThatBeganBeforeItsAddressWasAServicesIsForgotten() {
        service("LoadBalancer", 0);
        endpoints(ready(A));
        tracked("192.0.2.7", 53, false, "192.0.2.7", 53);
        assertThat(synced()).isEmpty();
        balanced("192.0.2.7");
        assertThat(synced()).containsExactly("192.0.2.7:53 led to 192.0.2.7:53");
    }

    @Test
    void aFlowThatBeganBeforeServiceAndEndpointsCameTogetherIsForgotten() {
        tracked("192.0.2.1", 30_053, true, "192.0.2.1", 30_053);
        tracked("198.51.100.1", 30_053, false, "198.51.100.1", 30_053);
        service("NodePort", 30_053);
        endpoints(ready(A));
        assertThat(synced()).as("through this machine to the same port of another")
                .containsExactly("192.0.2.1:30053 led to 192.0.2.1:30053");
    }

    @Test
    void aFlowOfAnEndpointThatEndsAndServesStillGoesOn() {
        service("ClusterIP", 0);
        endpoints(ready(A), ready(B));
        tracked(CLUSTER, 53, false, A, 5353);
        assertThat(synced()).isEmpty();
        become(endpoint(A, "ready", false, "serving", true, "terminating", true), ready(B));
        assertThat(synced()).isEmpty();
        become(endpoint(A, "ready", false, "serving", false, "terminating", true), ready(B));
        assertThat(synced()).containsExactly("10.43.0.10:53 led to 10.42.0.2:5353");
    }

    @Test
    void hintsAndPoliciesEndNoFlow() {
        service("ClusterIP", 0);
        endpoints(ready(A), ready(B));
        tracked(CLUSTER, 53, false, A, 5353);
        proxier.on(new ThisNode("here", "b", List.of(), Set.of()));
        assertThat(synced()).isEmpty();
        become(ready(A).with("hints", zone("a")), ready(B).with("hints", zone("b")));
        assertThat(synced()).isEmpty();
        api.update(BuiltinResources.SERVICES, api.get(BuiltinResources.SERVICES, SERVICE)
                .with("Local", "spec", "internalTrafficPolicy"), WriteOptions.PLAIN);
        assertThat(synced()).isEmpty();
    }

    private static Struct zone(String name) {
        return Struct.of("forZones", Seq.of(Struct.of("name", name)));
    }

    @Test
    void manyAddressesAreOneListingAndOneDeletion() {
        service("LoadBalancer", 0);
        String[] addresses = IntStream.range(0, MANY).mapToObj(i -> "198.18." + i / 256 + "." + i % 256)
                .toArray(String[]::new);
        balanced(addresses);
        endpoints(ready(A), ready(B));
        List.of(addresses).forEach(ip -> tracked(ip, 53, false, A, 5353));
        assertThat(synced()).isEmpty();
        become(ready(B));
        assertThat(synced()).hasSize(MANY);
        assertThat(filter.calls).isLessThanOrEqualTo(FEW_CALLS);
    }

    @Test
    void aFlowToAPortThatPodsHaveNoMoreIsForgotten() {
        service("ClusterIP", 0);
        endpoints(ready(A));
        tracked(CLUSTER, 53, false, A, 5353);
        assertThat(synced()).isEmpty();
        Struct port = Struct.of("name", "p", "protocol", "UDP", "port", 5354L);
        api.update(BuiltinResources.ENDPOINT_SLICES,
                api.get(BuiltinResources.ENDPOINT_SLICES, SLICE).with(Seq.of(port), "ports"), WriteOptions.PLAIN);
        assertThat(synced()).containsExactly("10.43.0.10:53 led to 10.42.0.2:5353");
    }

    /// Its last endpoint went while nobody looked; what is not led anywhere leads to nobody.
    @Test
    void aFlowOfAServiceWithoutEndpointsIsForgottenAfterAStart() {
        service("ClusterIP", 0);
        tracked(CLUSTER, 53, false, A, 5353);
        tracked(CLUSTER, 53, false, CLUSTER, 53);
        assertThat(synced()).containsExactly("10.43.0.10:53 led to 10.42.0.2:5353");
    }

    @Test
    void whatCannotBeListedIsDueAgain() {
        service("ClusterIP", 0);
        endpoints(ready(A));
        tracked(CLUSTER, 53, false, B, 5353);
        filter.fails = true;
        assertThat(synced()).isEmpty();
        filter.fails = false;
        assertThat(proxier.flows().step()).isTrue();
        assertThat(filter.forgotten).containsExactly("10.43.0.10:53 led to 10.42.0.3:5353");
    }

    @Test
    void whatOneCallDoesNotForgetIsListedAgain() {
        service("ClusterIP", 0);
        endpoints(ready(A));
        filter.mostForgotten = 1;
        tracked(CLUSTER, 53, false, B, 1);
        tracked(CLUSTER, 53, false, B, 2);
        assertThat(synced()).hasSize(1);
        assertThat(proxier.flows().step()).isTrue();
        assertThat(filter.tracked).isEmpty();
        int before = filter.calls;
        assertThat(proxier.flows().step()).isTrue();
        assertThat(filter.calls).as("nothing is due").isEqualTo(before);
    }
}
