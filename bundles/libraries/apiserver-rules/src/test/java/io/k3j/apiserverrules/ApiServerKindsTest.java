package io.k3j.apiserverrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kindrules.KindRules;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ApiServerKindsTest {
    /// The engine of expressions is loaded by whoever asks for it, so nobody may before there is an expression.
    private final Map<String, KindRules> rules = ApiServerKinds.rules(() -> {
        throw new AssertionError("nobody has written an expression");
    }, InstantSource.fixed(Instant.EPOCH));

    /// Objects of a kind that is left out would be stored unchecked.
    @Test
    void eachKindByWhichServersAreGovernedHasRules() {
        assertThat(rules).containsOnlyKeys("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding",
                "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "MutatingAdmissionPolicy",
                "ValidatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "ValidatingAdmissionPolicyBinding",
                "FlowSchema", "PriorityLevelConfiguration", "APIService", "CertificateSigningRequest",
                "ClusterTrustBundle", "PodCertificateRequest");
    }
}
