package io.k3j.kubeproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.time.Instant;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Services whose rules would be more than a node has memory for.
class LargeServicesTest {
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

    private static Seq many(int number, IntFunction<Object> each) {
        return Seq.copyOf(IntStream.range(0, number).mapToObj(each).toList());
    }

    private static Seq ports(int number) {
        return many(number, i -> Struct.of("name", "p" + i, "protocol", "TCP", "port", i + 1));
    }

    private static String address(int i) {
        return "198.18." + i / 250 + "." + i % 250;
    }

    private void service(String name, String ip, int ports, Struct more) {
        Struct.Builder spec = more.toBuilder().put("clusterIP", ip).put("clusterIPs", Seq.of(ip)).put("ports",
                ports(ports));
        api.create(BuiltinResources.SERVICES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("name", name, "namespace", "default"), "spec", spec.build())), WriteOptions.PLAIN);
    }

    private void endpoints(String service, int ports, int endpoints) {
        api.create(BuiltinResources.ENDPOINT_SLICES, Obj.of(Struct.of("apiVersion", "discovery.k8s.io/v1", "kind",
                "EndpointSlice", "metadata", Struct.of("name", service + "-1", "namespace", "default", "labels",
                        Struct.of(ServicePorts.SERVICE, service)),
                "addressType", "IPv4", "ports", ports(ports), "endpoints",
                many(endpoints, i -> Struct.of("addresses", Seq.of(address(i)), "conditions",
                        Struct.of("ready", true))))),
                WriteOptions.PLAIN);
    }

    private void deliver() {
        boolean more = true;
        while (more) {
            more = api.deliver();
        }
    }

    @Test
    void manyPortsAtManyAddressesAreRefusedAndOthersGoOn() {
        service("good", "10.43.0.5", 1, Struct.EMPTY);
        service("large", "10.43.0.6", 10_000, Struct.of("externalIPs", many(10_000, LargeServicesTest::address)));
        deliver();
        assertThat(proxier.sync()).containsOnlyKeys("default/large")
                .containsValue("10000 ports at 10003 addresses are more than 65536 entries");
        assertThat(String.join("", filter.scripts)).contains("10.43.0.5 . tcp . 1").doesNotContain("10.43.0.6");
    }

    @Test
    void whatHasBecomeTooLargeKeepsWhatItHadAndIsTakenOnceItIsSmaller() {
        service("web", "10.43.0.6", 1, Struct.EMPTY);
        deliver();
        assertThat(proxier.sync()).isEmpty();
        Obj web = api.get(BuiltinResources.SERVICES, new Key("default", "web"));
        api.update(BuiltinResources.SERVICES, web.with(ports(30_000), "spec", "ports"), WriteOptions.PLAIN);
        deliver();
        filter.scripts.clear();
        assertThat(proxier.sync()).containsOnlyKeys("default/web");
        assertThat(String.join("", filter.scripts)).doesNotContain("10.43.0.6");
        web = api.get(BuiltinResources.SERVICES, new Key("default", "web"));
        api.update(BuiltinResources.SERVICES, web.with(ports(2), "spec", "ports"), WriteOptions.PLAIN);
        deliver();
        assertThat(proxier.sync()).isEmpty();
        assertThat(String.join("", filter.scripts)).contains("10.43.0.6 . tcp . 2").doesNotContain("tcp . 3 ");
    }

    @Test
    void manyPortsWithManyEndpointsAreRefusedToo() {
        service("large", "10.43.0.6", 5_000, Struct.EMPTY);
        endpoints("large", 5_000, 1_000);
        deliver();
        assertThat(proxier.sync()).containsOnlyKeys("default/large")
                .containsValue("5000 ports with their endpoints and source ranges are 5000000 entries, more than "
                        + ServiceSize.MOST_TARGETS);
    }

    @Test
    void aServiceOfAsManyPodsAsAClusterHasIsServed() {
        service("large", "10.43.0.6", 3, Struct.EMPTY);
        endpoints("large", 3, 10_000);
        deliver();
        assertThat(proxier.sync()).isEmpty();
        assertThat(String.join("", filter.scripts)).contains("numgen random mod 10000");
    }

    /// 5 000 nodes have its address of the load balancer.
    @Test
    void aLoadBalancerOfFourPortsIsServedOnManyNodes() {
        service("large", "10.43.0.6", 4, Struct.of("externalIPs", many(5_000, LargeServicesTest::address)));
        deliver();
        assertThat(proxier.sync()).isEmpty();
    }

    @Test
    void portsAddressesAndEndpointsTogetherAreBounded() {
        service("large", "10.43.0.6", 1_260, Struct.of("externalIPs", many(10, LargeServicesTest::address)));
        endpoints("large", 1_260, 46);
        deliver();
        assertThat(proxier.sync()).isEmpty();
        assertThat(String.join("", filter.scripts)).hasSizeLessThan(20_000_000);
    }

    @Test
    void manySourceRangesForManyPortsAreRefusedToo() {
        service("large", "10.43.0.6", 1_000, Struct.of("type", "LoadBalancer", "loadBalancerSourceRanges",
                many(1_000, i -> address(i) + "/32")));
        deliver();
        assertThat(proxier.sync()).containsOnlyKeys("default/large");
    }
}
