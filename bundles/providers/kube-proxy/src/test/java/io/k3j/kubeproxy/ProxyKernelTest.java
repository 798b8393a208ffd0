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
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/// Real packets through the rules of a node: `client` 192.0.2.100 outside, `here` 10.42.0.2 a pod of this node,
/// `there` 10.42.1.2 a pod of another one.
@EnabledIf(value = "possible", disabledReason = "needs root, IPv6 and the package nftables")
class ProxyKernelTest {
    private static final String NET = """
            link() { # name, address here, address there, prefix length
              ip netns add $1
              quick='echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad'; sh -c "$quick"; ip netns exec $1 sh -c "$quick"
              ip link add $1 type veth peer name eth0 netns $1
              ip addr add $2/$4 dev $1 nodad; ip link set $1 up
              ip -n $1 link set lo up; ip -n $1 link set eth0 up; ip -n $1 addr add $3/$4 dev eth0 nodad
              ip -n $1 route add default via $2
            }
            also() { # name, address here, address there, prefix length
              ip addr add $2/$4 dev $1 nodad; ip -n $1 addr add $3/$4 dev eth0 nodad
              ip -n $1 route add default via $2
            }
            echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
            link client 192.0.2.1 192.0.2.100 24; also client 2001:db8::1 2001:db8::100 64
            link here 10.42.0.1 10.42.0.2 24; also here fd42::1 fd42::2 64
            link there 10.42.1.1 10.42.1.2 24
            ip route add default via 192.0.2.100
            """;
    private final FakeApi api = FakeApi.stepped(Instant::now);
    private final LiveViews views = new LiveViews(Instant::now);
    private final Kernel kernel = new Kernel();
    private final List<ChildProcess> servers = new ArrayList<>();
    private final Proxier proxier;

    ProxyKernelTest() throws IOException {
        var services = views.of(BuiltinResources.SERVICES);
        var slices = views.of(BuiltinResources.ENDPOINT_SLICES).index(Proxier.BY_SERVICE, Proxier::serviceOf);
        proxier = new Proxier(services, slices, kernel,
                ProxyOptions.of("here", List.of("10.42.0.0/16", "fd42::/56"), List.of(), List.of()), Instant.EPOCH);
        services.listen((before, after) -> proxier.changed(before, after, o -> List.of(Proxier.name(o)), true));
        slices.listen((before, after) -> proxier.changed(before, after, Proxier::serviceOf, false));
    }

    static boolean possible() {
        return Kernel.possible() && Files.isDirectory(Path.of("/proc/sys/net/ipv6"));
    }

    @BeforeEach
    void connect() throws IOException {
        views.attach(api);
        kernel.shell(NET);
        for (String pod : List.of("here", "there")) {
            ChildProcess server = Launch.of(kernel.there("ip", "netns", "exec", pod, Launch.jdk("java"),
                    "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                    PeerServer.class.getName(), pod, "8080")).start();
            servers.add(server);
            assertThat(server.reader().readLine()).isEqualTo("ready");
        }
    }

    @AfterEach
    void end() {
        servers.forEach(ChildProcess::close);
        kernel.close();
        views.close();
    }

    private void service(String name, Struct spec, Struct... ingress) {
        api.create(BuiltinResources.SERVICES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("name", name, "namespace", "default"), "spec", spec)), WriteOptions.PLAIN);
        if (ingress.length > 0) {
            Obj service = api.get(BuiltinResources.SERVICES, new Key("default", name));
            api.update(BuiltinResources.SERVICES,
                    service.with(Seq.of((Object[]) ingress), "status", "loadBalancer", "ingress"),
                    WriteOptions.STATUS);
        }
    }

    private static Struct spec(String ip) {
        return Struct.of("type", "NodePort", "clusterIP", ip, "clusterIPs", Seq.of(ip), "ports",
                Seq.of(Struct.of("name", "p", "protocol", "TCP", "port", 80L, "nodePort", 30080L)));
    }

    private void endpoints(String service, String type, String... addressesAndNodes) {
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < addressesAndNodes.length; i += 2) {
            all.add(Struct.of("addresses", Seq.of(addressesAndNodes[i]), "nodeName", addressesAndNodes[i + 1],
                    "conditions", Struct.of("ready", true)));
        }
        api.create(BuiltinResources.ENDPOINT_SLICES,
                Obj.of(Struct.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata",
                        Struct.of("name", service + "-1", "namespace", "default", "labels",
                                Struct.of("kubernetes.io/service-name", service)),
                        "addressType", type, "ports",
                        Seq.of(Struct.of("name", "p", "protocol", "TCP", "port", 8080L)), "endpoints",
                        Seq.of(all.toArray()))),
                WriteOptions.PLAIN);
    }

    private void sync() {
        boolean more = true;
        while (more) {
            more = api.deliver();
        }
        assertThat(proxier.sync()).isEmpty();
    }

    /// What a client in a namespace is told, or how it fails.
    private String asked(String from, String address, int port) {
        return asked(from, address, port, 60);
    }

    /// The same where nobody is expected to answer: the time is over then.
    private String unanswered(String from, String address, int port) {
        return asked(from, address, port, 2);
    }

    private String asked(String from, String address, int port, int seconds) {
        Outcome outcome = kernel.run("", "ip", "netns", "exec", from, "timeout", Integer.toString(seconds), "bash",
                "-c", "exec 3<>/dev/tcp/" + address + "/" + port + " && cat <&3");
        return outcome.code() == 124 ? "no answer" : outcome.text().strip();
    }

    private Set<String> asked(int times, String from, String address, int port) {
        Set<String> all = new HashSet<>();
        for (int i = 0; i < times; i++) {
            all.add(asked(from, address, port));
        }
        return all;
    }

    @Test
    void keepsTheClientsAddressWhereTheEndpointIsOnThisNode() {
        service("web", spec("10.43.0.5"), Struct.of("ip", "198.51.100.7"));
        endpoints("web", "IPv4", "10.42.0.2", "here", "10.42.1.2", "there");
        sync();
        assertThat(asked(20, "client", "192.0.2.1", 30080)).as("node port")
                .containsExactlyInAnyOrder("here 192.0.2.100", "there 10.42.1.1");
        assertThat(asked(20, "client", "198.51.100.7", 80)).as("load balancer")
                .containsExactlyInAnyOrder("here 192.0.2.100", "there 10.42.1.1");
        assertThat(asked(20, "client", "10.43.0.5", 80)).as("cluster address from outside")
                .containsExactlyInAnyOrder("here 10.42.0.1", "there 10.42.1.1");
        assertThat(asked(20, "here", "10.43.0.5", 80)).as("cluster address from a pod, and hairpin")
                .containsExactlyInAnyOrder("here 10.42.0.1", "there 10.42.0.2");
    }

    @Test
    void aLocalPolicyLeadsStrangersToThisNodeOnlyAndPodsAnywhere() {
        service("web", spec("10.43.0.5").with("externalTrafficPolicy", "Local"));
        endpoints("web", "IPv4", "10.42.0.2", "here", "10.42.1.2", "there");
        sync();
        assertThat(asked(10, "client", "192.0.2.1", 30080)).containsExactly("here 192.0.2.100");
        assertThat(asked(20, "there", "192.0.2.1", 30080)).hasSize(2);
    }

    @Test
    void aLocalPolicyWithoutALocalEndpointDropsStrangersOnly() {
        service("web", spec("10.43.0.5").with("externalTrafficPolicy", "Local"));
        endpoints("web", "IPv4", "10.42.1.2", "there");
        sync();
        assertThat(unanswered("client", "192.0.2.1", 30080)).isEqualTo("no answer");
        assertThat(asked("here", "192.0.2.1", 30080)).isEqualTo("there 10.42.0.2");
    }

    @Test
    void onlySourcesInRangeReachALoadBalancer() {
        service("web", spec("10.43.0.5").with("type", "LoadBalancer").with("loadBalancerSourceRanges",
                Seq.of("10.42.0.0/24", "10.42.0.0/16", "10.42.0.2/32")), Struct.of("ip", "198.51.100.7"));
        endpoints("web", "IPv4", "10.42.0.2", "here");
        sync();
        assertThat(unanswered("client", "198.51.100.7", 80)).isEqualTo("no answer");
        assertThat(asked("there", "198.51.100.7", 80)).isEqualTo("here 10.42.1.2");
        assertThat(asked("client", "192.0.2.1", 30080)).as("a node port has no ranges").startsWith("here ");
    }

    /// `198.51.100.7` is this node's external address, which a router in front of it translates.
    @Test
    void aPortThatServiceLbHasGivenThisNodeAnswersAtEachOfItsAddresses() {
        proxier.on(new ThisNode("here", "", List.of("192.0.2.1"), Set.of("192.0.2.1", "198.51.100.7")));
        kernel.shell("ip addr add 203.0.113.9/32 dev client; ip -n client route add 203.0.113.9 via 192.0.2.1");
        carried("web", spec("10.43.0.5").with("type", "LoadBalancer"), "198.51.100.7");
        endpoints("web", "IPv4", "10.42.0.2", "here");
        sync();
        assertThat(asked("client", "192.0.2.1", 80)).as("internal address").isEqualTo("here 192.0.2.100");
        assertThat(asked("client", "203.0.113.9", 80)).as("second address").isEqualTo("here 192.0.2.100");
        assertThat(asked("there", "192.0.2.1", 80)).as("from a pod").isEqualTo("here 10.42.1.2");
        service("other", spec("10.43.0.6").with("type", "LoadBalancer").with("ports", Seq.of(Struct.of("name", "p",
                "protocol", "TCP", "port", 81L))), Struct.of("ip", "198.51.100.7"));
        carried("elsewhere", spec("10.43.0.7").with("type", "LoadBalancer").with("ports", Seq.of(Struct.of("name",
                "p", "protocol", "TCP", "port", 82L))), "198.51.100.8");
        endpoints("other", "IPv4", "10.42.0.2", "here");
        endpoints("elsewhere", "IPv4", "10.42.0.2", "here");
        sync();
        assertThat(asked("client", "192.0.2.1", 80)).as("still").isEqualTo("here 192.0.2.100");
        assertThat(unanswered("client", "192.0.2.1", 81)).as("another balancer's").doesNotStartWith("here");
        assertThat(unanswered("client", "192.0.2.1", 82)).as("another node's").doesNotStartWith("here");
    }

    @Test
    void theRangesOfALoadBalancerCountAtEachAddressOfTheNode() {
        proxier.on(new ThisNode("here", "", List.of("192.0.2.1"), Set.of("192.0.2.1", "198.51.100.7")));
        carried("web", spec("10.43.0.5").with("type", "LoadBalancer").with("loadBalancerSourceRanges",
                Seq.of("10.42.0.0/16")), "198.51.100.7");
        endpoints("web", "IPv4", "10.42.0.2", "here");
        sync();
        assertThat(unanswered("client", "192.0.2.1", 80)).isEqualTo("no answer");
        assertThat(asked("there", "192.0.2.1", 80)).isEqualTo("here 10.42.1.2");
    }

    @Test
    void rangesOfTheAnnotationCountWhereTheFieldIsEmpty() {
        annotated("web", "10.43.0.5", "198.51.100.7", " 10.42.0.0/16, 203.0.113.0/24 ");
        annotated("wrong", "10.43.0.6", "198.51.100.8", "anybody");
        annotated("open", "10.43.0.7", "198.51.100.9", " ");
        sync();
        assertThat(unanswered("client", "198.51.100.7", 80)).isEqualTo("no answer");
        assertThat(asked("there", "198.51.100.7", 80)).isEqualTo("here 10.42.1.2");
        assertThat(unanswered("there", "198.51.100.8", 80)).as("no network").isEqualTo("no answer");
        assertThat(asked("client", "198.51.100.9", 80)).as("none given").isEqualTo("here 192.0.2.100");
    }

    private void annotated(String name, String ip, String address, String ranges) {
        service(name, spec(ip).with("type", "LoadBalancer").with("ports", Seq.of(Struct.of("name", "p", "protocol",
                "TCP", "port", 80L))), Struct.of("ip", address));
        Obj service = api.get(BuiltinResources.SERVICES, new Key("default", name));
        api.update(BuiltinResources.SERVICES, service.with(
                Struct.of("service.beta.kubernetes.io/load-balancer-source-ranges", ranges), "metadata", "annotations"),
                WriteOptions.PLAIN);
        endpoints(name, "IPv4", "10.42.0.2", "here");
    }

    /// As ServiceLB shows a Service: with its finalizer and the address of a node.
    private void carried(String name, Struct spec, String address) {
        service(name, spec, Struct.of("ip", address));
        Obj service = api.get(BuiltinResources.SERVICES, new Key("default", name));
        api.update(BuiltinResources.SERVICES,
                service.with(Seq.of("service.kubernetes.io/load-balancer-cleanup"), "metadata", "finalizers"),
                WriteOptions.PLAIN);
    }

    @Test
    void aClientWithAffinityStaysAtItsEndpoint() {
        service("web", spec("10.43.0.5").with("sessionAffinity", "ClientIP").with("sessionAffinityConfig",
                Struct.of("clientIP", Struct.of("timeoutSeconds", 60L))));
        endpoints("web", "IPv4", "10.42.0.2", "here", "10.42.1.2", "there");
        sync();
        assertThat(asked(10, "client", "192.0.2.1", 30080)).hasSize(1);
    }

    @Test
    void refusesAtOnceWhatHasNoEndpointAndStandsAgainAfterAFlush() {
        service("web", spec("10.43.0.5"));
        sync();
        assertThat(asked("client", "192.0.2.1", 30080)).contains("refused");
        assertThat(asked("here", "10.43.0.5", 80)).contains("refused");
        endpoints("web", "IPv4", "10.42.0.2", "here");
        sync();
        kernel.shell("nft flush ruleset");
        assertThat(unanswered("there", "10.43.0.5", 80)).isNotEqualTo("here 10.42.1.2");
        proxier.suspect();
        sync();
        assertThat(asked("there", "10.43.0.5", 80)).isEqualTo("here 10.42.1.2");
        kernel.shell("nft flush chain ip kube-proxy services");
        proxier.suspect();
        sync();
        assertThat(asked("there", "10.43.0.5", 80)).as("rules taken out of a chain").isEqualTo("here 10.42.1.2");
    }

    @Test
    void ipv6LeadsToItsEndpointsToo() {
        service("six", spec("fd43::5"), Struct.of("ip", "2001:db8:1::7"));
        endpoints("six", "IPv6", "fd42::2", "here");
        sync();
        assertThat(asked("client", "2001:db8:1::7", 80)).isEqualTo("here 2001:db8:0:0:0:0:0:100");
        assertThat(asked("client", "2001:db8::1", 30080)).isEqualTo("here 2001:db8:0:0:0:0:0:100");
        assertThat(asked("here", "fd43::5", 80)).as("hairpin").isEqualTo("here fd42:0:0:0:0:0:0:1");
    }

    @Test
    void theCommandsOfThePageShowTheRules() throws IOException {
        service("web", spec("10.43.0.5"));
        endpoints("web", "IPv4", "10.42.0.2", "here");
        sync();
        List<String> commands = Page.commands("run on a node");
        assertThat(commands).hasSizeGreaterThan(2);
        assertThat(String.join("", commands.stream().map(kernel::shell).toList())).contains("chain spread-ip-1",
                "10.43.0.5 . tcp . 80 : goto spread-ip-1", "0 . 10.43.0.5 . tcp . 80 : 10.42.0.2 . 8080");
    }

    @Test
    void aTableOfAnotherShapeIsReplacedInOneTransaction() {
        kernel.apply("add table ip kube-proxy\nadd map ip kube-proxy service-ips { type ipv4_addr : verdict; }\n");
        service("web", spec("10.43.0.5"));
        endpoints("web", "IPv4", "10.42.0.2", "here");
        sync();
        assertThat(asked("there", "10.43.0.5", 80)).isEqualTo("here 10.42.1.2");
    }
}
