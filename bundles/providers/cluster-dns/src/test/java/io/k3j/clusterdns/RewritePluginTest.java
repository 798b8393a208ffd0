package io.k3j.clusterdns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.corefile.CorefileProblem;
import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.ResourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The plug-in `rewrite`.
class RewritePluginTest {
    private final TestServer server = TestServer.withCluster();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "name web.example.org web.default.svc.cluster.local|web.example.org|web.example.org",
            "name exact web.example.org. web.default.svc.cluster.local.|web.example.org|web.example.org",
            "name suffix .example.org .default.svc.cluster.local answer auto|web.example.org|web.example.org",
            "name suffix .example.org .default.svc.cluster.local|web.example.org|web.default.svc.cluster.local",
            "name prefix x web answer auto|x.default.svc.cluster.local|x.default.svc.cluster.local",
            "name prefix we x|web.default.svc.cluster.local|web.default.svc.cluster.local",
            "name substring faul x|web.default.svc.cluster.local|web.default.svc.cluster.local",
            "name substring XXX default|web.XXX.svc.cluster.local|web.default.svc.cluster.local",
            "name regex (.*)\\.example\\.org {1}.default.svc.cluster.local answer auto|web.example.org|web.example.org",
            "name regex (.*)-(.*)\\.example\\.org {1}.{2}.svc.cluster.local answer name (.*)\\.(.*)\\.svc\\.cluster\\.local"
                    + " {1}-{2}.example.org|web-default.example.org|web-default.example.org",
            "continue name a.example b.example;rewrite name b.example web.default.svc.cluster.local|a.example|a.example"})
    void changesTheNameThereAndBack(String rule, String asked, String owner) {
        server.useCluster("rewrite " + rule.replace(';', '\n'));
        DnsAnswer answer = server.ask(asked, "A");
        assertThat(answer.records()).singleElement().satisfies(r -> {
            assertThat(r.name()).isEqualToIgnoringCase(owner);
            assertThat(r.toString()).endsWith("A 10.43.0.5");
        });
    }

    @Test
    void changesTargetsBackWithAnswerAuto() {
        server.useCluster("rewrite name suffix .example.org .svc.cluster.local answer auto");
        assertThat(TestServer.texts(server.ask("_http._tcp.web.default.example.org", "SRV").records()))
                .containsExactly("_http._tcp.web.default.example.org. 5 SRV 0 50 80 web.default.example.org.");
    }

    @Test
    void readsTheFormWithABlock() {
        server.useCluster("rewrite stop {\n name regex (.*)\\.example\\.org {1}.default.svc.cluster.local\n"
                + " answer name (.*)\\.default\\.svc\\.cluster\\.local {1}.example.org\n}");
        assertThat(TestServer.texts(server.ask("web.example.org", "A").records()))
                .containsExactly("web.example.org. 5 A 10.43.0.5");
    }

    @Test
    void changesTypesAndTimes() {
        server.useCluster("rewrite type ANY A\nrewrite ttl suffix cluster.local 60-90");
        assertThat(server.ask("web.default.svc.cluster.local", "ANY").records()).hasSize(1);
        assertThat(server.ask("web.default.svc.cluster.local", "A").records()).singleElement()
                .extracting(ResourceRecord::ttl)
                .isEqualTo(60L);
    }

    @Test
    void failsForAResultThatIsNoName() {
        server.useCluster("rewrite name regex (.*)\\.example {1}{1}{1}{1}.example");
        assertThat(server.ask("a".repeat(40) + ".example", "A").code()).isEqualTo(DnsAnswer.SERVER_FAILURE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"name regex ( b|no regular expression", "name regex a {1}|uses more groups",
            "name fuzzy a b|match exact, prefix", "type A|the new type is missing", "edns0 local set 1 2|is not there",
            "name prefix a b answer name x y answer auto|exclude each other"})
    void saysWhatIsWrong(String rule, String why) {
        assertThatThrownBy(() -> server.useCluster("rewrite " + rule)).isInstanceOf(CorefileProblem.class)
                .hasMessageContaining(why);
    }

    /// Exponential with a backtracking matcher; RE2 takes linear time.
    @Test
    void survivesARegexBomb() {
        server.useCluster("rewrite name regex (a+)+(b+)+(a|aa)+x z.example");
        long begun = System.nanoTime();
        server.ask("a".repeat(60) + "." + "a".repeat(60) + "." + "a".repeat(60), "A");
        assertThat(System.nanoTime() - begun)
                .isLessThan(Boolean.getBoolean("k3j.full") ? 1_000_000_000L : 30_000_000_000L);
    }
}
