package io.k3j.kubeproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.LiveViews;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkitprocess.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class ProxierTest {
    private static final String FLUSH = "flush chain ip kube-proxy spread-ip-1\n";
    private final FakeApi api = FakeApi.stepped(Instant::now);
    private final LiveViews views = new LiveViews(Instant::now);
    private final Recorder filter = new Recorder();
    private final StringBuilder written = new StringBuilder();
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

    private void service(String name, Struct spec) {
        api.create(BuiltinResources.SERVICES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
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
        api.create(BuiltinResources.ENDPOINT_SLICES,
                Obj.of(Struct.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata",
                        Struct.of("name", service + "-1", "namespace", "default", "labels",
                                Struct.of("kubernetes.io/service-name", service)),
                        "addressType", "IPv4", "ports", Seq.of(port), "endpoints", Seq.of((Object[]) endpoints))),
                WriteOptions.PLAIN);
    }

    private static Struct endpoint(String ip, String node, Object... conditions) {
        return Struct.of("addresses", Seq.of(ip), "nodeName", node, "conditions", Struct.of(conditions));
    }

    private void deliver() {
        boolean more = true;
        while (more) {
            more = api.deliver();
        }
    }

    /// The IPv4 script after all changes so far.
    private String synced() {
        deliver();
        filter.scripts.clear();
        proxier.sync();
        String four = filter.scripts.stream().filter(s -> s.contains(" ip kube-proxy")).findFirst().orElse("");
        filter.scripts.forEach(written::append);
        check(written.toString());
        return four;
    }

    @Test
    void tellsSinceWhenEndpointsAreWaitedForOnceTheyStand() {
        service("web", cluster("10.43.0.5", port(80)));
        api.create(BuiltinResources.ENDPOINT_SLICES, Obj.of(Struct.of("apiVersion", "discovery.k8s.io/v1", "kind",
                "EndpointSlice", "metadata", Struct.of("name", "web-1", "namespace", "default", "labels",
                        Struct.of("kubernetes.io/service-name", "web"), "annotations",
                        Struct.of("endpoints.kubernetes.io/last-change-trigger-time", "2026-01-01T00:00:00.25Z")),
                "addressType", "IPv4", "ports", Seq.of(port(8080)), "endpoints",
                Seq.of(endpoint("10.42.0.2", "here", "ready", true)))), WriteOptions.PLAIN);
        deliver();
        assertThat(proxier.programmed()).isEmpty();
        assertThat(proxier.pending(true)).isEqualTo(1);
        assertThat(proxier.pending(false)).isEqualTo(1);
        synced();
        assertThat(proxier.programmed()).containsExactly(Instant.parse("2026-01-01T00:00:00.25Z"));
        assertThat(proxier.programmed()).isEmpty();
        assertThat(proxier.pending(true) + proxier.pending(false)).isZero();
    }

    @Test
    void countsPortsThatHaveEndpointsButNoneHereForALocalPolicy() {
        service("web", cluster("10.43.0.5", port(80)).with("internalTrafficPolicy", "Local"));
        endpoints("web", port(8080), endpoint("10.42.1.2", "there", "ready", true));
        synced();
        assertThat(proxier.noLocalEndpoints()).containsEntry(Family.FOUR, Map.of("internal", 1L, "external", 0L))
                .containsEntry(Family.SIX, Map.of("internal", 0L, "external", 0L));
        api.delete(BuiltinResources.SERVICES, new Key("default", "web"), DeleteOptions.NOW);
        synced();
        assertThat(proxier.noLocalEndpoints()).containsEntry(Family.FOUR, Map.of("internal", 0L, "external", 0L));
    }

    static boolean nft() {
        return Files.isExecutable(Path.of("/usr/sbin/nft")) && System.getProperty("user.name").equals("root");
    }

    @Test
    @EnabledIf(value = "nft", disabledReason = "needs root and the package nftables, which then checks every script")
    void writesScriptsThatNftAccepts() {
        service("web", cluster("10.43.0.5", port(80)));
        endpoints("web", port(8080), endpoint("10.42.0.2", "here", "ready", true));
        assertThat(synced()).contains("10.42.0.2");
    }

    /// Lets nft check all that was written, without applying it; where nft is not available, only the text is asserted.
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
        assertThat(lines(script, "service-ips {")).anyMatch(l -> l.contains("10.43.0.5 . tcp . 80 : goto spread-ip-2"));
        assertThat(lines(script, "spread-ip-2 dnat ip to numgen random mod 2")).hasSize(1);
        assertThat(lines(script, "add element ip kube-proxy endpoints-by-ip")).singleElement().asString()
                .contains("0 . 10.43.0.5 . tcp . 80 : 10.42.0.2 . 8080", "1 . 10.43.0.5 . tcp . 80 : 10.42.1.2 . 8080");
        assertThat(lines(script, "saddr != { 10.42.0.0/16 } jump mark-for-masquerade")).hasSize(1);
        assertThat(lines(script, "add element ip kube-proxy hairpin {")).singleElement().asString()
                .contains("10.42.0.2 . 10.42.0.2");
    }

    @Test
    void rejectsTrafficWithoutABackend() {
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
        assertThat(lines(synced(), "external-port-2").toString()).contains("jump mark-for-masquerade");
        Obj service = api.get(BuiltinResources.SERVICES, new Key("default", "np"));
        api.update(BuiltinResources.SERVICES, service.with("Local", "spec", "externalTrafficPolicy"),
                WriteOptions.PLAIN);
        String local = synced();
        assertThat(lines(local, "tcp . 30080 : goto external-port-2-1")).hasSize(1);
        assertThat(lines(local, "local-endpoints-by-port { 0 . tcp . 30080 : 10.42.0.2 . 8080 }")).hasSize(1);
        assertThat(lines(local, "add rule ip kube-proxy external-port-2-1")).containsExactly(
                "add rule ip kube-proxy external-port-2-1 ip saddr 10.42.0.0/16 goto spread-port-2",
                "add rule ip kube-proxy external-port-2-1 fib saddr type local jump mark-for-masquerade",
                "add rule ip kube-proxy external-port-2-1 fib saddr type local goto spread-port-2",
                "add rule ip kube-proxy external-port-2-1 goto spread-local-port-1");
    }

    @Test
    void dropsLocalTrafficWithoutALocalBackend() {
        service("in", cluster("10.43.0.7", port(53)).with("internalTrafficPolicy", "Local"));
        endpoints("in", port(53), endpoint("10.42.1.2", "there", "ready", true));
        assertThat(lines(synced(), "10.43.0.7 . tcp . 53 : drop")).hasSize(1);
    }

    @Test
    void keepsClientsForSessionAffinity() {
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
        assertThat(lines(synced(), "10.43.0.5 . tcp . 80 : 10.42.0.9 . 8080")).hasSize(1);
    }

    @Test
    void keepsLocalTrafficOnItsLastTerminatingBackendWhileOtherNodesHaveReadyOnes() {
        service("local", cluster("10.43.0.5", port(80, "nodePort", 30080)).with("type", "NodePort")
                .with("externalTrafficPolicy", "Local"));
        endpoints("local", port(8080), endpoint("10.42.1.9", "there", "ready", true),
                endpoint("10.42.0.9", "here", "ready", false, "serving", true, "terminating", true));
        String script = synced();
        assertThat(lines(script, "kube-proxy local-endpoints-by-port")).anyMatch(l -> l.contains("10.42.0.9 . 8080"))
                .noneMatch(l -> l.contains("10.42.1.9"));
        assertThat(lines(script, "kube-proxy endpoints-by-ip")).anyMatch(l -> l.contains("10.42.1.9 . 8080"))
                .noneMatch(l -> l.contains("10.42.0.9"));
    }

    @Test
    void reportsLocalEndpointsOnTheHealthCheckPort() throws IOException {
        int port = FreePort.next();
        service("lb", cluster("10.43.0.5", port(80, "nodePort", 30080)).with("type", "LoadBalancer")
                .with("externalTrafficPolicy", "Local").with("healthCheckNodePort", port));
        endpoints("lb", port(8080), endpoint("10.42.0.9", "here", "ready", true),
                endpoint("10.42.1.9", "there", "ready", true));
        synced();
        try (HealthPorts ports = new HealthPorts(Health.none(), () -> true)) {
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
    void writesNothingWithoutChangesAndPrunesRemovedObjects() {
        service("web", cluster("10.43.0.5", port(80)));
        endpoints("web", port(8080), endpoint("10.42.0.2", "here", "ready", true));
        service("other", cluster("10.43.0.6", port(81)));
        synced();
        proxier.sync();
        assertThat(filter.scripts).as("one whole per family").hasSize(2);
        api.delete(BuiltinResources.SERVICES, new Key("default", "web"), DeleteOptions.PLAIN);
        assertThat(synced()).isEqualTo("""
                delete element ip kube-proxy service-ips { 10.43.0.5 . tcp . 80 }
                delete element ip kube-proxy endpoints-by-ip { 0 . 10.43.0.5 . tcp . 80 }
                delete element ip kube-proxy cluster-ips { 10.43.0.5 }
                delete element ip kube-proxy local-endpoints { 10.42.0.2 }
                delete element ip kube-proxy hairpin { 10.42.0.2 . 10.42.0.2 }
                """.replace("delete element ip kube-proxy service-ips",
                FLUSH + "delete element ip kube-proxy service-ips")
                + "delete chain ip kube-proxy spread-ip-1\n");
    }

    @Test
    void healthCheckFailsWhenAllLocalEndpointsAreTerminating() {
        service("lb", cluster("10.43.0.5", port(80, "nodePort", 30080)).with("type", "LoadBalancer")
                .with("externalTrafficPolicy", "Local").with("healthCheckNodePort", 30081));
        endpoints("lb", port(8080), endpoint("10.42.0.9", "here", "ready", false, "terminating", true));
        assertThat(lines(synced(), "tcp . 80 : 10.42.0.9 . 8080")).as("it serves what comes").isNotEmpty();
        assertThat(proxier.healthPorts().get(30081).localEndpoints()).isZero();
    }

    @Test
    void ignoresInvalidAddresses() {
        service("odd", cluster("10.43.0.5; flush ruleset", port(80)));
        service("headless", cluster("None", port(80)));
        assertThat(lines(synced(), "add element")).isEmpty();
    }

    @Test
    void aSliceThatIsLabelledHeadlessIsForNoProxy() {
        service("web", cluster("10.43.0.5", port(80)));
        endpoints("web", port(8080), endpoint("10.42.0.9", "here", "ready", true));
        assertThat(lines(synced(), "10.43.0.5 . tcp . 80 : 10.42.0.9 . 8080")).isNotEmpty();
        Obj slice = api.get(BuiltinResources.ENDPOINT_SLICES, new Key("default", "web-1"));
        api.update(BuiltinResources.ENDPOINT_SLICES,
                slice.with("", "metadata", "labels", "service.kubernetes.io/headless"), WriteOptions.PLAIN);
        assertThat(lines(synced(), "10.43.0.5 . tcp . 80 : goto reject-chain")).isNotEmpty();
    }

    @Test
    void aChangeCostsItsOwnSize() {
        for (int i = 1; i <= 50; i++) {
            service("web" + i, cluster("10.43.0." + i, port(80)));
            endpoints("web" + i, port(8080), endpoint("10.42.0." + i, "here", "ready", true),
                    endpoint("10.42.1." + i, "there", "ready", true));
        }
        synced();
        Obj slice = api.get(BuiltinResources.ENDPOINT_SLICES, new Key("default", "web7-1"));
        api.update(BuiltinResources.ENDPOINT_SLICES,
                slice.with(Seq.of(endpoint("10.42.0.7", "here", "ready", true),
                        endpoint("10.42.1.99", "there", "ready", true)), "endpoints"),
                WriteOptions.PLAIN);
        assertThat(synced()).isEqualTo("""
                delete element ip kube-proxy endpoints-by-ip { 1 . 10.43.0.7 . tcp . 80 }
                delete element ip kube-proxy hairpin { 10.42.1.7 . 10.42.1.7 }
                add element ip kube-proxy endpoints-by-ip { 1 . 10.43.0.7 . tcp . 80 : 10.42.1.99 . 8080 }
                add element ip kube-proxy hairpin { 10.42.1.99 . 10.42.1.99 }
                """);
    }

    @Test
    void aClusterAddressIsNotTakenByAnExternalOne() {
        service("thief", cluster("10.43.0.9", port(53)).with("externalIPs", Seq.of("10.43.0.10")));
        endpoints("thief", port(53), endpoint("10.42.0.66", "here", "ready", true));
        service("dns", cluster("10.43.0.10", port(53)));
        endpoints("dns", port(53), endpoint("10.42.0.2", "here", "ready", true));
        assertThat(lines(synced(), "kube-proxy endpoints-by-ip").toString())
                .contains("10.43.0.10 . tcp . 53 : 10.42.0.2 . 53")
                .doesNotContain("10.43.0.10 . tcp . 53 : 10.42.0.66");
    }

    @Test
    void ofTwoServicesWithOneNodePortTheOlderHasItAndTheOtherFollows() {
        service("first", cluster("10.43.0.5", port(80, "nodePort", 30080)));
        endpoints("first", port(80), endpoint("10.42.0.2", "here", "ready", true));
        service("second", cluster("10.43.0.6", port(80, "nodePort", 30080)));
        endpoints("second", port(80), endpoint("10.42.0.3", "here", "ready", true));
        assertThat(lines(synced(), "kube-proxy endpoints-by-port").toString()).contains("10.42.0.2")
                .doesNotContain("10.42.0.3");
        api.delete(BuiltinResources.SERVICES, new Key("default", "first"), DeleteOptions.PLAIN);
        assertThat(lines(synced(), "add element ip kube-proxy endpoints-by-port").toString()).contains("10.42.0.3");
    }

    @Test
    void onlyAllowedSourcesReachALoadBalancerAddress() {
        service("lb", cluster("10.43.0.5", port(80)).with("type", "LoadBalancer")
                .with("externalIPs", Seq.of("192.0.2.9"))
                .with("loadBalancerSourceRanges", Seq.of("198.51.100.0/24", "198.51.100.7/32")));
        balanced("lb", Struct.of("ip", "192.0.2.7"), Struct.of("ip", "192.0.2.8", "ipMode", "Proxy"));
        endpoints("lb", port(8080), endpoint("10.42.0.2", "here", "ready", true));
        String script = synced();
        assertThat(lines(script, "add element ip kube-proxy firewall-ips {")).singleElement().asString()
                .contains("192.0.2.7 . tcp . 80 : goto firewall-").doesNotContain("192.0.2.9");
        assertThat(lines(script, "saddr != { 198.51.100.0/24, 198.51.100.7/32 } drop")).hasSize(1);
        assertThat(script).as("of mode Proxy").doesNotContain("192.0.2.8");
    }

    @Test
    void rangesOfTheOtherFamilyLetNobodyIn() {
        service("lb", cluster("10.43.0.5", port(80)).with("type", "LoadBalancer")
                .with("loadBalancerSourceRanges", Seq.of("2001:db8::/64")));
        balanced("lb", Struct.of("ip", "192.0.2.7"));
        endpoints("lb", port(8080), endpoint("10.42.0.2", "here", "ready", true));
        assertThat(lines(synced(), "kube-proxy firewall-a8725ef29d6a-default/lb/tcp/p drop")).singleElement().asString()
                .endsWith(" drop");
    }

    private void balanced(String service, Struct... ingress) {
        Obj lb = api.get(BuiltinResources.SERVICES, new Key("default", service));
        api.update(BuiltinResources.SERVICES, lb.with(Seq.of((Object[]) ingress), "status", "loadBalancer", "ingress"),
                WriteOptions.STATUS);
    }

    @Test
    void packetsOfNoConnectionAreDroppedUnlessTrackingIsLiberal() {
        String rule = "add rule ip kube-proxy filter-forward ct state invalid drop";
        service("web", cluster("10.43.0.5", port(80)));
        assertThat(synced()).contains(rule);
        Recorder liberal = new Recorder();
        new FamilyWriter(Family.FOUR, liberal, ProxyOptions.of("here", List.of("10.42.0.0/16"), List.of(),
                List.of("conntrack-tcp-be-liberal=true"))).write(Map.of());
        assertThat(String.join("", liberal.scripts)).contains("kube-proxy filter-forward").doesNotContain(rule);
    }

    @Test
    void hintsKeepTrafficInTheZoneOfTheNode() {
        service("web", cluster("10.43.0.5", port(80)));
        endpoints("web", port(80), hinted("10.42.0.2", "forZones", "a"), hinted("10.42.1.2", "forZones", "b"));
        proxier.on(new ThisNode("here", "b", List.of(), Set.of()));
        assertThat(lines(synced(), "kube-proxy endpoints-by-ip").toString()).contains("10.42.1.2")
                .doesNotContain("10.42.0.2");
        proxier.on(new ThisNode("here", "c", List.of(), Set.of()));
        assertThat(lines(synced(), "add element ip kube-proxy endpoints-by-ip").toString()).as("no endpoint for c")
                .contains("10.42.0.2");
    }

    @Test
    void hintsForTheNodeGoBeforeThoseForItsZone() {
        service("web", cluster("10.43.0.5", port(80)));
        endpoints("web", port(80), hinted("10.42.0.2", "forNodes", "here"), hinted("10.42.1.2", "forNodes", "there"));
        assertThat(lines(synced(), "kube-proxy endpoints-by-ip").toString()).contains("10.42.0.2")
                .doesNotContain("10.42.1.2");
    }

    private static Struct hinted(String ip, String which, String name) {
        return endpoint(ip, "there", "ready", true).with("hints",
                Struct.of(which, Seq.of(Struct.of("name", name))));
    }

    @Test
    void aRefusedServiceKeepsWhatItHadAndOthersGoOn() {
        service("good", cluster("10.43.0.5", port(80)));
        service("bad", cluster("10.43.0.6", port(80)));
        synced();
        endpoints("good", port(80), endpoint("10.42.0.2", "here", "ready", true));
        endpoints("bad", port(80), endpoint("10.42.0.66", "here", "ready", true));
        filter.refused = "10.42.0.66";
        deliver();
        filter.scripts.clear();
        assertThat(proxier.sync()).containsOnlyKeys("default/bad").containsValue("told to refuse 10.42.0.66");
        assertThat(filter.scripts.getLast()).contains("10.43.0.5 . tcp . 80 : 10.42.0.2 . 80");
        filter.refused = "";
        filter.scripts.clear();
        assertThat(proxier.sync()).isEmpty();
        assertThat(filter.scripts).singleElement().asString().contains("10.43.0.6 . tcp . 80 : 10.42.0.66 . 80")
                .doesNotContain("10.43.0.5");
    }

    @Test
    void aRefusedServiceIsToldOnceByEventUntilItIsTaken() {
        RefusalEvents refusals = new RefusalEvents("here", proxier::service, TimeSource.system());
        refusals.by(api);
        filter.refused = "10.43.0.6";
        service("good", cluster("10.43.0.5", port(80)));
        service("bad", cluster("10.43.0.6", port(80)));
        deliver();
        refusals.tell(proxier.sync());
        refusals.tell(proxier.sync());
        assertThat(refusals.step()).isTrue();
        assertThat(refusals.step()).isFalse();
        Struct told = api.list(BuiltinResources.EVENTS, Query.ALL).items().getFirst().tree();
        assertThat(told.struct("involvedObject").text("kind") + " " + told.struct("involvedObject").text("name"))
                .isEqualTo("Service bad");
        assertThat(told.text("type") + " " + told.text("message")).startsWith("Warning ")
                .contains("node here").endsWith("told to refuse 10.43.0.6");
        filter.refused = "";
        refusals.tell(proxier.sync());
        assertThat(refusals.step()).isFalse();
        filter.refused = "10.43.0.7";
        service("other", cluster("10.43.0.7", port(80)));
        deliver();
        refusals.tell(proxier.sync());
        assertThat(refusals.step()).isTrue();
    }

    @Test
    void manyAddressesTimesManyEndpointsTakeAChainOfTheirOwn() {
        service("lb", cluster("10.43.0.5", port(80)).with("type", "LoadBalancer"));
        Struct[] ingress = new Struct[100];
        Struct[] pods = new Struct[20];
        for (int i = 0; i < 100; i++) {
            ingress[i] = Struct.of("ip", "192.0.2." + i);
            pods[i / 5] = endpoint("10.42.1." + i / 5, "there", "ready", true);
        }
        balanced("lb", ingress);
        endpoints("lb", port(8080), pods);
        String script = synced();
        assertThat(lines(script, "dnat ip to numgen random mod 20 map { 0 : ")).hasSize(1);
        assertThat(lines(script, "add element ip kube-proxy endpoints-by-ip")).isEmpty();
    }
}
