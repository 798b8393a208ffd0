package io.k3j.agentitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// A cluster of IPv4 and IPv6 with the default backend, started as `docs/networking.md` says; nodes find their addresses
/// themselves. The tests are one story.
@NeedsMachine
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@NeedsPackages("curl")
class DualStackItest {
    private static final String URL = "https://10.10.10.50:6443";
    private TwoNodes nodes;

    @BeforeAll
    void switchOn() throws IOException, InterruptedException {
        nodes = TwoNodes.dualStack();
        List<String> flags = new ArrayList<>(TwoNodes.flags("k3s server --token SECRET"));
        flags.addAll(List.of(TwoNodes.token(), "--disable=traefik"));
        nodes.start(URL, flags);
        nodes.pods();
    }

    @AfterAll
    void switchOff() {
        if (nodes != null) {
            nodes.close();
        }
    }

    @Test
    @Order(1)
    void nodesAndPodsHaveAddressesOfBothFamilies() throws IOException, InterruptedException {
        assertThat(nodes.field("node server-1", ".status.addresses[?(@.type==\"InternalIP\")].address"))
                .containsExactly("10.10.10.50", "fd10:10:10::50");
        assertThat(nodes.field("node agent-1", ".status.addresses[?(@.type==\"InternalIP\")].address"))
                .containsExactly("10.10.10.101", "fd10:10:10::101");
        assertThat(nodes.field("node server-1", ".spec.podCIDRs[*]")).containsExactly("10.42.0.0/24", "fd00:42::/64");
        assertThat(nodes.field("pod two", ".status.podIPs[*].ip")).hasSize(2)
                .satisfiesExactly(ip -> assertThat(ip).startsWith("10.42.1."),
                        ip -> assertThat(ip).startsWith("fd00:42:0:1::"));
    }

    @Test
    @Order(2)
    void podsOfBothNodesReachEachOtherInBothFamilies() throws IOException, InterruptedException {
        for (String ip : nodes.field("pod two", ".status.podIPs[*].ip")) {
            nodes.until("way to " + ip, () -> nodes.reaches("one", ip, 8080));
            assertThat(nodes.in("one", "ping -c 2 -W 30 " + ip)).contains(" 0% packet loss");
        }
        for (String ip : nodes.field("pod one", ".status.podIPs[*].ip")) {
            nodes.until("way to " + ip, () -> nodes.reaches("two", ip, 8080));
        }
    }

    @Test
    @Order(3)
    void aServiceAnswersInBothFamiliesInsideAndOutside() throws IOException, InterruptedException {
        nodes.apply(
                """
                        {"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"spec":{"type":"LoadBalancer",\
                        "ipFamilyPolicy":"RequireDualStack","selector":{"app":"web"},"ports":[{"port":80,"targetPort":8080}]}}""");
        List<String> own = nodes.field("service web", ".spec.clusterIPs[*]");
        assertThat(own).satisfiesExactly(ip -> assertThat(ip).startsWith("10.43."),
                ip -> assertThat(ip).startsWith("fd00:43::"));
        for (String ip : own) {
            nodes.until("answer of " + ip, () -> nodes.reaches("two", ip, 80));
        }
        int port = Integer.parseInt(nodes.field("service web", ".spec.ports[0].nodePort").getFirst());
        for (String node : List.of("10.10.10.50", "10.10.10.101", "fd10:10:10::50", "fd10:10:10::101")) {
            nodes.until("balancer " + node, () -> nodes.answers(node, 80));
            nodes.until("node port of " + node, () -> nodes.answers(node, port));
        }
    }

    @Test
    @Order(4)
    void namesHaveAddressesOfBothFamilies() throws IOException, InterruptedException {
        assertThat(nodes.field("service kube-dns -n kube-system", ".spec.clusterIPs[*]"))
                .containsExactly("10.43.0.10", "fd00:43::a");
        for (String server : List.of("10.43.0.10", "fd00:43::a")) {
            nodes.until("names from " + server, () -> {
                String told = nodes.in("two", "nslookup web.default.svc.cluster.local " + server);
                return told.contains("Address: 10.43.") && told.contains("Address: fd00:43::");
            });
        }
    }

    @Test
    @Order(5)
    void thePagesCommandsWork() throws IOException, InterruptedException {
        nodes.followPage();
    }
}
