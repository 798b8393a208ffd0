package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.codec.Json;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.CertificateRequest;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import io.k3j.pki.SigningPolicy;
import io.k3j.pki.SigningRequest;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodCertificateRulesTest {
    private static final RandomGenerator RANDOM = RandomGenerator.of("L64X128MixRandom");
    private static final Instant BEGIN = Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.SECONDS);
    private static final CertificateAuthority AUTHORITY = CertificateAuthority.selfSigned("a", Keys.elliptic(), BEGIN,
            RANDOM);
    private static final KeyPair PAIR = Keys.ofType("ED25519");
    private static final byte[] REQUEST = CertificateRequest.stub(PAIR);
    private static final Gvk KIND = Gvk.of("certificates.k8s.io/v1beta1", "PodCertificateRequest");
    private final Kit kit = Kit.with("feature-gates=PodCertificateRequest=true", "runtime-config=api/beta=true");

    private static Struct request(Struct status) {
        Struct spec = Struct.builder().put("signerName", "example.com/s").put("podName", "p").put("podUID", "u1")
                .put("serviceAccountName", "a").put("serviceAccountUID", "u2").put("nodeName", "n").put("nodeUID", "u3")
                .put("maxExpirationSeconds", 86_400L)
                .put("stubPKCS10Request", Base64.getEncoder().encodeToString(REQUEST)).build();
        return Struct.of("apiVersion", KIND.apiVersion(), "kind", KIND.kind(), "metadata",
                Struct.of("name", "r", "namespace", "default", "resourceVersion", "1"), "spec", spec, "status", status);
    }

    private static Struct condition(String type) {
        return Struct.of("type", type, "status", "True", "reason", "Reason", "message", "m", "lastTransitionTime",
                BEGIN.toString());
    }

    private static Struct issued(KeyPair pair) {
        String pem = Pem.encode("CERTIFICATE REQUEST", CertificateRequest.create("p", pair));
        X509Certificate leaf = new SigningPolicy(List.of("client auth"), Duration.ofDays(1)).sign(AUTHORITY,
                SigningRequest.parse(pem), BEGIN.plus(Duration.ofMinutes(5)), RANDOM);
        return Struct.of("conditions", Seq.of(condition("Issued")), "certificateChain", Pem.encode(List.of(leaf)),
                "notBefore", leaf.getNotBefore().toInstant().toString(), "notAfter",
                leaf.getNotAfter().toInstant().toString(), "beginRefreshAt",
                BEGIN.plus(Duration.ofHours(16)).toString());
    }

    private List<String> told(Struct before, Struct after) {
        Struct old = request(before);
        Write write = kit.write(Operation.UPDATE, request(after), Optional.of(old), "status");
        Struct prepared = kit.hooks(old).prepared(write, request(after));
        return kit.hooks(old).problems(write, prepared).stream().map(FieldProblem::toString).toList();
    }

    @Test
    void theApiIsThereWhereItIsSwitchedOn() {
        assertThat(new Kit().table().kinds()).noneMatch(k -> k.gvk().equals(KIND));
        assertThat(kit.table().kinds()).anyMatch(k -> k.gvk().equals(KIND));
        assertThat(kit.createProblems(request(Struct.EMPTY))).isEmpty();
        Obj stored = Obj.of(request(Struct.EMPTY));
        assertThat(kit.hooks(stored.tree()).field(KIND, stored, "spec.nodeName")).contains("n");
        assertThat(kit.row(Json.text(request(issued(PAIR))))).startsWith("r", "p", "a", "n", "example.com/s",
                "Issued");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"podUID|''|spec.podUID: Invalid value: \"\": must not be empty",
            "nodeName|N|spec.nodeName: Invalid value: \"N\": a lowercase RFC 1123 subdomain must",
            "signerName|s|spec.signerName: Invalid value: \"s\": must be a fully qualified domain and path",
            "stubPKCS10Request|eA==|spec.stubPKCS10Request: Invalid value: \"eA==\": must be a valid PKCS#10 CSR",
            "pkixPublicKey|eA==|spec: Invalid value: null: exactly one of (stubPKCS10Request) or (pkixPublicKey,"})
    void whatARequestMustSay(String field, String value, String problem) {
        assertThat(kit.createProblems(request(Struct.EMPTY).withAt(value, "spec", field))).singleElement().asString()
                .startsWith(problem);
    }

    @Test
    void whatIsProvedByASignatureIsNotShown() {
        Struct unproved = request(Struct.EMPTY).withoutAt("spec", "stubPKCS10Request")
                .withAt(Base64.getEncoder().encodeToString(PAIR.getPublic().getEncoded()), "spec", "pkixPublicKey")
                .withAt("eA==", "spec", "proofOfPossession");
        assertThat(kit.createProblems(unproved)).containsExactly(
                "spec.proofOfPossession: Invalid value: could not verify proof-of-possession signature");
    }

    @Test
    void aCertificateLivesAnHourAtLeastAndADayWhereNothingElseIsSaid() {
        Struct silent = request(Struct.EMPTY);
        silent = silent.with("spec", silent.struct("spec").without("maxExpirationSeconds"));
        assertThat(kit.defaulted(Json.text(silent)).struct("spec").whole("maxExpirationSeconds", 0)).isEqualTo(86_400);
        assertThat(kit.createProblems(request(Struct.EMPTY).withAt(3_599L, "spec", "maxExpirationSeconds")))
                .containsExactly("spec.maxExpirationSeconds: Invalid value: 3599: must be in the range [3600,"
                        + " 7862400]");
        assertThat(kit.createProblems(request(Struct.EMPTY).withAt(86_401L, "spec", "maxExpirationSeconds")
                .withAt("kubernetes.io/s", "spec", "signerName"))).containsExactly(
                        "spec.maxExpirationSeconds: Invalid value: 86401: must be in the range [3600, 86400]");
    }

    @Test
    void aSignerSaysOnceWhatBecameOfIt() {
        Struct denied = Struct.of("conditions", Seq.of(condition("Denied")));
        assertThat(told(Struct.EMPTY, issued(PAIR))).isEmpty();
        assertThat(told(Struct.EMPTY, denied)).isEmpty();
        assertThat(told(denied, denied)).isEmpty();
        assertThat(told(denied, issued(PAIR))).singleElement().asString()
                .endsWith("immutable after PodCertificateRequest is issued, denied, or failed");
        assertThat(told(Struct.EMPTY, Struct.of("conditions", Seq.of(condition("Done"))))).singleElement().asString()
                .startsWith("status.conditions.[0].type: Unsupported value: \"Done\"");
        Struct reasonless = Struct.of("conditions", Seq.of(condition("Denied").with("reason", "not so:")));
        assertThat(told(Struct.EMPTY, reasonless)).singleElement().asString().startsWith("status.conditions[0].reason:"
                + " Invalid value: \"not so:\": a condition reason must start with alphabetic character");
        assertThat(told(Struct.EMPTY, denied.with("notBefore", BEGIN.toString()))).singleElement().asString()
                .endsWith("non-condition status fields must be empty when denying or failing the"
                        + " PodCertificateRequest");
    }

    @Test
    void aConditionIsOneOfThreeAndSaysWhenAndWhy() {
        Struct silent = condition("Failed").without("reason").without("lastTransitionTime").with("status", "False");
        assertThat(told(Struct.EMPTY, Struct.of("conditions", Seq.of(condition("Denied"), silent)))).containsExactly(
                "status.conditions.[1].type: Invalid value: \"Failed\": There may be at most one condition with type"
                        + " \"Issued\", \"Denied\", or \"Failed\"",
                "status.conditions.[1].status: Unsupported value: \"False\": supported values: \"True\"",
                "status.conditions[1].lastTransitionTime: Required value",
                "status.conditions[1].reason: Required value");
        assertThat(told(Struct.EMPTY, Struct.of("notBefore", BEGIN.toString()))).containsExactly(
                "status: Invalid value: status is immutable unless transitioning to \"Issued\", \"Denied\", or"
                        + " \"Failed\"");
    }

    @Test
    void whatIsIssuedIsForNamesThatCanBe() {
        X509Certificate leaf = AUTHORITY.sign(Profile.server("p", List.of("", "a..b", ".c", "d.e"), List.of()),
                PAIR.getPublic(), BEGIN, RANDOM);
        assertThat(told(Struct.EMPTY, issued(PAIR).with("certificateChain", Pem.encode(List.of(leaf)))))
                .containsExactly(
                        "status.certificateChain: Invalid value: \"\": leaf certificate should not contain empty"
                                + " DNSName",
                        "status.certificateChain: Invalid value: \"a..b\": leaf certificate's DNSName should not"
                                + " contain '..'",
                        "status.certificateChain: Invalid value: \".c\": leaf certificate's DNSName should not start or"
                                + " end with '.'");
    }

    @Test
    void whatIsIssuedIsForTheKeyAndAsTheCertificateSays() {
        Struct issued = issued(PAIR);
        assertThat(told(Struct.EMPTY, issued(Keys.ofType("ED25519")))).singleElement().asString()
                .endsWith("leaf certificate was not issued to the requested public key");
        assertThat(told(Struct.EMPTY, issued.without("notAfter"))).containsExactly("status.notAfter: Required value:"
                + " must be present and consistent with the issued certificate");
        assertThat(told(Struct.EMPTY, issued.without("beginRefreshAt"))).containsExactly("status.beginRefreshAt:"
                + " Required value: must be present and in the range [notbefore+10min, notafter-10min]");
        assertThat(told(Struct.EMPTY, issued.with("beginRefreshAt", BEGIN.toString()))).singleElement().asString()
                .endsWith("must be at least 10 minutes after status.notBefore");
        assertThat(told(Struct.EMPTY, issued.with("certificateChain", "x"))).singleElement().asString()
                .endsWith("issued certificate chain must contain at least one certificate");
    }
}
