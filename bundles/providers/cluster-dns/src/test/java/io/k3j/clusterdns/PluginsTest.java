package io.k3j.clusterdns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.corefile.CorefileProblem;
import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsplugins.QueryLog;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The small plug-ins, and what is not there.
class PluginsTest {
    private final TestServer server = TestServer.withCluster();

    @Test
    void hostsAnswersNodeHosts() {
        server.use(CorefileSource.packaged("cluster.local"), "NodeHosts",
                "192.0.2.7 node-1 node-1.example\nfd00::7 node-1\n# no entry\nnonsense\n");
        assertThat(TestServer.texts(server.ask("node-1", "A").records())).containsExactly("node-1. 60 A 192.0.2.7");
        assertThat(TestServer.texts(server.ask("node-1", "AAAA").records()))
                .containsExactly("node-1. 60 AAAA fd00:0:0:0:0:0:0:7");
        assertThat(server.ask("node-1", "MX").code()).isEqualTo(DnsAnswer.OK);
        assertThat(TestServer.texts(server.ask("7.2.0.192.in-addr.arpa", "PTR").records())).containsExactly(
                "7.2.0.192.in-addr.arpa. 60 PTR node-1.", "7.2.0.192.in-addr.arpa. 60 PTR node-1.example.");
        assertThat(server.ask("node-2", "A").code()).as("forwarded, and there is no resolver")
                .isEqualTo(DnsAnswer.SERVER_FAILURE);
    }

    @Test
    void hostsReadsKeysOfTheCustomConfigMapAndWildcards() {
        server.use(". {\n hosts /etc/coredns/custom/my.hosts example.org {\n 10.0.0.9 inline.example.org\n"
                + " no_reverse\n }\n}", "custom/my.hosts", "10.0.0.1 *.example.org\n10.0.0.2 a.example.org\n");
        assertThat(server.ask("x.example.org", "A").records()).singleElement().asString().endsWith("10.0.0.1");
        assertThat(server.ask("a.example.org", "A").records()).singleElement().asString().endsWith("10.0.0.2");
        assertThat(server.ask("inline.example.org", "A").records()).singleElement().asString().endsWith("10.0.0.9");
        assertThat(server.ask("x.y.example.org", "A").code()).isEqualTo(DnsAnswer.SERVER_FAILURE);
        assertThat(server.ask("2.0.0.10.in-addr.arpa", "PTR").records()).isEmpty();
    }

    @Test
    void neverReadsFilesOfTheNode() {
        assertThatThrownBy(() -> server.use(". {\n hosts /etc/hostname\n}")).isInstanceOf(CorefileProblem.class)
                .hasMessageContaining("there is no file /etc/hostname");
        server.use(". {\n hosts\n}");
        assertThat(server.ask("localhost", "A").records()).isEmpty();
    }

    @Test
    void templateMakesRecordsFromTheQuestion() {
        server.use("""
                . {
                    template IN A example.org {
                        match "^ip-(?P<a>[0-9]+)-(?P<b>[0-9]+)[.]example[.]org[.]$"
                        answer "{{ .Name }} 60 IN A 10.0.{{ .Group.a }}.{{ index .Match 2 }}"
                        additional "info.{{ .Zone }} 60 IN TXT \\"{{ .Type }} of {{ .Remote }}\\""
                        fallthrough
                    }
                    template ANY ANY example.net {
                        rcode NXDOMAIN
                        authority "{{ .Zone }} 60 {{ .Class }} SOA ns.example.net. me.example.net. (1 60 60 60 60)"
                    }
                    hosts {
                        10.9.9.9 other.example.org
                    }
                }
                """);
        DnsAnswer answer = server.ask("ip-3-4.example.org", "A");
        assertThat(TestServer.texts(answer.records())).containsExactly("ip-3-4.example.org. 60 A 10.0.3.4");
        assertThat(TestServer.texts(answer.additional()))
                .containsExactly("info.example.org. 60 TXT \"A of 10.42.0.99\"");
        assertThat(server.ask("other.example.org", "A").records()).hasSize(1);
        assertThat(server.ask("x.example.net", "TXT").code()).isEqualTo(DnsAnswer.NO_SUCH_NAME);
        assertThat(server.ask("x.example.net", "TXT").authority()).hasSize(1);
        assertThat(server.ask("ip-3-999.example.org", "A").code()).as("no address").isEqualTo(DnsAnswer.SERVER_FAILURE);
    }

    @Test
    void loadbalanceChangesTheOrderOnly() {
        server.useCluster("loadbalance");
        Set<List<String>> seen = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            seen.add(TestServer.texts(server.ask("db.default.svc.cluster.local", "A").records()));
        }
        assertThat(seen).hasSize(2).allMatch(some -> some.size() == 2);
    }

    @Test
    void logSaysWhatItsFormatSays() {
        server.useCluster("log . \"{remote} {name} {type} {rcode} {proto} {>id}\" {\n class denial\n}");
        server.ask("web.default.svc.cluster.local", "A");
        server.ask("no\ne.default.svc.cluster.local", "A");
        assertThat(server.log).containsExactly("10.42.0.99 no\\010e.default.svc.cluster.local. A NXDOMAIN udp 77");
    }

    @Test
    void logIsBounded() {
        server.useCluster("log");
        for (int i = 0; i < QueryLog.MOST_A_SECOND + 50; i++) {
            server.ask("web.default.svc.cluster.local", "A");
        }
        assertThat(server.log).hasSize(QueryLog.MOST_A_SECOND);
        server.now = server.now.plusSeconds(1);
        server.ask("web.default.svc.cluster.local", "A");
        assertThat(server.log.get(QueryLog.MOST_A_SECOND)).startsWith("50 lines left out");
    }

    @Test
    void errorsSayTheSameCauseOnceAMinute() {
        server.use(". {\n errors\n forward . /etc/resolv.conf\n}");
        server.ask("a.example", "A");
        server.ask("b.example", "A");
        assertThat(server.log).singleElement().asString().startsWith("2 a.example. A: no resolver");
    }

    @Test
    void answersTheLongestZoneAndRefusesOthers() {
        server.use("""
                example.org a.example.org:53 {
                    template ANY ANY {
                        answer "{{ .Name }} 1 IN TXT wide"
                    }
                }
                b.a.example.org 10.0.0.0/22 {
                    template ANY ANY {
                        answer "{{ .Name }} 1 IN TXT narrow"
                    }
                }
                """);
        assertThat(server.ask("x.a.example.org", "TXT").records()).singleElement().asString().contains("wide");
        assertThat(server.ask("B.a.Example.org", "TXT").records()).singleElement().asString().contains("narrow");
        assertThat(server.ask("1.3.0.10.in-addr.arpa", "TXT").records()).singleElement().asString().contains("narrow");
        assertThat(server.ask("1.4.0.10.in-addr.arpa", "TXT").code()).isEqualTo(DnsAnswer.REFUSED);
        assertThat(server.ask("example.net", "TXT").code()).isEqualTo(DnsAnswer.REFUSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"chaos|plug-in chaos is not there", "etcd {\n x\n}|plug-in etcd",
            "cache {\n other 3\n}|option other of plug-in cache",
            "kubernetes cluster.local {\n zonal\n}|option zonal",
            "kubernetes in-addr.arpa|not one of reverse lookup", "forward . resolver.example|no resolver",
            "forward . https://1.1.1.1|forward to https://", "forward .|resolvers are wanted",
            "forward . 1.1.1.1 {\n doh_method GET\n}|option doh_method",
            "template IN A {\n answer \"{{ if x }}\"\n}|action",
            "cache\ncache|only once", "health nowhere|HOST]:PORT", "loadbalance weighted x|loadbalance weighted",
            "hosts {\n ttl x\n}|no number", "log {\n class none\n}|classes are"})
    void tellsWhatItDoesNotKnow(String lines) {
        String[] parts = lines.split("\\|");
        assertThatThrownBy(() -> server.use(".:53 {\n" + parts[0] + "\n}")).isInstanceOf(CorefileProblem.class)
                .hasMessageStartingWith("/etc/coredns/Corefile:").hasMessageContaining(parts[1]);
    }

    @Test
    void refusesOneZoneTwiceAndOtherTransports() {
        assertThatThrownBy(() -> server.use("a. {\n log\n}\na.:53 {\n log\n}"))
                .hasMessageContaining("cannot serve dns://a.:53");
        assertThatThrownBy(() -> server.use("tls://. {\n log\n}")).hasMessageContaining("tls://");
    }

    @Test
    void countsUnderCoreDnsNames() {
        server.useCluster("prometheus :9153", "cache 30");
        server.ask("web.default.svc.cluster.local", "A");
        server.ask("none.default.svc.cluster.local", "AAAA");
        String page = MetricsPage.of(server.responder.configuration(), 0, server.responder.panics());
        assertThat(page).contains(
                "coredns_dns_requests_total{server=\"dns://:53\",zone=\".\",view=\"\",proto=\"udp\",family=\"1\",type=\"A\"} 1\n",
                "coredns_dns_responses_total{server=\"dns://:53\",zone=\".\",view=\"\",rcode=\"NXDOMAIN\",plugin=\"kubernetes\"} 1\n",
                "coredns_dns_request_duration_seconds_count{server=\"dns://:53\",zone=\".\",view=\"\",type=\"AAAA\"} 1\n",
                "coredns_panics_total 0\n",
                "coredns_plugin_enabled{server=\"dns://:53\",zone=\".\",view=\"\",name=\"kubernetes\"} 1\n",
                "coredns_cache_entries{server=\"dns://:53\",type=\"success\",zones=\".\",view=\"\"} 0\n");
    }

    @Test
    void offersItsPagesWhereTheCorefileSays() {
        assertThat(server.configuration(". {\n health :8080\n ready localhost:8181\n prometheus :9153\n}").pages())
                .containsOnlyKeys(":8080", ":9153", "localhost:8181");
        assertThat(server.configuration(CorefileSource.packaged("cluster.local")).pages())
                .containsExactly(java.util.Map.entry(":9153", Set.of("/health", "/metrics", "/ready")));
    }
}
