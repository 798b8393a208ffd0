package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Writes to `/status` of kinds of networking and policy, and what who writes a valid object is warned of.
class GroupStatusTest {
    private final Kit kit = new Kit();

    private static Struct object(String version, String kind, String rest) {
        return Kit.yaml("{apiVersion: " + version + ", kind: " + kind + ", metadata: {name: x, namespace: default}, "
                + rest + "}");
    }

    private List<String> problems(Struct before, Struct after) {
        Write write = kit.write(Operation.UPDATE, after, Optional.of(before), "status");
        return kit.hooks(after).problems(write, after).stream().map(FieldProblem::toString).toList();
    }

    @Test
    void aBudgetCountsFromZeroAndSaysSinceWhen() {
        Struct before = object("policy/v1", "PodDisruptionBudget", "spec: {}");
        Struct after = object("policy/v1", "PodDisruptionBudget", "status: {expectedPods: -1, currentHealthy: 0,"
                + " conditions: [{type: DisruptionAllowed, status: Maybe}]}");
        assertThat(problems(before, after)).containsExactly(
                "status.conditions[0].status: Unsupported value: \"Maybe\": supported values: \"False\", \"True\","
                        + " \"Unknown\"",
                "status.conditions[0].lastTransitionTime: Required value",
                "status.conditions[0].reason: Required value",
                "status.expectedPods: Invalid value: -1: must be greater than or equal to 0");
    }

    @Test
    void anIngressIsReachedByAddressesAndNames() {
        String spec = "spec: {defaultBackend: {service: {name: s, port: {number: 80}}}}, status: {loadBalancer:"
                + " {ingress: ";
        Struct before = object("networking.k8s.io/v1", "Ingress", spec + "[{ip: 010.0.0.1}]}}");
        Struct after = object("networking.k8s.io/v1", "Ingress",
                spec + "[{ip: 010.0.0.1}, {ip: 010.0.0.2}, {ip: 10.0.0.3, hostname: 10.0.0.3}]}}");
        assertThat(problems(before, after)).containsExactly(
                "status.loadBalancer.ingress[1].ip: Invalid value: \"010.0.0.2\": must not have leading 0s",
                "status.loadBalancer.ingress[2].hostname: Invalid value: \"10.0.0.3\": must be a DNS name, not an IP"
                        + " address");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "networking.k8s.io/v1|NetworkPolicy|spec: {egress: [{to: [{ipBlock: {cidr: '2001:DB8::/32'}}]}]}|"
                    + "spec.egress[0].to[0].ipBlock.cidr: IPv6 CIDR value \"2001:DB8::/32\" should be in RFC 5952"
                    + " canonical format (\"2001:db8::/32\")",
            "node.k8s.io/v1|RuntimeClass|scheduling: {nodeSelector: {beta.kubernetes.io/os: linux}}|"
                    + "scheduling.nodeSelector: deprecated since v1.14; use \"kubernetes.io/os\" instead",
            "storage.k8s.io/v1|StorageClass|allowedTopologies: [{matchLabelExpressions: [{key:"
                    + " failure-domain.beta.kubernetes.io/zone, values: [a]}]}]|"
                    + "allowedTopologies[0].matchLabelExpressions[0].key: deprecated since v1.17; use"
                    + " \"topology.kubernetes.io/zone\" instead",
            "storage.k8s.io/v1|CSIStorageCapacity|nodeTopology: {matchExpressions: [{key: beta.kubernetes.io/arch,"
                    + " operator: Exists}]}|nodeTopology.matchExpressions[0].key: beta.kubernetes.io/arch is deprecated"
                    + " since v1.14; use \"kubernetes.io/arch\" instead",
            "storage.k8s.io/v1|CSIStorageCapacity|nodeTopology: {matchLabels: {beta.kubernetes.io/arch: a}}|"
                    + "nodeTopology.matchLabels.beta.kubernetes.io/arch: deprecated since v1.14; use"
                    + " \"kubernetes.io/arch\" instead"})
    void whatIsSaidInAnOldWayIsWarnedOf(String version, String kind, String rest, String warning) {
        Struct o = object(version, kind, rest);
        assertThat(kit.hooks(o).warnings(kit.write(Operation.CREATE, o, Optional.empty(), ""), o))
                .containsExactly(warning);
    }

    @Test
    void anIngressWithAClassOfBeforeIsWarnedOfOnce() {
        Struct o = Kit.yaml("{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: x, namespace: default,"
                + " annotations: {kubernetes.io/ingress.class: a}}}");
        assertThat(kit.hooks(o).warnings(kit.write(Operation.CREATE, o, Optional.empty(), ""), o)).containsExactly(
                "annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' instead");
        assertThat(kit.hooks(o).warnings(kit.write(Operation.UPDATE, o, Optional.of(o), ""), o)).isEmpty();
    }

    /// Its gate is off: what it needs is not stored, but where it is.
    @Test
    void aLeaseForgetsWhoIsPreferred() {
        Struct plain = object("coordination.k8s.io/v1", "Lease", "spec: {holderIdentity: a}");
        Struct preferred = plain.withAt("b", "spec", "preferredHolder").withAt("OldestEmulationVersion", "spec",
                "strategy");
        assertThat(kit.hooks(plain).prepared(kit.write(Operation.CREATE, preferred, Optional.empty(), ""), preferred))
                .isEqualTo(plain);
        assertThat(kit.hooks(plain).prepared(kit.write(Operation.UPDATE, preferred, Optional.of(preferred), ""),
                preferred)).isEqualTo(preferred);
    }
}
