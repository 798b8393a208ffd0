package io.k3j.kubeproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Health;
import io.k3j.controllerkit.LiveViews;
import io.k3j.controllerkit.Resources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class ProxierTest {
    private final FakeApi api = FakeApi.stepped(Instant::now);
    private final LiveViews views = new LiveViews(Instant::now);
    private final Recorder filter = new Recorder();
    private Proxier proxier;

    @BeforeEach
    void follow() {
        var services = views.of(Resources.SERVICES);
        var slices = views.of(Resources.ENDPOINT_SLICES).index(Proxier.BY_SERVICE, Proxier::serviceOf);
        proxier = new Proxier(services, slices, filter, List.of("10.42.0.0/16"), "here");
        views.attach(api);
    }

    private void service(String name, Struct spec) {
        api.create(Resources.SERVICES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("name", name, "namespace", "default"), "spec", spec)), WriteOptions.PLAIN);
    }

    private static Struct port(long port, Object... more) {
        Struct p = Struct.of("name", "p", "protocol", "TCP", "port", port);
        for (int i = 0; i < more.length; i += 2) {
            p = p.with((String) more[i], more[i + 1]);
        }
        return p;
    }

    private static Struct cluster(String ip, Struct... ports) {
        return Struct.of("type", "ClusterIP", "clusterIP", ip, "clusterIPs", Seq.of(ip), "ports",
                Seq.of((Object[]) ports));
    }

    private void endpoints(String service, Struct port, Struct... endpoints) {
        api.create(Resources.ENDPOINT_SLICES,
                Obj.of(Struct.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata",
                        Struct.of("name", service + "-1", "namespace", "default", "labels",
                                Struct.of("kubernetes.io/service-name", service)),
                        "addressType", "IPv4", "ports", Seq.of(port), "endpoints", Seq.of((Object[]) endpoints))),
                WriteOptions.PLAIN);
    }

    private static Struct endpoint(String ip, String node, Object... conditions) {
        return Struct.of("addresses", Seq.of(ip), "nodeName", node, "conditions", Struct.of(conditions));
    }

    /// The IPv4 script after everything so far.
    private String synced() {
        boolean more = true;
        while (more) {
            more = api.deliver();
        }
        filter.scripts.clear();
        proxier.sync();
        String four = filter.scripts.stream().filter(s -> s.startsWith("add table ip kube-proxy")).findFirst()
                .orElse("");
        filter.scripts.forEach(ProxierTest::check);
        return four;
    }

    static boolean nft() {
        return Files.isExecutable(Path.of("/usr/sbin/nft")) && System.getProperty("user.name").equals("root");
    }

    @Test
    @EnabledIf(value = "nft", disabledReason = "needs root and the package nftables, which then checks every script")
    void makesWhatNftTakes() {
        service("web", cluster("10.43.0.5", port(80)));
        endpoints("web", port(8080), endpoint("10.42.0.2", "here", "ready", true));
        assertThat(synced()).contains("10.42.0.2");
    }

    /// nft reads and checks the script without carrying it out; where it cannot, only the text is asserted.
    private static void check(String script) {
        if (!nft()) {
            return;
        }
        try {
            Process nft = new ProcessBuilder("nft", "-c", "-f", "-").redirectErrorStream(true).start();
            try (var in = nft.getOutputStream()) {
                in.write(script.getBytes(StandardCharsets.UTF_8));
            }
            String said = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(nft.waitFor()).as(said).isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> lines(String script, String part) {
        return script.lines().filter(l -> l.contains(part)).toList();
    }

    @Test
    void spreadsAClusterAddressOverReadyBackends() {
        service("web", cluster("10.43.0.5", port(80)));
        endpoints("web", port(8080), endpoint("10.42.0.2", "here", "ready", true),
                endpoint("10.42.1.2", "there", "ready", true),
                endpoint("10.42.1.3", "there", "ready", false));
        String script = synced();
        assertThat(lines(script, "service-ips {")).anyMatch(l -> l.contains("10.43.0.5 . tcp . 80 : goto service-"));
        assertThat(lines(script, "numgen random mod 2")).hasSize(1);
        assertThat(lines(script, "dnat to")).hasSize(2)
                .anyMatch(l -> l.endsWith("meta l4proto tcp dnat to 10.42.0.2:8080"));
        assertThat(lines(script, "saddr != { 10.42.0.0/16 } jump mark-for-masquerade")).hasSize(1);
        assertThat(lines(script, "ip saddr 10.42.0.2 jump mark-for-masquerade")).as("hairpin").hasSize(1);
    }

    @Test
    void rejectsWhatHasNoBackend() {
        service("web", cluster("10.43.0.5", port(80)));
        assertThat(lines(synced(), "add element ip kube-proxy no-endpoint-services"))
                .containsExactly(
                        "add element ip kube-proxy no-endpoint-services { 10.43.0.5 . tcp . 80 : goto reject-chain }");
    }

    @Test
    void servesNodePortsFromOutsideAndKeepsTheSourceWhenLocal() {
        service("np", cluster("10.43.0.6", port(80, "nodePort", 30080)).with("type", "NodePort"));
        endpoints("np", port(8080), endpoint("10.42.0.2", "here", "ready", true),
                endpoint("10.42.1.2", "there", "ready", true));
        assertThat(lines(synced(), "external-").toString()).contains("jump mark-for-masquerade");
        Obj service = api.get(Resources.SERVICES, new Key("default", "np"));
        api.update(Resources.SERVICES, service.with("Local", "spec", "externalTrafficPolicy"), WriteOptions.PLAIN);
        String local = synced();
        assertThat(lines(local, "external-").stream().filter(l -> l.contains("numgen random mod 1"))).hasSize(1);
        assertThat(lines(local, "tcp . 30080 : goto external-")).hasSize(1);
    }

    @Test
    void dropsLocalTrafficWithoutALocalBackend() {
        service("in", cluster("10.43.0.7", port(53)).with("internalTrafficPolicy", "Local"));
        endpoints("in", port(53), endpoint("10.42.1.2", "there", "ready", true));
        assertThat(lines(synced(), "10.43.0.7 . tcp . 53 : drop")).hasSize(1);
    }

    @Test
    void remembersClientsForSessionAffinity() {
        service("sticky",
                cluster("10.43.0.8", port(80)).with("sessionAffinity", "ClientIP").with("sessionAffinityConfig",
                        Struct.of("clientIP", Struct.of("timeoutSeconds", 10))));
        endpoints("sticky", port(8080), endpoint("10.42.0.2", "here", "ready", true));
        String script = synced();
        assertThat(lines(script, "flags dynamic,timeout; timeout 10s;")).hasSize(1);
        assertThat(lines(script, "update @affinity-")).hasSize(1);
        assertThat(lines(script, "flush set ip kube-proxy affinity-")).isEmpty();
    }

    @Test
    void usesTerminatingBackendsThatServeWhenNoneIsReady() {
        service("web", cluster("10.43.0.5", port(80)));
        endpoints("web", port(8080),
                endpoint("10.42.0.9", "here", "ready", false, "serving", true, "terminating", true));
        assertThat(lines(synced(), "dnat to 10.42.0.9:8080")).hasSize(1);
    }

    @Test
    void keepsLocalTrafficOnItsLastTerminatingBackendWhileOtherNodesHaveReadyOnes() {
        service("local", cluster("10.43.0.5", port(80, "nodePort", 30080)).with("type", "NodePort")
                .with("externalTrafficPolicy", "Local"));
        endpoints("local", port(8080), endpoint("10.42.1.9", "there", "ready", true),
                endpoint("10.42.0.9", "here", "ready", false, "serving", true, "terminating", true));
        String script = synced();
        String external = lines(script, "external-").stream().filter(l -> l.contains("numgen")).findFirst().orElse("");
        assertThat(external).contains("10.42.0.9/8080").doesNotContain("10.42.1.9");
        String service = lines(script, "add rule ip kube-proxy service-").stream().filter(l -> l.contains("numgen"))
                .findFirst().orElse("");
        assertThat(service).contains("10.42.1.9/8080").doesNotContain("10.42.0.9");
    }

    @Test
    void tellsLoadBalancersWhetherThisNodeHasAnEndpoint() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        service("lb", cluster("10.43.0.5", port(80, "nodePort", 30080)).with("type", "LoadBalancer")
                .with("externalTrafficPolicy", "Local").with("healthCheckNodePort", port));
        endpoints("lb", port(8080), endpoint("10.42.0.9", "here", "ready", true),
                endpoint("10.42.1.9", "there", "ready", true));
        synced();
        try (HealthPorts ports = new HealthPorts(Health.none())) {
            ports.keep(proxier.healthPorts());
            assertThat(asked(port)).startsWith("HTTP/1.1 200").contains("\"localEndpoints\":1");
            ports.keep(Map.of(port, new HealthPorts.Subject("default", "lb", 0)));
            assertThat(asked(port)).startsWith("HTTP/1.1 503");
        }
    }

    private static String asked(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void writesNothingWhenNothingChangedAndPrunesWhatIsGone() {
        service("web", cluster("10.43.0.5", port(80)));
        endpoints("web", port(8080), endpoint("10.42.0.2", "here", "ready", true));
        synced();
        proxier.sync();
        assertThat(filter.scripts).hasSize(2);
        api.delete(Resources.SERVICES, new Key("default", "web"), DeleteOptions.PLAIN);
        assertThat(lines(synced(), "delete chain ip kube-proxy service-")).hasSize(1);
    }

    @Test
    void forgetsUdpFlowsOfABackendThatHasGone() {
        service("dns", cluster("10.43.0.10", port(53, "protocol", "UDP")));
        endpoints("dns", port(53, "protocol", "UDP"), endpoint("10.42.0.2", "here", "ready", true));
        synced();
        api.delete(Resources.ENDPOINT_SLICES, new Key("default", "dns-1"), DeleteOptions.PLAIN);
        synced();
        assertThat(filter.forgotten).containsExactly("10.43.0.10:53");
    }

    @Test
    void forgetsUdpFlowsToNodePortsAndAddressesFromOutside() {
        service("dns", cluster("10.43.0.10", port(53, "protocol", "UDP", "nodePort", 30053))
                .with("type", "LoadBalancer").with("externalIPs", Seq.of("192.0.2.9"))
                .with("externalTrafficPolicy", "Local"));
        Obj service = api.get(Resources.SERVICES, new Key("default", "dns"));
        api.update(Resources.SERVICES, service.with(Seq.of(Struct.of("ip", "192.0.2.7")), "status", "loadBalancer",
                "ingress"), WriteOptions.STATUS);
        endpoints("dns", port(53, "protocol", "UDP"), endpoint("10.42.0.2", "here", "ready", true),
                endpoint("10.42.1.2", "there", "ready", true));
        synced();
        assertThat(filter.forgotten).isEmpty();
        api.delete(Resources.ENDPOINT_SLICES, new Key("default", "dns-1"), DeleteOptions.PLAIN);
        synced();
        assertThat(filter.forgotten).containsExactlyInAnyOrder("10.43.0.10:53", "192.0.2.9:53", "192.0.2.7:53",
                "0.0.0.0:30053");
    }

    @Test
    void tellsLoadBalancersToSendNoMoreToANodeWhoseEndpointsAreAllTerminating() {
        service("lb", cluster("10.43.0.5", port(80, "nodePort", 30080)).with("type", "LoadBalancer")
                .with("externalTrafficPolicy", "Local").with("healthCheckNodePort", 30081));
        endpoints("lb", port(8080), endpoint("10.42.0.9", "here", "ready", false, "terminating", true));
        assertThat(lines(synced(), "dnat to 10.42.0.9:8080")).as("it serves what comes").hasSize(1);
        assertThat(proxier.healthPorts().get(30081).localEndpoints()).isZero();
    }

    @Test
    void ignoresWhatIsNoAddress() {
        service("odd", cluster("10.43.0.5; flush ruleset", port(80)));
        service("headless", cluster("None", port(80)));
        assertThat(lines(synced(), "add element")).isEmpty();
    }
}
