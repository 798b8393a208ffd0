package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.CertificateRequest;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.SigningPolicy;
import io.k3j.pki.SigningRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class TrustBundleRulesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final RandomGenerator RANDOM = RandomGenerator.of("L64X128MixRandom");
    private static final CertificateAuthority AUTHORITY = authority();
    private static final String OMITTED = "spec.trustBundle: Invalid value: \"<value omitted>\": ";
    private static final String FIRST = Pem.encode(List.of(AUTHORITY.certificate()));
    private static final String SECOND = Pem.encode(List.of(authority().certificate()));
    private final Kit kit = Kit.with("feature-gates=ClusterTrustBundle=true", "runtime-config=api/beta=true");

    private static CertificateAuthority authority() {
        return CertificateAuthority.selfSigned("a", Keys.elliptic(), NOW, RANDOM);
    }

    private static Struct bundle(String name, String signer, String text) {
        return Struct.of("apiVersion", "certificates.k8s.io/v1beta1", "kind", "ClusterTrustBundle", "metadata",
                Struct.of("name", name), "spec",
                Struct.builder().putUnlessEmpty("signerName", signer).put("trustBundle", text).build());
    }

    private List<String> problems(String name, String signer, String text) {
        return kit.createProblems(bundle(name, signer, text));
    }

    private List<String> of(String text) {
        return problems("b", "", text);
    }

    @Test
    void soundBundlesAreTaken() {
        assertThat(of(FIRST + "text between\n" + SECOND)).isEmpty();
        assertThat(of(FIRST.replace("\n", "\n\t\n"))).isEmpty();
        assertThat(problems("example.com:a:v1", "example.com/a", FIRST)).isEmpty();
    }

    @Test
    void aNameIsThatOfTheSigner() {
        assertThat(problems("example.com:a:v1", "", FIRST)).containsExactly("metadata.name: Invalid value:"
                + " \"example.com:a:v1\": ClusterTrustBundle without signer name must not have \":\" in its name");
        assertThat(problems("b", "example.com/a", FIRST)).containsExactly("metadata.name: Invalid value: \"b\":"
                + " ClusterTrustBundle for signerName example.com/a must be named with prefix example.com:a:");
        assertThat(problems("a:b", "a", FIRST)).containsExactly("spec.signerName: Invalid value: \"a\": must be a fully"
                + " qualified domain and path of the form 'example.com/signer-name'");
        assertThat(problems("example.com:A:b", "example.com/A", FIRST)).singleElement().asString().startsWith(
                "spec.signerName: Invalid value: \"A\": validating label \"A\": a lowercase RFC 1123 subdomain must");
    }

    @Test
    void eachEntryIsAnAuthoritysCertificate() {
        String damaged = Pem.encode("CERTIFICATE", "no certificate".getBytes(StandardCharsets.UTF_8));
        String headers = FIRST.replace("CERTIFICATE-----\nM", "CERTIFICATE-----\nkey: value\n\nM");
        assertThat(of(FIRST + damaged + FIRST.replace("CERTIFICATE", "KEY") + headers)).containsExactly(
                OMITTED + "entry 1 does not parse as X.509", OMITTED + "entry 2 has bad block type: KEY",
                OMITTED + "entry 3 has PEM block headers");
        assertThat(of(leaf())).containsExactly(OMITTED + "entry 0 does not have the CA bit set");
        assertThat(of("nothing")).containsExactly(OMITTED + "at least one trust anchor must be provided");
        assertThat(of(FIRST + SECOND + FIRST)).containsExactly(OMITTED + "duplicate trust anchor (indices [0 2])");
        assertThat(of("x".repeat((1 << 20) + 1)))
                .containsExactly("spec.trustBundle: Too long: may not be more than 1048576 bytes");
    }

    private static String leaf() {
        String request = Pem.encode("CERTIFICATE REQUEST", CertificateRequest.create("a", Keys.elliptic()));
        return Pem.encode(List.of(new SigningPolicy(List.of("client auth"), Duration.ofDays(1)).sign(AUTHORITY,
                SigningRequest.parse(request), NOW.plusSeconds(60), RANDOM)));
    }

    @Test
    void aBundleThatStaysIsNotReadAgainAndItsSignerStays() {
        String unread = Json.text(bundle("example.com:a:v1", "example.com/a", "no anchors"));
        assertThat(kit.updateProblems(unread, unread)).isEmpty();
        assertThat(kit.updateProblems(unread, Json.text(bundle("example.com:a:v1", "example.com/a", "others"))))
                .containsExactly(OMITTED + "at least one trust anchor must be provided");
        assertThat(kit.updateProblems(Json.text(bundle("b", "", FIRST)),
                Json.text(bundle("b", "example.com/a", FIRST))))
                .contains("spec.signerName: Invalid value: \"example.com/a\": field is immutable");
    }

    @Test
    void bundlesAreFoundByTheirSigner() {
        Struct object = bundle("example.com:a:v1", "example.com/a", FIRST);
        Gvk kind = Gvk.of("certificates.k8s.io/v1beta1", "ClusterTrustBundle");
        assertThat(kit.hooks(object).field(kind, Obj.of(object), "spec.signerName")).contains("example.com/a");
        assertThat(kit.hooks(object).field(kind, Obj.of(bundle("b", "", FIRST)), "spec.signerName")).contains("");
        assertThat(kit.row(Json.text(object))).containsExactly("example.com:a:v1", "example.com/a");
        assertThat(kit.row(Json.text(bundle("b", "", FIRST)))).containsExactly("b", "<none>");
    }
}
