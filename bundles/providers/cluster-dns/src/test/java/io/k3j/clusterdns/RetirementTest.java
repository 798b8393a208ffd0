package io.k3j.clusterdns;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetirementTest {
    private final FakeApi api = FakeApi.stepped(Instant::now);

    private static DnsSettings disabled(String... words) {
        return (DnsSettings) Proxy.newProxyInstance(DnsSettings.class.getClassLoader(),
                new Class<?>[] {DnsSettings.class}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "nodeName" -> "n1";
                    case "disable" -> words;
                    default -> method.getDefaultValue();
                });
    }

    private void retire(String... words) {
        put(BuiltinResources.SERVICES, "v1", "Service", "kube-dns");
        for (String slice : List.of("kube-dns-n1", "kube-dns-n1-ipv6", "kube-dns-n2")) {
            put(BuiltinResources.ENDPOINT_SLICES, "discovery.k8s.io/v1", "EndpointSlice", slice);
        }
        new Retirement(disabled(words), api).retire();
    }

    private void put(Gvr resource, String version, String kind, String name) {
        api.create(resource, Obj.of(Struct.of("apiVersion", version, "kind", kind, "metadata",
                Struct.of("name", name, "namespace", "kube-system"))), WriteOptions.PLAIN);
    }

    private Optional<Obj> slice(String name) {
        return api.find(BuiltinResources.ENDPOINT_SLICES, new Key("kube-system", name));
    }

    /// The other nodes of the cluster ask at its address.
    @Test
    void aServerThatHasNoNodeAnyMoreLeavesTheServiceOfTheOthers() {
        retire();
        assertThat(slice("kube-dns-n1")).isEmpty();
        assertThat(slice("kube-dns-n1-ipv6")).isEmpty();
        assertThat(slice("kube-dns-n2")).isPresent();
        assertThat(api.find(BuiltinResources.SERVICES, Publication.SERVICE)).isPresent();
    }

    @Test
    void theServiceGoesWhenTheClusterIsToHaveNoneOfOurs() {
        retire("servicelb", "coredns");
        assertThat(slice("kube-dns-n1")).isEmpty();
        assertThat(api.find(BuiltinResources.SERVICES, Publication.SERVICE)).isEmpty();
    }
}
