package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateRequest;
import io.k3j.pki.Pem;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoredKindsTest {
    private final Kit kit = new Kit();

    private List<String> warnings(Operation operation, String subresource, Struct o) {
        return kit.hooks(o).warnings(kit.write(operation, o, Optional.of(o), subresource), o);
    }

    private static Struct object(String version, String kind) {
        return Struct.of("apiVersion", version, "kind", kind, "metadata", Struct.of("name", "x"));
    }

    @ParameterizedTest
    @CsvSource({"v1,ResourceQuota", "autoscaling/v2,HorizontalPodAutoscaler", "autoscaling/v1,HorizontalPodAutoscaler",
            "admissionregistration.k8s.io/v1,ValidatingAdmissionPolicy",
            "admissionregistration.k8s.io/v1,ValidatingAdmissionPolicyBinding",
            "apiregistration.k8s.io/v1,APIService"})
    void enforcedKindsAreStoredWithoutAWarning(String version, String kind) {
        assertThat(warnings(Operation.CREATE, "", object(version, kind))).isEmpty();
    }

    @Test
    void policiesCauseAWarningWhereTheyAreDisabled() {
        Struct policy = object("networking.k8s.io/v1", "NetworkPolicy");
        assertThat(warnings(Operation.CREATE, "", policy)).isEmpty();
        Kit disabled = new Kit(false);
        KindHooks hooks = disabled.hooks(policy);
        assertThat(hooks.warnings(disabled.write(Operation.CREATE, policy, Optional.empty(), ""), policy))
                .singleElement().asString().contains("--disable-network-policy");
        assertThat(hooks.warnings(disabled.write(Operation.DELETE, policy, Optional.of(policy), ""), policy)).isEmpty();
    }

    private List<String> requestProblems(String pem) {
        return kit.createProblems(object("certificates.k8s.io/v1", "CertificateSigningRequest").with("spec",
                Struct.of("signerName", "a.example/b", "usages", Seq.of("client auth"), "request",
                        Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII)))));
    }

    @Test
    void aRequestIsReadWhenItIsMadeWithWhateverKeyGoKnows() throws NoSuchAlgorithmException {
        for (String algorithm : List.of("Ed25519", "EC")) {
            assertThat(requestProblems(Pem.encode("CERTIFICATE REQUEST", CertificateRequest.create("a",
                    KeyPairGenerator.getInstance(algorithm).generateKeyPair())))).as(algorithm).isEmpty();
        }
        assertThat(requestProblems("junk")).containsExactly("spec.request: Invalid value: \"anVuaw==\": PEM block type"
                + " must be CERTIFICATE REQUEST");
    }

    @Test
    void aRequestIsForASignerAndForUsagesThereAre() {
        Struct asked = Struct.of("signerName", "signer", "usages", Seq.of("any", "any", "all"), "request", "");
        assertThat(
                kit.createProblems(object("certificates.k8s.io/v1", "CertificateSigningRequest").with("spec", asked)))
                .anyMatch(p -> p.startsWith("spec.request: Invalid value"))
                .anyMatch(p -> p.startsWith("spec.usages[2]: Unsupported value: \"all\": supported values: \"any\","
                        + " \"cert sign\", \"client auth\", "))
                .contains("spec.usages[1]: Duplicate value: \"any\"")
                .contains("spec.signerName: Invalid value: \"signer\": must be a fully qualified domain and path of the"
                        + " form 'example.com/signer-name'")
                .hasSize(4);
        Struct old = Struct.of("signerName", "kubernetes.io/legacy-unknown", "request", "", "expirationSeconds", 599L);
        assertThat(kit.createProblems(object("certificates.k8s.io/v1", "CertificateSigningRequest").with("spec", old)))
                .contains("spec.usages: Required value", "spec.signerName: Invalid value:"
                        + " \"kubernetes.io/legacy-unknown\": the legacy signerName is not allowed via this API"
                        + " version",
                        "spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds"
                                + " (10 minutes)");
    }
}
