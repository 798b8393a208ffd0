package io.k3j.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IngressStatusTest {
    private static final ServiceLbRules RULES = new ServiceLbRules(Set.of(), List.of(Cidr.parse("10.42.0.0/16"),
            Cidr.parse("10.43.0.0/16")));

    private static Seq of(List<String> families, Obj... nodes) {
        return IngressStatus.of(Stream.of(nodes).map(n -> BalancerNode.of(n, RULES::usable)).toList(), families,
                (node, address) -> true);
    }

    private static List<String> addresses(List<String> families, Obj... nodes) {
        return of(families, nodes).structs().stream().map(e -> e.text("ip")).toList();
    }

    @Test
    void externalAddressesComeAloneAsSoonAsOneNodeHasOne() {
        assertThat(addresses(List.of("IPv4"), Scenery.node("a", "InternalIP=192.0.2.1"),
                Scenery.node("b", "InternalIP=192.0.2.2", "ExternalIP=198.51.100.2")))
                .containsExactly("198.51.100.2");
    }

    @Test
    void familiesComeInTheOrderOfTheServiceAndAddressesSorted() {
        Obj two = Scenery.node("a", "InternalIP=192.0.2.9", "InternalIP=fd00::9");
        Obj one = Scenery.node("b", "InternalIP=192.0.2.1", "InternalIP=fd00::1");
        assertThat(addresses(List.of("IPv6", "IPv4"), two, one)).containsExactly("fd00::1", "fd00::9", "192.0.2.1",
                "192.0.2.9");
        assertThat(addresses(List.of("IPv4"), two, one)).containsExactly("192.0.2.1", "192.0.2.9");
    }

    /// A node's certificate lets it claim any address; a cluster address would draw everybody's packets.
    @Test
    void addressesThatAreNoNodesOwnAreLeftOut() {
        assertThat(addresses(List.of("IPv4", "IPv6"),
                Scenery.node("a", "InternalIP=10.43.0.1", "InternalIP=10.42.0.1", "InternalIP=127.0.0.1",
                        "InternalIP=0.0.0.0", "InternalIP=224.0.0.1", "InternalIP=::1", "InternalIP=fe80::1",
                        "InternalIP=evil.example", "InternalIP=192.0.2.1")))
                .containsExactly("192.0.2.1");
    }

    @Test
    void anExternalNameStandsBesideTheAddresses() {
        assertThat(
                of(List.of("IPv4"), Scenery.node("a", "InternalIP=192.0.2.1", "ExternalDNS=a.example.org")).struct(0))
                .isEqualTo(Struct.of("ip", "192.0.2.1", "ipMode", "VIP", "hostname", "a.example.org"));
        assertThat(of(List.of("IPv4"), Scenery.node("a", "InternalIP=192.0.2.1", "ExternalDNS=no name")).struct(0))
                .isEqualTo(Struct.of("ip", "192.0.2.1", "ipMode", "VIP"));
    }

    @Test
    void anAddressWithoutAModeSaysTheSame() {
        Seq stock = Seq.of(Struct.of("ip", "192.0.2.1"));
        assertThat(IngressStatus.same(stock, of(List.of("IPv4"), Scenery.node("a", "InternalIP=192.0.2.1")))).isTrue();
        assertThat(IngressStatus.same(stock, Seq.EMPTY)).isFalse();
    }
}
