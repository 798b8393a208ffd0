package io.k3j.dnsplugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.DnsQuery;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsmessage.ResourceRecord;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The links of a chain without a Corefile and without sockets; with both they are tested in `cluster-dns`.
class ChainTest {
    private static final byte[] ADDRESS = {10, 0, 0, 1};
    private Instant now = Instant.parse("2026-11-23T06:00:00Z");
    private final List<String> asked = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private String from = Forward.NAME;

    private DnsAnswer last(Ask ask) {
        asked.add(ask.name());
        return DnsAnswer.of(List.of(ResourceRecord.address(ask.name(), 30, ADDRESS)), List.of(), from);
    }

    private static Ask ask(String name, boolean patient) {
        InetSocketAddress client = new InetSocketAddress(InetAddress.ofLiteral("10.42.0.9"), 40_000);
        return Ask.of(DnsQuery.own(name, RecordType.A), client, false, patient,
                _ -> DnsAnswer.coded(DnsAnswer.REFUSED, "", ""));
    }

    private static List<String> texts(DnsAnswer answer) {
        return answer.records().stream().map(ResourceRecord::toString).toList();
    }

    @Test
    void aZoneIsTheLongestThatANameIsIn() {
        Zones zones = new Zones(List.of("", "org", "example.org"));
        assertThat(zones.longest("a.example.org")).hasValue("example.org");
        assertThat(zones.longest("aexample.org")).hasValue("org");
        assertThat(zones.longest("example.net")).hasValue("");
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/24,0.0.10.in-addr.arpa,1", "10.0.0.0/22,0.0.10.in-addr.arpa,4",
            "10.0.0.128/25,128.0.0.10.in-addr.arpa,128", "fd00::/16,0.0.d.f.ip6.arpa,1"})
    void aNetworkIsTheZonesOfItsReverseLookup(String network, String first, int count) {
        assertThat(Zones.of(List.of(network)).names()).hasSize(count).first().isEqualTo(first);
    }

    @Test
    void theCacheAnswersUntilTheRecordsEndAndCountsDown() {
        Cache cache = new Cache(new Zones(List.of("")), Cache.Limits.PLAIN, () -> now, this::last);
        cache.answer(ask("a.example", true));
        now = now.plusSeconds(10);
        assertThat(texts(cache.answer(ask("a.example", true)))).containsExactly("a.example. 20 A 10.0.0.1");
        assertThat(asked).hasSize(1);
        assertThat(cache.success().hits()).isEqualTo(1);
        now = now.plusSeconds(20);
        cache.answer(ask("a.example", true));
        assertThat(asked).as("asked again once the records have ended").hasSize(2);
    }

    @Test
    void theCacheKeepsOnlyWhatResolversSaid() {
        from = "kubernetes";
        Cache cache = new Cache(new Zones(List.of("")), Cache.Limits.PLAIN, () -> now, this::last);
        cache.answer(ask("a.example", true));
        cache.answer(ask("a.example", true));
        assertThat(asked).hasSize(2);
        assertThat(cache.success().size()).isZero();
    }

    @Test
    void theCacheKeepsNothingOfZonesItIsDisabledFor() {
        Cache.Limits plain = Cache.Limits.PLAIN;
        Cache cache = new Cache(new Zones(List.of("")), new Cache.Limits(plain.success(), plain.denial(),
                plain.failure(), plain.stale(), false, new Zones(List.of("example")), plain.noDenial()), () -> now,
                this::last);
        for (String name : List.of("a.example", "a.example", "a.other", "a.other")) {
            cache.answer(ask(name, true));
        }
        assertThat(asked).containsExactly("a.example", "a.example", "a.other");
    }

    @Test
    void whoMayNotWaitIsToldToComeAgain() {
        Forward forward = new Forward(new Forward.Reach(new Zones(List.of("")), new Zones(List.of("inside"))),
                new Upstreams(List.of(), List::of, () -> now), Forward.Settings.PLAIN,
                new Forward.Shared(new ClientShares(1, 1), new java.util.Random(1)), this::last);
        assertThat(forward.answer(ask("a.example", false)).later()).isTrue();
        assertThat(forward.answer(ask("a.example", true)).code()).as("there is no resolver")
                .isEqualTo(DnsAnswer.SERVER_FAILURE);
        assertThat(forward.answer(ask("a.inside", false)).later()).as("not forwarded").isFalse();
        forward.looping();
        assertThat(forward.answer(ask("a.example", false)).why()).contains("a loop was found");
    }

    @Test
    void aRewrittenQuestionIsAnsweredAsItWasAsked() {
        Rewrite rewrite = new Rewrite(List.of(RewriteRules.of(List.of("name", "a.example", "b.example"))), this::last);
        assertThat(texts(rewrite.answer(ask("a.example", true)))).containsExactly("a.example. 30 A 10.0.0.1");
        assertThat(asked).containsExactly("b.example");
    }

    @Test
    void hostsAnswersWildcardsForOneLabel() {
        HostsTable table = HostsTable
                .of(List.of("10.0.0.1 *.example # all", "nonsense a.example", "10.0.0.2 b.example"));
        assertThat(table.find("x.example")).containsExactly(ADDRESS);
        assertThat(table.find("x.y.example")).isEmpty();
        assertThat(table.names()).isEqualTo(Map.of("10.0.0.2", List.of("b.example")));
    }

    @Test
    void templatesTakeWhiteSpaceOffAndRefuseWhatTheyDoNotKnow() {
        GoTemplate.Values values = new GoTemplate.Values(Map.of("Name", "a."), Map.of("1", "x"));
        assertThat(GoTemplate.of("{{ .Name }} 60  {{- index .Match 1 -}}  !").fill(values)).isEqualTo("a. 60x!");
        assertThatThrownBy(() -> GoTemplate.of("{{ range . }}")).isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("range");
    }

    @Test
    void theSameCauseIsSaidOnceAMinuteAndCannotForgeALine() {
        ErrorLog log = new ErrorLog(() -> now, lines::add,
                _ -> DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, "forward", "broken\nforged"));
        log.answer(ask("a.example", true));
        log.answer(ask("b.example", true));
        now = now.plusSeconds(61);
        log.answer(ask("c.example", true));
        assertThat(lines).containsExactly("2 a.example. A: broken\\010forged", "2 c.example. A: broken\\010forged");
    }

    @Test
    void aClientHasAShareOfTheSeats() {
        ClientShares shares = new ClientShares(3, 2);
        InetAddress one = InetAddress.ofLiteral("10.42.0.1");
        InetAddress other = InetAddress.ofLiteral("10.42.0.2");
        assertThat(List.of(shares.take(one), shares.take(one), shares.take(one), shares.take(other),
                shares.take(other))).containsExactly(true, true, false, true, false);
        shares.release(one);
        assertThat(shares.take(other)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1,10.0.0.1:53", "dns://10.0.0.1:54,10.0.0.1:54", "tls://9.9.9.9%dns.quad9.net,9.9.9.9:853",
            "[fd00::1]:54,[fd00:0:0:0:0:0:0:1]:54", "fd00::1,[fd00:0:0:0:0:0:0:1]:53"})
    void readsResolversAsCorefilesHaveThem(String text, String resolver) {
        assertThat(Upstream.parse(text, "")).hasToString(resolver);
    }

    @Test
    void resolversAreAddressesAndNoNames() {
        assertThatThrownBy(() -> Upstream.parse("dns.example.org", "")).isInstanceOf(IllegalArgumentException.class);
    }
}
