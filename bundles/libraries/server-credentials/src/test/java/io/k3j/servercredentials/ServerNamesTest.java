package io.k3j.servercredentials;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerNamesTest {
    private final ServerNames names = new ServerNames(Given.settings(Path.of("/d"), "nodeName", "server-1", "nodeIp",
            new String[] {"192.0.2.7"}, "advertiseAddress", "198.51.100.7", "serviceCidr",
            new String[] {"10.43.0.0/16", "fd43::/112"}, "clusterDomain", "corp.example"));

    @ParameterizedTest
    @ValueSource(strings = {"kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost", "a.b.svc",
            "kubernetes.default.svc.corp.example"})
    void noNodeIsCalledLikeAServerOrService(String node) {
        assertThat(names.contains(node)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"server-1", "node-2", "n.corp.example", "kubernetes-1", "svc"})
    void othersMay(String node) {
        assertThat(names.contains(node)).isFalse();
    }

    private List<String> addresses(String node, String... given) {
        return names.ofNode(node, List.of(given)).addresses().stream().map(InetAddress::getHostAddress).toList();
    }

    @Test
    void aKubeletsCertificateHasNoAddressOfAServerOrService() {
        assertThat(addresses("node-2", "192.0.2.8", "192.0.2.7", "198.51.100.7", "10.43.0.1", "10.43.9.9", "fd43::1"))
                .containsExactly("127.0.0.1", "0:0:0:0:0:0:0:1", "192.0.2.8");
        assertThat(addresses("server-1", "192.0.2.7")).contains("192.0.2.7");
    }
}
