package io.k3j.agentitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// A cluster on machines that have no address of IPv4 but the loopback one, with nothing but defaults
/// (`docs/networking.md`). The tests are one story.
@NeedsMachine
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@NeedsPackages("curl")
class Ipv6OnlyItest {
    private static final String DENY = """
            {"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"two"},"spec":{\
            "podSelector":{"matchLabels":{"pod":"two"}},"policyTypes":["Ingress"],"ingress":[%s]}}""";
    private TwoNodes nodes;

    @BeforeAll
    void switchOn() throws IOException, InterruptedException {
        nodes = TwoNodes.ipv6Only();
        nodes.start("https://[fd10:10:10::50]:6443", List.of(TwoNodes.token(), "--disable=traefik"));
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
    void takesK3sNetworksForIpv6() throws IOException, InterruptedException {
        assertThat(nodes.field("node agent-1", ".status.addresses[?(@.type==\"InternalIP\")].address"))
                .containsExactly("fd10:10:10::101");
        assertThat(nodes.field("nodes", ".items[*].spec.podCIDRs[*]")).containsExactlyInAnyOrder("fd00:42::/64",
                "fd00:42:0:1::/64");
        assertThat(nodes.field("service kubernetes", ".spec.clusterIPs[*]")).containsExactly("fd00:43::1");
        assertThat(nodes.field("service kube-dns -n kube-system", ".spec.clusterIPs[*]"))
                .containsExactly("fd00:43::a");
        assertThat(Files.readString(nodes.serverMachine.dir().resolve("etc/rancher/k3s/k3s.yaml")))
                .contains("https://[::1]:6443");
        assertThat(nodes.in("two", "env")).contains("KUBERNETES_SERVICE_HOST=fd00:43::1",
                "KUBERNETES_PORT=tcp://[fd00:43::1]:443");
    }

    @Test
    @Order(2)
    void theKubeletOfTheOtherNodeIsReached() throws IOException, InterruptedException {
        assertThat(nodes.in("two", "hostname").strip()).isEqualTo("two");
        assertThat(nodes.kubectl("logs two").code()).isZero();
        assertThat(nodes.onServer("curl -sk https://[fd10:10:10::50]:6443/ping").text()).contains("pong");
    }

    @Test
    @Order(3)
    void podsOfBothNodesReachEachOtherAndTheApi() throws IOException, InterruptedException {
        String one = nodes.field("pod one", ".status.podIP").getFirst();
        String two = nodes.field("pod two", ".status.podIP").getFirst();
        nodes.until("way to " + two, () -> nodes.reaches("one", two, 8080));
        nodes.until("way to " + one, () -> nodes.reaches("two", one, 8080));
        nodes.until("way to the API", () -> nodes.in("two", "sh -c 'nc -w 2 fd00:43::1 443 < /dev/null && echo open'")
                .contains("open"));
    }

    @Test
    @Order(4)
    void servicesAnswerInsideAndOutsideAndHaveNames() throws IOException, InterruptedException {
        nodes.apply("""
                {"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"spec":{"type":"LoadBalancer",\
                "selector":{"app":"web"},"ports":[{"port":80,"targetPort":8080}]}}""");
        String own = nodes.field("service web", ".spec.clusterIP").getFirst();
        assertThat(own).startsWith("fd00:43::");
        nodes.until("answer of " + own, () -> nodes.reaches("two", own, 80));
        int port = Integer.parseInt(nodes.field("service web", ".spec.ports[0].nodePort").getFirst());
        for (String node : List.of("fd10:10:10::50", "fd10:10:10::101")) {
            nodes.until("balancer " + node, () -> nodes.answers(node, 80));
            nodes.until("node port of " + node, () -> nodes.answers(node, port));
        }
        nodes.until("name of the Service", () -> nodes.in("two", "nslookup web.default.svc.cluster.local")
                .contains("Address: " + own));
    }

    @Test
    @Order(5)
    void policiesAreEnforced() throws IOException, InterruptedException {
        String two = nodes.field("pod two", ".status.podIP").getFirst();
        nodes.apply(DENY.formatted(""));
        nodes.until("closed pod", () -> !nodes.reaches("one", two, 8080));
        nodes.apply(DENY.formatted("{\"from\":[{\"podSelector\":{\"matchLabels\":{\"pod\":\"one\"}}}]}"));
        nodes.until("pod that is open to one", () -> nodes.reaches("one", two, 8080));
        nodes.apply(DENY.formatted("{\"from\":[{\"ipBlock\":{\"cidr\":\"fd00:42:0:1::/64\"}}]}"));
        nodes.until("pod that is open to its own node", () -> !nodes.reaches("one", two, 8080));
        nodes.apply(DENY.formatted("{\"from\":[{\"ipBlock\":{\"cidr\":\"fd00:42::/56\"}}]}"));
        nodes.until("pod that is open to all pods", () -> nodes.reaches("one", two, 8080));
    }
}
