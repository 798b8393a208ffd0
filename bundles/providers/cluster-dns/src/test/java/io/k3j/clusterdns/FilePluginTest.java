package io.k3j.clusterdns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.corefile.CorefileProblem;
import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.RecordType;
import java.util.List;
import org.junit.jupiter.api.Test;

/// CoreDNS' plug-in `file`, with a zone in the ConfigMap `coredns-custom` as K3s' page has it.
class FilePluginTest {
    private static final String ZONE = """
            $TTL 300
            @      SOA   ns me 7 7200 3600 1209600 60
            @      NS    ns
            ns     A     192.0.2.53
            www    A     192.0.2.1
                   AAAA  2001:db8::1
            alias  CNAME www
            far    CNAME web.default.svc.cluster.local.
            round  CNAME about
            about  CNAME round
            mail   MX    10 www
            *.wild A     192.0.2.2
            a.b.c  TXT   deep
            sub    NS    ns.sub
            ns.sub A     192.0.2.54
            old    DNAME other
            x.other A    192.0.2.3
            """;
    private final TestServer server = TestServer.withCluster();

    private void use(String more) {
        server.use(".:53 {\n kubernetes cluster.local {\n pods insecure\n }\n}\nexample.org:53 {\n"
                + " file /etc/coredns/custom/example.zone {\n reload 30s\n" + more + " }\n"
                + " forward . /etc/resolv.conf\n}", "custom/example.zone", ZONE);
    }

    private List<String> answers(String name, String type) {
        DnsAnswer answer = server.ask(name, type);
        assertThat(answer.code()).as(answer.why()).isEqualTo(DnsAnswer.OK);
        return TestServer.texts(answer.records());
    }

    @Test
    void answersTheRecordsOfAZone() {
        use("");
        assertThat(answers("WWW.example.org", "A")).containsExactly("www.example.org. 300 A 192.0.2.1");
        assertThat(answers("mail.example.org", "MX")).hasSize(1);
        assertThat(TestServer.texts(server.ask("mail.example.org", "MX").additional())).hasSize(2);
        assertThat(answers("x.y.wild.example.org", "A")).containsExactly("x.y.wild.example.org. 300 A 192.0.2.2");
        assertThat(answers("example.org", "NS")).containsExactly("example.org. 300 NS ns.example.org.");
    }

    @Test
    void followsAliases() {
        use("");
        assertThat(answers("alias.example.org", "A")).containsExactly("alias.example.org. 300 CNAME www.example.org.",
                "www.example.org. 300 A 192.0.2.1");
        assertThat(answers("alias.example.org", "CNAME")).hasSize(1);
        assertThat(answers("far.example.org", "A")).containsExactly(
                "far.example.org. 300 CNAME web.default.svc.cluster.local.",
                "web.default.svc.cluster.local. 5 A 10.43.0.5");
        assertThat(answers("x.old.example.org", "A")).contains("x.old.example.org. 300 CNAME x.other.example.org.",
                "x.other.example.org. 300 A 192.0.2.3");
        assertThat(server.ask("round.example.org", "A").code()).isEqualTo(DnsAnswer.SERVER_FAILURE);
    }

    @Test
    void deniesWithTheZonesStart() {
        use("");
        DnsAnswer none = server.ask("outside.example.org", "A");
        assertThat(none.code()).isEqualTo(DnsAnswer.NO_SUCH_NAME);
        assertThat(none.authority()).singleElement().satisfies(soa -> assertThat(soa.minimum()).isEqualTo(60));
        for (String name : List.of("www.example.org", "b.c.example.org", "wild.example.org")) {
            DnsAnswer empty = server.ask(name, "TXT");
            assertThat(empty.code()).as(name).isEqualTo(DnsAnswer.OK);
            assertThat(empty.authority()).as(name).extracting(r -> r.type()).containsExactly(RecordType.SOA);
        }
        assertThat(server.ask("example.org", "AXFR").code()).isEqualTo(DnsAnswer.REFUSED);
    }

    @Test
    void pointsToTheServersOfWhatIsDelegated() {
        use("");
        DnsAnswer referral = server.ask("x.sub.example.org", "A");
        assertThat(referral.records()).isEmpty();
        assertThat(referral.flags() & DnsAnswer.AUTHORITATIVE).isZero();
        assertThat(TestServer.texts(referral.authority()))
                .containsExactly("sub.example.org. 300 NS ns.sub.example.org.");
        assertThat(TestServer.texts(referral.additional())).containsExactly("ns.sub.example.org. 300 A 192.0.2.54");
    }

    @Test
    void namesThatAreNotThereMayBeAskedOfTheNextPlugin() {
        use(" fallthrough\n");
        assertThat(server.ask("www.example.org", "A").records()).as("one that is").hasSize(1);
        assertThat(server.ask("outside.example.org", "A").code()).as("forwarded, and there is no resolver")
                .isEqualTo(DnsAnswer.SERVER_FAILURE);
    }

    @Test
    void aZoneThatCannotBeUsedIsTold() {
        for (String zone : List.of("www A 192.0.2.1\n", "@ SOA ns me 1 1 1 1\n", "@ SOA ns me 1 1 1 1 1\nwww A x\n")) {
            assertThatThrownBy(() -> server.use("example.org {\n file custom/x.zone\n}", "custom/x.zone", zone))
                    .isInstanceOf(CorefileProblem.class).hasMessageContaining("custom/x.zone");
        }
        assertThatThrownBy(() -> server.use("example.org {\n file /etc/passwd\n}"))
                .hasMessageContaining("there is no file /etc/passwd");
        assertThatThrownBy(() -> server.use("example.org {\n file x {\n transfer to *\n }\n}"))
                .isInstanceOf(CorefileProblem.class);
    }
}
