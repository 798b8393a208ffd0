package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiClient;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CertificateAdmissionTest {
    private static final Gvr REQUESTS = new Gvr("certificates.k8s.io", "v1", "certificatesigningrequests");
    private static final Gvr BUNDLES = new Gvr("certificates.k8s.io", "v1beta1", "clustertrustbundles");
    private static final Caller ANNE = Caller.of("anne", List.of("team"));
    private final Stage stage = new Stage();

    @AfterEach
    void close() {
        stage.close();
    }

    private static Struct request(String signer, Struct status) {
        return Struct.of("apiVersion", "certificates.k8s.io/v1", "kind", "CertificateSigningRequest", "metadata",
                Struct.of("name", "p"), "spec", Struct.of("signerName", signer), "status", status);
    }

    private static Struct bundle(String signer, String text) {
        return Struct.of("apiVersion", "certificates.k8s.io/v1beta1", "kind", "ClusterTrustBundle", "metadata",
                Struct.of("name", "p"), "spec",
                Struct.builder().putUnlessEmpty("signerName", signer).put("trustBundle", text).build());
    }

    private Write bundleWrite(Operation operation, Optional<Struct> before) {
        Write plain = stage.write(operation, BUNDLES, "ClusterTrustBundle", ANNE);
        return new Write(operation, plain.kind(), "", Key.of("p"), before, ANNE, false, Struct.EMPTY);
    }

    private Write update(String subresource, Struct before) {
        Write plain = stage.write(Operation.UPDATE, REQUESTS, "CertificateSigningRequest", ANNE);
        return new Write(Operation.UPDATE, plain.kind(), subresource, Key.of("p"), Optional.of(before), ANNE, false,
                Struct.EMPTY);
    }

    /// Listers whose reviews allow one verb on one signer.
    private static Listers allowing(String verb, String name) {
        return new Listers((ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(),
                new Class<?>[] {ApiClient.class}, (proxy, method, args) -> {
                    Struct asked = ((Struct) args[3]).struct("spec");
                    Struct what = asked.struct("resourceAttributes");
                    boolean yes = asked.text("user").equals("anne") && what.text("resource").equals("signers")
                            && what.text("verb").equals(verb) && what.text("name").equals(name);
                    return Struct.of("status", Struct.of("allowed", yes));
                }));
    }

    @Test
    void whoApprovesNeedsTheSignersRight() {
        Struct before = request("example.com/team", Struct.EMPTY);
        Write write = update("approval", before);
        new CertificateApproval(allowing("approve", "example.com/team")).validate(write, before);
        new CertificateApproval(allowing("approve", "example.com/*")).validate(write, before);
        CertificateApproval other = new CertificateApproval(allowing("sign", "example.com/team"));
        assertThat(other.handles(write)).isTrue();
        assertThatThrownBy(() -> other.validate(write, request("other.com/x", Struct.EMPTY))).hasMessage(
                "certificatesigningrequests.certificates.k8s.io \"p\" is forbidden: user not permitted to approve"
                        + " requests with signerName \"example.com/team\"");
    }

    @Test
    void whoSignsNeedsTheSignersRight() {
        Struct before = request("example.com/team", Struct.EMPTY);
        Struct signed = request("example.com/team", Struct.of("certificate", "eA=="));
        Write write = update("status", before);
        new CertificateSigningRights(allowing("sign", "example.com/team")).validate(write, signed);
        CertificateSigningRights nobody = new CertificateSigningRights(allowing("", ""));
        nobody.validate(write, before);
        assertThatThrownBy(() -> nobody.validate(write, signed)).hasMessageEndingWith(
                "user not permitted to sign requests with signerName \"example.com/team\"");
    }

    @Test
    void whoWritesABundleOfASignerNeedsItsRight() {
        Struct bundle = bundle("example.com/team", "x");
        Write create = bundleWrite(Operation.CREATE, Optional.empty());
        new ClusterTrustBundleAttest(allowing("attest", "example.com/team")).validate(create, bundle);
        new ClusterTrustBundleAttest(allowing("attest", "example.com/*")).validate(create, bundle);
        ClusterTrustBundleAttest nobody = new ClusterTrustBundleAttest(allowing("sign", "example.com/team"));
        assertThat(nobody.handles(create)).isTrue();
        nobody.validate(create, bundle("", "x"));
        assertThatThrownBy(() -> nobody.validate(create, bundle)).hasMessage(
                "clustertrustbundles.certificates.k8s.io \"p\" is forbidden: user not permitted to attest for"
                        + " signerName \"example.com/team\"");
    }

    @Test
    void aBundleIsCollectedWithoutTheRight() {
        Struct bundle = bundle("example.com/team", "x");
        Write update = bundleWrite(Operation.UPDATE, Optional.of(bundle));
        ClusterTrustBundleAttest nobody = new ClusterTrustBundleAttest(allowing("", ""));
        nobody.validate(update, bundle.withAt(List.of("a.example/b"), "metadata", "finalizers"));
        assertThatThrownBy(() -> nobody.validate(update, bundle("example.com/team", "y")))
                .hasMessageContaining("not permitted to attest");
        assertThatThrownBy(() -> nobody.validate(update, bundle.withAt("v", "metadata", "labels", "l")))
                .hasMessageContaining("not permitted to attest");
        assertThat(nobody.handles(bundleWrite(Operation.DELETE, Optional.of(bundle)))).isFalse();
    }

    @Test
    void whoSaysWhatBecameOfAPodsRequestNeedsTheSignersRight() {
        Struct before = Struct.of("spec", Struct.of("signerName", "example.com/team"));
        Struct denied = before.with("status", Struct.of("conditions", List.of(Struct.of("type", "Denied"))));
        Write plain = stage.write(Operation.UPDATE, new Gvr("certificates.k8s.io", "v1beta1",
                "podcertificaterequests"), "PodCertificateRequest", ANNE);
        Write write = new Write(Operation.UPDATE, plain.kind(), "status", Key.of("p"), Optional.of(before), ANNE,
                false, Struct.EMPTY);
        new PodCertificateSigning(allowing("sign", "example.com/*")).validate(write, denied);
        PodCertificateSigning nobody = new PodCertificateSigning(allowing("attest", "example.com/team"));
        assertThat(nobody.handles(write)).isTrue();
        nobody.validate(write, before);
        assertThatThrownBy(() -> nobody.validate(write, denied)).hasMessageEndingWith(
                "User \"anne\" is not permitted to \"sign\" for signer \"example.com/team\"");
    }

    @Test
    void nobodyAsksForAnAdministratorsCertificate() {
        CertificateSubjectRestriction plugin = new CertificateSubjectRestriction();
        Write write = stage.creates(REQUESTS, "CertificateSigningRequest");
        assertThat(plugin.handles(write)).isTrue();
        Struct masters = request("kubernetes.io/kube-apiserver-client", Struct.EMPTY).withAt(
                Base64.getEncoder().encodeToString(CSR.getBytes(StandardCharsets.US_ASCII)), "spec", "request");
        assertThatThrownBy(() -> plugin.validate(write, masters)).hasMessageEndingWith(
                "use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed");
        plugin.validate(write, masters.withAt("example.com/team", "spec", "signerName"));
        assertThatThrownBy(() -> plugin.validate(write, masters.withAt("eA==", "spec", "request")))
                .hasMessageEndingWith("failed to parse CSR: PEM block type must be CERTIFICATE REQUEST");
    }

    /// `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /O=system:masters/CN=anne`.
    private static final String CSR = """
            -----BEGIN CERTIFICATE REQUEST-----
            MIHkMIGKAgEAMCgxFzAVBgNVBAoMDnN5c3RlbTptYXN0ZXJzMQ0wCwYDVQQDDARh
            bm5lMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEJvHxv+PyDifdL6GW/nsc4aC8
            72yDGv/mK5ZgyvpaSPnhPOPghM9xyjLAD3nVbMNiuGJ5aRbdB0Wqj6aell4IgaAA
            MAoGCCqGSM49BAMCA0kAMEYCIQDqqHchGsqDEmkwSLfo/WRfPQQD/2AcF+fQtDB/
            cVdDKAIhALqPSheO5bpRdDmqFb7vOZkHiPvDOMUfnR4wahNt8QC0
            -----END CERTIFICATE REQUEST-----
            """;
}
