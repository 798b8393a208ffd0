package io.k3j.clusterdns;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.DnsQuery;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsmessage.ResourceRecord;
import io.k3j.dnsplugins.Ask;
import io.k3j.dnsplugins.Handler;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The cluster's names, as CoreDNS answers them.
class KubernetesTest {
    private final TestServer server = TestServer.withCluster().useCluster();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"web.default.svc.cluster.local|A|10.43.0.5",
            "WEB.Default.svc.cluster.local|A|10.43.0.5", "web.default.svc.cluster.local|AAAA|fd00:43:0:0:0:0:0:5",
            "db.default.svc.cluster.local|A|10.42.0.2,10.42.0.3", "db-0.db.default.svc.cluster.local|A|10.42.0.2",
            "db.default.svc.cluster.local|AAAA|fd00:42:0:0:0:0:0:0",
            "10-42-0-3.db.default.svc.cluster.local|A|10.42.0.3",
            "fd00-42--0.db.default.svc.cluster.local|AAAA|fd00:42:0:0:0:0:0:0",
            "_http._tcp.web.default.svc.cluster.local|A|10.43.0.5", "bare.default.svc.cluster.local|A|10.43.0.6",
            "10-42-0-9.default.pod.cluster.local|A|10.42.0.9",
            "fd00--1.default.pod.cluster.local|AAAA|fd00:0:0:0:0:0:0:1",
            "ns.dns.cluster.local|A|10.43.0.10"})
    void givesAddresses(String name, String type, String addresses) {
        DnsAnswer answer = server.ask(name, type);
        assertThat(answer.records()).extracting(r -> r.toString().replaceAll(".* ", ""))
                .containsExactlyInAnyOrder(addresses.split(","));
        assertThat(answer.records()).allMatch(r -> r.ttl() == 5);
        assertThat(answer.flags() & DnsAnswer.AUTHORITATIVE).isNotZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"none.default.svc.cluster.local|A|NXDOMAIN",
            "web.other.svc.cluster.local|A|NXDOMAIN", "db-9.db.default.svc.cluster.local|A|NXDOMAIN",
            "10-42-0-4.db.default.svc.cluster.local|A|NXDOMAIN", "10-42-0-8.db.default.svc.cluster.local|A|NXDOMAIN",
            "x.cluster.local|A|NXDOMAIN", "a.b.c.web.default.svc.cluster.local|A|NXDOMAIN",
            "_smtp._tcp.web.default.svc.cluster.local|SRV|NXDOMAIN", "self.default.svc.cluster.local|A|NOERROR",
            "10-42-0-300.default.pod.cluster.local|A|NXDOMAIN", "10-42-0-9.other.pod.cluster.local|A|NXDOMAIN",
            "bare.default.svc.cluster.local|AAAA|NOERROR", "web.default.svc.cluster.local|MX|NOERROR",
            "web.default.svc.cluster.local|ANY|NOERROR", "none.default.svc.cluster.local|MX|NXDOMAIN",
            "default.svc.cluster.local|A|NOERROR", "svc.cluster.local|A|NOERROR", "pod.cluster.local|AAAA|NOERROR",
            "cluster.local|A|NOERROR", "web.default.svc.cluster.local|TXT|NOERROR",
            "none.default.svc.cluster.local|TXT|NXDOMAIN", "far.default.svc.cluster.local|SRV|NOERROR",
            "_x._tcp.far.default.svc.cluster.local|A|NXDOMAIN"})
    void distinguishesNxdomainFromNodata(String name, String type, String code) {
        DnsAnswer answer = server.ask(name, type);
        assertThat(RecordType.code(answer.code())).isEqualTo(code);
        assertThat(answer.records()).isEmpty();
        assertThat(answer.authority()).singleElement().satisfies(soa -> {
            assertThat(soa.name()).isEqualTo("cluster.local");
            assertThat(soa.target()).contains("ns.dns.cluster.local");
            assertThat(soa.minimum()).isEqualTo(5);
        });
    }

    @Test
    void answersSrvWithTargetsAndTheirAddresses() {
        DnsAnswer one = server.ask("_http._tcp.web.default.svc.cluster.local", "SRV");
        assertThat(TestServer.texts(one.records())).containsExactly(
                "_http._tcp.web.default.svc.cluster.local. 5 SRV 0 50 80 web.default.svc.cluster.local.");
        assertThat(one.additional()).hasSize(2);
        DnsAnswer headless = server.ask("_http._tcp.db.default.svc.cluster.local", "SRV");
        assertThat(headless.records()).extracting(r -> r.target().orElseThrow()).containsExactlyInAnyOrder(
                "db-0.db.default.svc.cluster.local", "10-42-0-3.db.default.svc.cluster.local",
                "fd00-42--0.db.default.svc.cluster.local");
        assertThat(headless.additional()).hasSize(3);
        assertThat(server.ask("web.default.svc.cluster.local", "SRV").records()).hasSize(2);
        assertThat(server.ask("bare.default.svc.cluster.local", "SRV").records()).isEmpty();
    }

    private void serviceWithPorts(String name, int count) {
        server.service("default", name, Struct.of("clusterIP", "10.43.0.7", "clusterIPs", Seq.of("10.43.0.7"), "ports",
                Seq.copyOf(IntStream.rangeClosed(1, count)
                        .mapToObj(port -> Struct.of("name", "p" + port, "protocol", "TCP", "port", port)).toList())));
        server.deliver();
    }

    private static boolean isTruncated(byte[] message) {
        return (message[2] & 2) != 0;
    }

    @Test
    void manyPortsAreToldOverTcpAndAreTruncatedOverUdp() {
        serviceWithPorts("many", 1_000);
        byte[] query = TestServer.query("many.default.svc.cluster.local", RecordType.SRV, 0x0100, new byte[0]);
        byte[] datagram = server.bytes(query, false);
        assertThat(datagram).hasSizeLessThanOrEqualTo(512);
        assertThat(isTruncated(datagram)).isTrue();
        assertThat(isTruncated(server.bytes(query, true))).isFalse();
        assertThat(server.ask(query, true).records()).hasSize(1_000);
    }

    @Test
    void morePortsThanAMessageHasRoomForAreTruncatedEverywhere() {
        serviceWithPorts("most", 40_000);
        byte[] query = TestServer.query("most.default.svc.cluster.local", RecordType.SRV, 0x0100, new byte[0]);
        byte[] message = server.bytes(query, true);
        assertThat(message).hasSizeLessThanOrEqualTo(65_535);
        assertThat(isTruncated(message)).isTrue();
        Handler chain = server.configuration(". {\n kubernetes cluster.local\n}")
                .find(53, "most.default.svc.cluster.local").orElseThrow().chain();
        Ask ask = Ask.of(DnsQuery.read(query), TestServer.client("10.42.0.99"), true, true, chain);
        assertThat(chain.answer(ask).records()).hasSize(Kubernetes.MOST_RECORDS);
    }

    @Test
    void followsExternalNames() {
        assertThat(TestServer.texts(server.ask("far.default.svc.cluster.local", "A").records())).containsExactly(
                "far.default.svc.cluster.local. 5 CNAME web.default.svc.cluster.local.",
                "web.default.svc.cluster.local. 5 A 10.43.0.5");
        assertThat(TestServer.texts(server.ask("out.default.svc.cluster.local", "CNAME").records()))
                .containsExactly("out.default.svc.cluster.local. 5 CNAME www.example.org.");
        server.useCluster("hosts {\n 192.0.2.1 www.example.org\n ttl 30\n fallthrough\n}");
        assertThat(TestServer.texts(server.ask("out.default.svc.cluster.local", "A").records())).containsExactly(
                "out.default.svc.cluster.local. 5 CNAME www.example.org.", "www.example.org. 30 A 192.0.2.1");
    }

    @Test
    void answersReverseLookups() {
        assertThat(TestServer.texts(server.ask("5.0.43.10.in-addr.arpa", "PTR").records()))
                .containsExactly("5.0.43.10.in-addr.arpa. 5 PTR web.default.svc.cluster.local.");
        String six = "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.4.0.0.0.0.d.f.ip6.arpa";
        assertThat(server.ask(six, "PTR").records()).hasSize(1);
        assertThat(server.ask("2.0.42.10.in-addr.arpa", "PTR").records()).singleElement()
                .extracting(r -> r.target().orElseThrow()).isEqualTo("db-0.db.default.svc.cluster.local");
        assertThat(server.ask("8.0.42.10.in-addr.arpa", "PTR").code()).as("terminating, and nobody to fall through to")
                .isEqualTo(DnsAnswer.SERVER_FAILURE);
        server.use(".:53 {\n kubernetes cluster.local in-addr.arpa\n}");
        DnsAnswer none = server.ask("9.9.9.10.in-addr.arpa", "PTR");
        assertThat(none.code()).isEqualTo(DnsAnswer.NO_SUCH_NAME);
        assertThat(none.authority()).singleElement().extracting(ResourceRecord::name).isEqualTo("in-addr.arpa");
    }

    @Test
    void answersForTheZoneItself() {
        assertThat(server.ask("cluster.local", "SOA").records()).hasSize(1);
        assertThat(TestServer.texts(server.ask("cluster.local", "NS").records()))
                .containsExactly("cluster.local. 5 NS kube-dns.kube-system.svc.cluster.local.");
        assertThat(server.ask("cluster.local", "NS").additional()).hasSize(1);
        assertThat(TestServer.texts(server.ask("dns-version.cluster.local", "TXT").records()))
                .containsExactly("dns-version.cluster.local. 28800 TXT \"1.1.0\"");
    }

    @Test
    void refusesZoneTransfers() {
        assertThat(server.ask("cluster.local", "AXFR").code()).isEqualTo(DnsAnswer.REFUSED);
        assertThat(server.ask("cluster.local", "IXFR").code()).isEqualTo(DnsAnswer.REFUSED);
    }

    @Test
    void honoursItsOptions() {
        server.use("""
                . {
                    kubernetes cluster.local {
                        pods verified
                        endpoint_pod_names
                        ttl 30
                    }
                }
                """);
        assertThat(server.configuration(". {\nkubernetes cluster.local {\npods verified\n}\n}").verifiesPods())
                .isTrue();
        assertThat(server.ask("10-42-0-9.default.pod.cluster.local", "A").records()).hasSize(1);
        assertThat(server.ask("10-42-0-10.default.pod.cluster.local", "A").code()).isEqualTo(DnsAnswer.NO_SUCH_NAME);
        assertThat(server.ask("db-pod.db.default.svc.cluster.local", "A").records()).singleElement()
                .extracting(ResourceRecord::ttl).isEqualTo(30L);
        server.use(". {\nkubernetes cluster.local {\nnoendpoints\n}\n}");
        assertThat(server.ask("db.default.svc.cluster.local", "A").code()).isEqualTo(DnsAnswer.NO_SUCH_NAME);
        assertThat(server.ask("10-42-0-9.default.pod.cluster.local", "A").code()).isEqualTo(DnsAnswer.NO_SUCH_NAME);
        server.use(". {\nkubernetes cluster.local {\nnamespaces kube-system\n}\n}");
        assertThat(server.ask("web.default.svc.cluster.local", "A").code()).isEqualTo(DnsAnswer.NO_SUCH_NAME);
        server.use(". {\nkubernetes cluster.local {\nnamespace_labels team=a\nignore empty_service\n}\n}");
        assertThat(server.ask("kube-dns.kube-system.svc.cluster.local", "A").code()).isEqualTo(DnsAnswer.NO_SUCH_NAME);
        assertThat(server.ask("web.default.svc.cluster.local", "A").code()).as("without endpoints")
                .isEqualTo(DnsAnswer.NO_SUCH_NAME);
        assertThat(server.ask("db.default.svc.cluster.local", "A").records()).hasSize(2);
    }

    @Test
    void seesChangesAtOnce() {
        server.service("default", "new", Struct.of("clusterIP", "10.43.0.7"));
        server.deliver();
        assertThat(server.ask("new.default.svc.cluster.local", "A").records()).hasSize(1);
        server.api.delete(BuiltinResources.SERVICES, new io.k3j.model.Key("default", "new"),
                io.k3j.clientapi.DeleteOptions.PLAIN);
        server.deliver();
        assertThat(server.ask("new.default.svc.cluster.local", "A").code()).isEqualTo(DnsAnswer.NO_SUCH_NAME);
    }

    @Test
    void failsInsteadOfDenyingBeforeItKnowsTheCluster() {
        TestServer young = new TestServer().useCluster();
        assertThat(young.ask("web.default.svc.cluster.local", "A").code()).isEqualTo(DnsAnswer.SERVER_FAILURE);
    }

    @Test
    void servesAnotherDomainAndSeveral() {
        server.use(". {\n kubernetes example.net cluster.local\n}");
        assertThat(server.ask("web.default.svc.example.net", "A").records()).hasSize(1);
        assertThat(server.ask("web.default.svc.cluster.local", "A").records()).hasSize(1);
        assertThat(List.of(server.ask("web.default.svc.example.org", "A").code()))
                .containsExactly(DnsAnswer.SERVER_FAILURE);
    }

    /// The API asks no more of an ExternalName than its length; whoever asks for one must not end the socket.
    @ParameterizedTest
    @CsvSource({"A", "AAAA", "CNAME"})
    void anExternalNameThatIsNoDomainNameIsAFailure(String type) {
        server.service("default", "long",
                Struct.of("type", "ExternalName", "externalName", "x".repeat(64) + ".example.org"));
        server.deliver();
        assertThat(server.ask("long.default.svc.cluster.local", type).code()).isEqualTo(DnsAnswer.SERVER_FAILURE);
        assertThat(server.responder.panics()).isZero();
    }

    @Test
    void endpointsOfManyPortsAreGivenInPart() {
        server.service("default", "large", Struct.of("clusterIP", "None"));
        server.slice("large", Seq.copyOf(IntStream.range(0, 1000)
                .mapToObj(i -> Struct.of("addresses", Seq.of("10.44." + i / 250 + "." + i % 250))).toList()),
                Seq.copyOf(IntStream.range(1, 20_000).mapToObj(i -> Struct.of("name", "p" + i, "port", i)).toList()));
        server.deliver();
        ClusterNames names = new ClusterNames(server.around().objects(), new ClusterNames.Options("disabled", false,
                Set.of(), Selector.EVERYTHING, Selector.EVERYTHING, true, false));
        assertThat(names.find("large.default.svc.cluster.local", "cluster.local").orElseThrow()).hasSize(16_384);
        assertThat(names.find("_p7._tcp.large.default.svc.cluster.local", "cluster.local").orElseThrow())
                .hasSize(1000);
    }
}
