package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DnsProblemsTest {
    private static final String IP = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

    static Stream<Case> configs() {
        return Stream.of(Case.of("nameservers", Seq.of("10.0.0.10", "fd00::a")),
                Case.of("nameservers", Seq.of("10.0.0.10", "dns"), "nameservers[1]: Invalid value: \"dns\": " + IP),
                Case.of("nameservers", Seq.of("1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4"), "nameservers: Invalid"
                        + " value: [\"1.1.1.1\",\"1.1.1.2\",\"1.1.1.3\",\"1.1.1.4\"]: must not have more than 3"
                        + " nameservers"),
                Case.of("searches", Seq.of(".", "a_b.example.")),
                Case.of("options", Seq.of(Struct.of("name", "ndots", "value", "5"), Struct.of("value", "5")),
                        "options[1]: Required value: must not be empty"));
    }

    @ParameterizedTest
    @MethodSource("configs")
    void eachFieldIsRefusedInUpstreamsWords(Case c) {
        Struct spec = Struct.of("dnsConfig", Struct.of(c.field(), c.value()));
        assertThat(Case.found(p -> DnsProblems.config(spec, p)))
                .containsExactlyElementsOf(c.expected().stream().map(e -> "dnsConfig." + e).toList());
    }

    @Test
    void aSearchListIsOneThatResolversTake() {
        Struct many = Struct.of("dnsConfig", Struct.of("searches", Seq.copyOf(Collections.nCopies(33, "a"))));
        assertThat(Case.found(p -> DnsProblems.config(many, p))).singleElement().asString()
                .endsWith("must not have more than 32 search paths");
        Struct wide = Struct.of("dnsConfig",
                Struct.of("searches", Seq.copyOf(Collections.nCopies(9, "a".repeat(250)))));
        assertThat(Case.found(p -> DnsProblems.config(wide, p))).singleElement().asString()
                .endsWith("must not have more than 2048 characters (including spaces) in the search list");
        Struct odd = Struct.of("dnsConfig", Struct.of("searches", Seq.of("a_")));
        assertThat(Case.found(p -> DnsProblems.config(odd, p))).singleElement().asString()
                .startsWith("dnsConfig.searches[0]: Invalid value: \"a_\": a lowercase RFC 1123 subdomain");
    }

    @Test
    void whoAsksForNoPolicyNamesAServer() {
        Struct spec = Struct.of("dnsPolicy", "None", "dnsConfig", Struct.EMPTY);
        assertThat(Case.found(p -> DnsProblems.config(spec, p))).containsExactly("dnsConfig.nameservers: Required"
                + " value: must provide at least one DNS nameserver when `dnsPolicy` is None");
    }

    @Test
    void aHostNameOfItsOwnIsShortAndThePodsAlone() {
        Struct spec = Struct.of("hostnameOverride", "web.example");
        assertThat(Case.found(p -> DnsProblems.override(spec, p))).isEmpty();
        assertThat(Case.found(p -> DnsProblems.override(
                spec.with("hostNetwork", true).with("setHostnameAsFQDN", true), p))).containsExactly(
                        "hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true",
                        "hostnameOverride: Forbidden: may not be specified when hostNetwork is true");
        assertThat(Case.found(p -> DnsProblems.override(spec.with("hostnameOverride", "a".repeat(65)), p)))
                .containsExactly("hostnameOverride: Too long: may not be more than 64 bytes");
    }

    @Test
    void aliasesAreOfAddresses() {
        Struct alias = Struct.of("ip", "10.0.0", "hostnames", Seq.of("a.b", "a_b"));
        assertThat(Case.found(p -> DnsProblems.aliases(Struct.of("hostAliases", Seq.of(alias)), p)))
                .hasSize(2).contains("hostAliases[0].ip: Invalid value: \"10.0.0\": " + IP)
                .anyMatch(e -> e.startsWith("hostAliases[0].hostnames[1]: Invalid value: \"a_b\": a lowercase"));
    }
}
