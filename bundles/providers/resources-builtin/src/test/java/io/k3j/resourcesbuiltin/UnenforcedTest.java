package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnenforcedTest {
    private final Kit kit = new Kit();

    private List<String> warnings(Operation operation, String subresource, Struct o) {
        return kit.hooks(o).warnings(kit.write(operation, o, Optional.of(o), subresource), o);
    }

    private static Struct object(String version, String kind) {
        return Struct.of("apiVersion", version, "kind", kind, "metadata", Struct.of("name", "x"));
    }

    @ParameterizedTest
    @CsvSource({"admissionregistration.k8s.io/v1,ValidatingAdmissionPolicy",
            "admissionregistration.k8s.io/v1,ValidatingAdmissionPolicyBinding"})
    void unenforcedKindsAreStoredWithAWarning(String version, String kind) {
        Struct o = object(version, kind);
        assertThat(warnings(Operation.CREATE, "", o)).singleElement().asString()
                .startsWith(kind + " is stored and not enforced yet");
        assertThat(warnings(Operation.UPDATE, "", o)).hasSize(1);
        assertThat(warnings(Operation.DELETE, "", o)).isEmpty();
        assertThat(warnings(Operation.UPDATE, "status", o)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"autoscaling/v1", "autoscaling/v2"})
    void autoscalersAreStoredWithoutOne(String version) {
        Struct o = object(version, "HorizontalPodAutoscaler");
        assertThat(warnings(Operation.CREATE, "", o)).isEmpty();
    }

    @Test
    void quotasAreEnforcedWithoutAWarning() {
        assertThat(warnings(Operation.CREATE, "", object("v1", "ResourceQuota"))).isEmpty();
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

    @Test
    void anApiServiceWithAServiceCausesAWarning() {
        Struct local = object("apiregistration.k8s.io/v1", "APIService");
        assertThat(warnings(Operation.CREATE, "", local)).isEmpty();
        assertThat(warnings(Operation.CREATE, "", local.with("spec",
                Struct.of("service", Struct.of("name", "s"))))).hasSize(1);
        assertThat(warnings(Operation.CREATE, "", object("v1", "ConfigMap"))).isEmpty();
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

    @Test
    void onlyApproversApproveAndDeny() {
        assertThat(conditionsAfter("status", request(), request("Approved", "Failed"))).containsExactly("Failed");
        assertThat(conditionsAfter("status", request("Denied"), request())).containsExactly("Denied");
        assertThat(conditionsAfter("approval", request(), request("Approved"))).containsExactly("Approved");
    }
}
