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

    private static Struct request(String... conditions) {
        return object("certificates.k8s.io/v1", "CertificateSigningRequest").with("status",
                Struct.of("conditions", Seq.copyOf(List.of(conditions).stream()
                        .map(c -> Struct.of("type", c, "status", "True")).toList())));
    }

    private List<String> conditionsAfter(String subresource, Struct before, Struct after) {
        return kit.hooks(after).prepared(kit.write(Operation.UPDATE, after, Optional.of(before), subresource), after)
                .struct("status").seq("conditions").structs().stream().map(c -> c.text("type")).toList();
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
    void onlyApproversApproveAndDeny() {
        assertThat(conditionsAfter("status", request(), request("Approved", "Failed"))).containsExactly("Failed");
        assertThat(conditionsAfter("status", request("Denied"), request())).containsExactly("Denied");
        assertThat(conditionsAfter("approval", request(), request("Approved"))).containsExactly("Approved");
    }
}
