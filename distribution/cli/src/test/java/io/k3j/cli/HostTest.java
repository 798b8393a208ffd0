package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.cli.Host.Link;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostTest {
    private static Link link(String name, String... addresses) {
        return new Link(name, List.of(addresses).stream().map(InetAddress::ofLiteral).toList());
    }

    @Test
    void aNodeIsNotKnownByAnAddressOfItsPodNetwork() {
        List<Link> before = List.of(link("lo", "127.0.0.1", "::1"), link("eth0", "fe80::1", "fd00::7", "172.16.5.9"));
        assertThat(Host.anyAddress(before)).contains("172.16.5.9");
        List<Link> after = List.of(link("flannel.1", "10.42.0.0"), link("cni0", "10.42.0.1"),
                link("veth51c1e01e", "169.254.3.1"), link("kube-bridge", "10.42.0.2"), before.get(0), before.get(1));
        assertThat(Host.anyAddress(after)).contains("172.16.5.9");
        assertThat(Host.anyAddress(List.of(link("lo", "127.0.0.1"), link("flannel.1", "10.42.0.0")))).isEmpty();
    }

    @Test
    void aMachineWithoutIpv4IsKnownByItsIpv6Address() {
        assertThat(Host.anyAddress(List.of(link("lo", "::1"), link("eth0", "fe80::1", "fd00::7"))))
                .contains("fd00::7");
    }
}
