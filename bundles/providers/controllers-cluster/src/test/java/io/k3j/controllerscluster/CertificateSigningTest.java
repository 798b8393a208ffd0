package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Times;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.SubjectNames;
import io.k3j.stage.Stage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateSigningTest {
    private static final Gvr REQUESTS = BuiltinResources.CERTIFICATE_SIGNING_REQUESTS;
    private static final RandomGenerator RANDOM = RandomGenerator.of("L64X128MixRandom");
    private final CertificateAuthority clients = authority("k3s-client");
    private final CertificateAuthority servers = authority("k3s-server");
    private String right = "";
    private final Stage stage = new Stage(context -> {
        CertificateSigner.add(context, new CertificateSigner.Signing(this::authorityOf, Duration.ofDays(365), RANDOM));
        CertificateApprover.add(context, (request, subresource) -> subresource.equals(right));
        CertificateCleaner.add(context);
    });

    private CertificateAuthority authority(String name) {
        return CertificateAuthority.selfSigned(name, Keys.elliptic(), Instant.now(), RANDOM);
    }

    private Optional<CertificateAuthority> authorityOf(String signer) {
        return switch (signer) {
            case KubernetesSigners.CLIENT, KubernetesSigners.KUBELET_CLIENT -> Optional.of(clients);
            case KubernetesSigners.KUBELET_SERVING -> Optional.of(servers);
            default -> Optional.empty();
        };
    }

    private Obj asked(String file, String signer, Seq usages) {
        try (var in = CertificateSigningTest.class.getResourceAsStream(file + ".csr")) {
            Struct spec = Struct.of("request", Base64.getEncoder().encodeToString(in.readAllBytes()), "signerName",
                    signer, "usages", usages, "username", "system:node:n1");
            Obj made = stage.api.seed(REQUESTS, Obj.of(Struct.of("apiVersion", "certificates.k8s.io/v1", "kind",
                    "CertificateSigningRequest", "metadata",
                    Struct.of("name", "r", "creationTimestamp", Times.seconds(stage.clock.instant())), "spec", spec)));
            stage.settle();
            return made;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Obj now() {
        return stage.api.get(REQUESTS, io.k3j.model.Key.of("r"));
    }

    private void decide(String condition) {
        stage.api.seed(REQUESTS, KubernetesSigners.with(now(), Struct.of("type", condition, "status", "True",
                "lastUpdateTime", Times.seconds(stage.clock.instant()))));
        stage.settle();
    }

    private X509Certificate certificate() {
        String pem = new String(Base64.getDecoder().decode(now().status().text("certificate")),
                StandardCharsets.US_ASCII);
        return Pem.certificates(pem).getFirst();
    }

    private static Seq usages(String... all) {
        return Seq.copyOf(List.of(all));
    }

    @Test
    void anApprovedClientGetsACertificateOfTheAuthorityForClients() throws Exception {
        asked("client", KubernetesSigners.CLIENT, usages("client auth", "digital signature"));
        assertThat(now().status().text("certificate")).isEmpty();
        decide("Approved");
        certificate().verify(clients.certificate().getPublicKey());
        assertThat(SubjectNames.of(certificate().getSubjectX500Principal()))
                .isEqualTo(new SubjectNames("anne", List.of("team")));
        assertThat(certificate().getNotAfter().toInstant())
                .isEqualTo(stage.clock.instant().truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                        .plus(Duration.ofDays(365)).minusSeconds(300));
    }

    @Test
    void theExpirationThatIsAskedForIsGivenWithinBounds() {
        Obj made = asked("client", KubernetesSigners.CLIENT, usages("client auth"));
        stage.api.seed(REQUESTS, made.with(3600L, "spec", "expirationSeconds"));
        decide("Approved");
        assertThat(Duration.between(certificate().getNotBefore().toInstant(), certificate().getNotAfter().toInstant()))
                .isEqualTo(Duration.ofMinutes(65));
    }

    @Test
    void aKubeletsPortGetsACertificateOfTheAuthorityForServers() throws Exception {
        asked("serving", KubernetesSigners.KUBELET_SERVING, usages("server auth", "digital signature"));
        decide("Approved");
        certificate().verify(servers.certificate().getPublicKey());
        assertThat(certificate().getSubjectAlternativeNames()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"client,kubernetes.io/kube-apiserver-client,server auth,"
            + "invalid usage for client certificate: server auth",
            "client,kubernetes.io/kube-apiserver-client,digital signature,"
                    + "missing required usage for client certificate: client auth",
            "client,kubernetes.io/kubelet-serving,server auth,subject organization is not system:nodes",
            "node,kubernetes.io/kubelet-serving,server auth,DNS or IP subjectAltName is required",
            "serving,kubernetes.io/kube-apiserver-client-kubelet,client auth,DNS subjectAltNames are not allowed",
            "node,kubernetes.io/kube-apiserver-client-kubelet,client auth,"
                    + "usages did not match [client auth digital signature key encipherment]"})
    void whatDoesNotFitItsSignerFailsInUpstreamsWords(String file, String signer, String usage, String message) {
        asked(file, signer, usages(usage));
        decide("Approved");
        Struct failed = now().status().seq("conditions").find("type", "Failed");
        assertThat(failed.text("message")).isEqualTo(message);
        assertThat(failed.text("reason")).isEqualTo("SignerValidationFailure");
        assertThat(now().status().text("certificate")).isEmpty();
    }

    @Test
    void othersSignersAndDeniedRequestsAreLeftAlone() {
        asked("client", "example.com/team", usages("client auth"));
        decide("Approved");
        assertThat(now().status().has("certificate")).isFalse();
        stage.api.vanish(REQUESTS, io.k3j.model.Key.of("r"));
        asked("client", KubernetesSigners.CLIENT, usages("client auth"));
        decide("Denied");
        assertThat(now().status().has("certificate")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"selfnodeclient,self kubelet client", "nodeclient,kubelet client"})
    void aKubeletsClientCertificateIsApprovedAndSignedForWhoMayHaveIt(String given, String words) {
        right = given;
        asked("node", KubernetesSigners.KUBELET_CLIENT, usages("client auth", "digital signature"));
        Struct approved = now().status().seq("conditions").find("type", "Approved");
        assertThat(approved.text("message"))
                .isEqualTo("Auto approving " + words + " certificate after SubjectAccessReview.");
        assertThat(approved.text("reason")).isEqualTo("AutoApproved");
        assertThat(now().status().text("certificate")).isNotEmpty();
    }

    @Test
    void nobodyElsesIsApproved() {
        right = "nodeclient";
        asked("client", KubernetesSigners.CLIENT, usages("client auth"));
        assertThat(now().status().seq("conditions")).isEmpty();
        stage.api.vanish(REQUESTS, io.k3j.model.Key.of("r"));
        right = "";
        asked("node", KubernetesSigners.KUBELET_CLIENT, usages("client auth", "digital signature"));
        assertThat(now().status().seq("conditions")).isEmpty();
    }

    @Test
    void requestsAreGoneAnHourAfterTheyWereDecidedAndADayAfterNobodyDid() {
        asked("client", KubernetesSigners.CLIENT, usages("client auth"));
        decide("Approved");
        stage.pass(Duration.ofMinutes(59));
        assertThat(stage.all(REQUESTS)).hasSize(1);
        stage.pass(Duration.ofMinutes(2));
        assertThat(stage.all(REQUESTS)).isEmpty();
        asked("client", KubernetesSigners.CLIENT, usages("client auth"));
        stage.pass(Duration.ofHours(23));
        assertThat(stage.all(REQUESTS)).hasSize(1);
        stage.pass(Duration.ofHours(2));
        assertThat(stage.all(REQUESTS)).isEmpty();
    }

    @Test
    void whatIsNoRequestFailsAndIsNotTriedAgain() {
        Obj made = asked("client", KubernetesSigners.CLIENT, usages("client auth"));
        stage.api.seed(REQUESTS, made.with("eA==", "spec", "request"));
        decide("Approved");
        assertThat(now().status().seq("conditions").find("type", "Failed").text("message"))
                .isEqualTo("PEM block type must be CERTIFICATE REQUEST");
    }
}
