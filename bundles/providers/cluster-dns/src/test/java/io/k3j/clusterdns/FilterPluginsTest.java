package io.k3j.clusterdns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.corefile.CorefileProblem;
import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.DnsMessageReader;
import io.k3j.dnsmessage.RecordType;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Plug-ins that look at questions and answers without knowing a name.
class FilterPluginsTest {
    private static final String WEB = "web.default.svc.cluster.local";
    private final TestServer server = TestServer.withCluster();

    private byte[] bytes(String name, String type, String client) {
        InetSocketAddress from = TestServer.client(client);
        return server.responder.respond(TestServer.query(name, RecordType.number(type), 0x0100, new byte[0]), 53, false,
                from, true).orElseThrow();
    }

    @Test
    void aclSaysWhoMayAskForWhat() {
        server.useCluster("acl db.default.svc.cluster.local {\n block type AAAA net 10.42.0.99\n filter net fd00::/8 \n"
                + " drop type MX\n allow\n}", "acl {\n drop net 192.0.2.0/24\n allow type A\n block\n}");
        assertThat(server.ask(WEB, "A").records()).hasSize(1);
        assertThat(server.ask(WEB, "AAAA").code()).isEqualTo(DnsAnswer.REFUSED);
        assertThat(bytes(WEB, "A", "192.0.2.9")).as("silence").isEmpty();
        assertThat(server.ask("db.default.svc.cluster.local", "AAAA").code()).isEqualTo(DnsAnswer.REFUSED);
        assertThat(bytes("db.default.svc.cluster.local", "MX", "10.42.0.1")).isEmpty();
        assertThat(bytes("db.default.svc.cluster.local", "AAAA", "10.42.0.1")).as("allowed by the first rule")
                .isNotEmpty();
        assertThat(DnsMessageReader.read(bytes("db.default.svc.cluster.local", "A", "fd00::1"), ""))
                .satisfies(a -> assertThat(a.code()).isEqualTo(DnsAnswer.OK))
                .satisfies(a -> assertThat(a.records()).isEmpty());
    }

    @Test
    void aclSeesTheNameThatWasAskedFor() {
        server.useCluster("rewrite name alias.example.org " + WEB, "acl alias.example.org {\n block\n}");
        assertThat(server.ask("alias.example.org", "A").code()).isEqualTo(DnsAnswer.REFUSED);
        assertThat(server.ask("alias.example.org", "ANY").code()).isEqualTo(DnsAnswer.REFUSED);
        assertThat(server.ask(WEB, "A").records()).hasSize(1);
    }

    @Test
    void dns64MakesAddressesForThoseWhoHaveIpv6Only() {
        String corefile = "template IN A example.org {\n answer \"{{ .Name }} 900 IN A 192.0.2.33\"\n}\n"
                + "template IN AAAA example.org {\n rcode NOERROR\n}";
        server.useCluster("dns64 {\n prefix 2001:db8:122:344::/64\n allow_ipv4\n}", corefile);
        assertThat(TestServer.texts(server.ask("a.example.org", "AAAA").records()))
                .containsExactly("a.example.org. 600 AAAA 2001:db8:122:344:c0:2:2100:0");
        assertThat(server.ask(WEB, "AAAA").records()).as("its own").singleElement().asString()
                .endsWith(":43:0:0:0:0:0:5");
        server.useCluster("dns64", corefile);
        assertThat(server.ask("a.example.org", "AAAA").records()).as("asked over IPv4").isEmpty();
        assertThat(TestServer.texts(DnsMessageReader.read(bytes("a.example.org", "AAAA", "fd00::1"), "").records()))
                .containsExactly("a.example.org. 600 AAAA 64:ff9b:0:0:0:0:c000:221");
    }

    @Test
    void localAnswersForTheMachineItself() {
        server.useCluster("local");
        assertThat(TestServer.texts(server.ask("localhost", "A").records()))
                .containsExactly("localhost. 604800 A 127.0.0.1");
        assertThat(server.ask("localhost.default.svc.cluster.local", "AAAA").records()).singleElement().asString()
                .endsWith("AAAA 0:0:0:0:0:0:0:1");
        assertThat(TestServer.texts(server.ask("1.0.0.127.in-addr.arpa", "PTR").records()))
                .containsExactly("1.0.0.127.in-addr.arpa. 604800 PTR localhost.");
        assertThat(server.ask("2.0.0.127.in-addr.arpa", "PTR").code()).isEqualTo(DnsAnswer.NO_SUCH_NAME);
        DnsAnswer none = server.ask("x.localhost", "MX");
        assertThat(none.code()).isEqualTo(DnsAnswer.OK);
        assertThat(none.authority()).hasSize(1);
        assertThat(server.ask(WEB, "A").records()).hasSize(1);
    }

    @Test
    void anyMinimalAndHeaderChangeAnswers() {
        server.useCluster("any", "minimal", "header {\n response clear aa\n}");
        assertThat(server.ask(WEB, "ANY").records()).singleElement().satisfies(r -> {
            assertThat(r.toString()).startsWith(WEB + ". 8482 HINFO ");
            assertThat(new String(r.data(), java.nio.charset.StandardCharsets.US_ASCII)).contains("ANY obsoleted");
        });
        DnsAnswer answer = server.ask("_http._tcp." + WEB, "SRV");
        assertThat(answer.records()).hasSize(1);
        assertThat(answer.additional()).isEmpty();
        assertThat(answer.flags() & DnsAnswer.AUTHORITATIVE).isZero();
        assertThat(server.ask("none." + WEB, "A").authority()).as("of a denial").hasSize(1);
    }

    @Test
    void loadbalancePrefersNetworks() {
        server.useCluster("loadbalance {\n prefer 10.42.0.3/32 10.42.0.0/16\n}");
        for (int i = 0; i < 20; i++) {
            assertThat(server.ask("db.default.svc.cluster.local", "A").records()).first().asString()
                    .endsWith("A 10.42.0.3");
        }
    }

    @Test
    void whatIsDoneAnywayIsAccepted() {
        server.use(". {\n kubernetes cluster.local {\n apiserver_qps 5\n apiserver_burst 10\n}\n}");
        assertThat(server.ask(WEB, "A").records()).hasSize(1);
        server.useCluster("autopath @kubernetes", "bufsize 1232", "cancel 5s", "debug", "metadata", "multisocket 2",
                "timeouts {\n read 5s\n}", "cache 30 {\n prefetch 10 1m 10%\n serve_stale 1h verify\n"
                        + " serve_stale_policy prefer_positive\n disable success cluster.local\n"
                        + " disable denial cluster.local\n}");
        assertThat(server.ask(WEB, "A").records()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"acl {\n accept\n}|allow, block, filter or drop", "acl {\n block 10.0.0.1\n}|type or net",
            "acl {\n block net x\n}|no network", "any x|no argument", "dns64 10.0.0.0/8|a prefix of IPv6",
            "dns64 fd00::/33|a prefix of IPv6", "header {\n query set rd\n}|header query set rd",
            "header {\n response unset aa\n}|set or clear", "cache {\n disable\n}|success or denial",
            "cache {\n prefetch\n}|AMOUNT", "cache {\n serve_stale_policy x\n}|prefer_positive"})
    void tellsWhatIsWrong(String lines) {
        String[] parts = lines.split("\\|");
        assertThatThrownBy(() -> server.use(".:53 {\n" + parts[0] + "\n}")).isInstanceOf(CorefileProblem.class)
                .hasMessageContaining(parts[1]);
    }
}
