package io.k3j.printers;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.ResourceKind.Column;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The functions of groups with few kinds; those of pods, services, nodes and events are tested with their columns in
/// `resources-builtin`.
class FunctionsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");
    private final Cells cells = new Cells();

    private Object typed(String type, String expression, Object... fields) {
        Column column = new Column("C", type, "", "", 0, "");
        return cells.row(List.of(column), List.of(expression), Obj.of(Struct.of(fields)), NOW).getFirst();
    }

    private Object cell(String expression, Object... fields) {
        return typed("string", expression, fields);
    }

    @Test
    void plainExpressionsShowFields() {
        assertThat(cell(".spec.a", "spec", Struct.of("a", "b"))).isEqualTo("b");
        assertThat(typed("integer", ".spec.a", "spec", Struct.EMPTY)).isEqualTo(0L);
        assertThat(cell("@flag.spec.a", "spec", Struct.of("a", true))).isEqualTo(true);
        assertThat(cell("#spec.a", "spec", Struct.of("a", 3))).isEqualTo(3L);
        assertThat(cell("#spec.a", "spec", Struct.EMPTY)).isEqualTo(0L);
        assertThat(typed("boolean", "@flag.spec.a", "spec", Struct.EMPTY)).isEqualTo(false);
        assertThat(cell("age", "metadata", Struct.of("creationTimestamp", "2026-01-01T00:00:00Z"))).isEqualTo("10m");
        assertThat(cell("age", "metadata", Struct.EMPTY)).isEqualTo("<unknown>");
    }

    @Test
    void unknownFunctionsAreNotKnown() {
        assertThat(cells.knows("@pod.status")).isTrue();
        assertThat(cells.knows("@pod.mood")).isFalse();
    }

    @Test
    void damagedTimestampsOfAJobAreUnknown() {
        assertThat(cell("@job.duration", "status", Struct.of("startTime", "2026-01-01T00:00:00Z"))).isEqualTo("10m");
        assertThat(cell("@job.duration", "status", Struct.of("startTime", "2026-01-01T00:00:00Z", "completionTime",
                "2026-01-01T00:00:07Z"))).isEqualTo("7s");
        assertThat(cell("@job.duration", "status", Struct.of("startTime", "soon"))).isEqualTo("<unknown>");
        assertThat(cell("@job.duration", "status", Struct.of("startTime", "2026-01-01T00:00:00Z", "completionTime",
                "late"))).isEqualTo("<unknown>");
    }

    @Test
    void aCronJobThatDoesNotSaySuspendIsUnset() {
        assertThat(cell("@cronjob.suspend", "spec", Struct.EMPTY)).isEqualTo("<unset>");
        assertThat(cell("@cronjob.suspend", "spec", Struct.of("suspend", true))).isEqualTo("True");
        assertThat(cell("@cronjob.suspend", "spec", Struct.of("suspend", false))).isEqualTo("False");
    }

    @Test
    void endpointsAreListedPortByPort() {
        Seq ips = Seq.of(Struct.of("ip", "10.0.0.1"), Struct.of("ip", "10.0.0.2"));
        Seq ports = Seq.of(Struct.of("port", 80), Struct.of("port", 443));
        assertThat(cell("@endpoints.endpoints", "subsets", Seq.of(Struct.of("addresses", ips, "ports", ports))))
                .isEqualTo("10.0.0.1:80,10.0.0.2:80,10.0.0.1:443 + 1 more...");
    }

    @Test
    void endpointsThatAreNotReadyAreNotListed() {
        Seq waiting = Seq.of(Struct.of("notReadyAddresses", Seq.of(Struct.of("ip", "10.0.0.1"))));
        assertThat(cell("@endpoints.endpoints", "subsets", waiting)).isEqualTo("");
        assertThat(cell("@endpoints.endpoints", "subsets", Seq.of())).isEqualTo("<none>");
    }

    @Test
    void anIpv6EndpointStandsInBracketsOnlyBeforeAPort() {
        Seq ips = Seq.of(Struct.of("ip", "fd00::1"));
        assertThat(cell("@endpoints.endpoints", "subsets", Seq.of(Struct.of("addresses", ips))))
                .isEqualTo("fd00::1");
        assertThat(cell("@endpoints.endpoints", "subsets",
                Seq.of(Struct.of("addresses", ips, "ports", Seq.of(Struct.of("port", 80)))))).isEqualTo("[fd00::1]:80");
    }

    @Test
    void anEventWithoutACountHappenedOnce() {
        assertThat(typed("integer", "@event.count", "reason", "Started")).isEqualTo(1L);
        assertThat(typed("integer", "@event.count", "count", 3)).isEqualTo(3L);
        assertThat(typed("integer", "@event.count", "count", 1, "series", Struct.of("count", 5))).isEqualTo(5L);
    }

    @Test
    void aQuotaShowsWhatIsUsedOfWhatMayBe() {
        Object status = Struct.of("hard", Struct.of("limits.cpu", "4", "pods", "10"), "used", Struct.of("pods", "3"));
        assertThat(cell("@quota.request", "status", status)).isEqualTo("pods: 3/10");
        assertThat(cell("@quota.limit", "status", status)).isEqualTo("limits.cpu: 0/4");
    }

    @Test
    void whatADisruptionBudgetDoesNotSayIsNotAvailable() {
        assertThat(cell("@pdb.min", "spec", Struct.of("minAvailable", 2))).isEqualTo("2");
        assertThat(cell("@pdb.max", "spec", Struct.of("minAvailable", 2))).isEqualTo("N/A");
        assertThat(cell("@pdb.max", "metadata", Struct.EMPTY)).isEqualTo("N/A");
    }

    @Test
    void bindingsShowTheirSubjectsByKind() {
        Object subjects = Seq.of(Struct.of("kind", "User", "name", "a"),
                Struct.of("kind", "ServiceAccount", "namespace", "n", "name", "s"));
        assertThat(cell("@binding.users", "subjects", subjects)).isEqualTo("a");
        assertThat(cell("@binding.accounts", "subjects", subjects)).isEqualTo("n/s");
        assertThat(cell("@binding.groups", "subjects", subjects)).isEqualTo("");
    }

    @Test
    void signingRequestsShowWhatBecameOfThem() {
        assertThat(cell("@csr.condition", "status", Struct.EMPTY)).isEqualTo("Pending");
        assertThat(cell("@csr.condition", "status", Struct.of("conditions", Seq.of(Struct.of("type", "Approved")),
                "certificate", "x"))).isEqualTo("Approved,Issued");
        assertThat(cell("@csr.signer", "spec", Struct.EMPTY)).isEqualTo("<none>");
        assertThat(cell("@csr.duration", "spec", Struct.of("expirationSeconds", 3600))).isEqualTo("60m");
    }

    @Test
    void policiesShowTheirParameters() {
        assertThat(cell("@policy.ref", "spec", Struct.of("paramRef", Struct.of("namespace", "n", "name", "p"))))
                .isEqualTo("n/p");
        assertThat(cell("@policy.ref", "spec", Struct.of("paramRef", Struct.of("name", "p")))).isEqualTo("*/p");
        assertThat(cell("@policy.ref", "spec", Struct.of("paramRef", Struct.of("selector", Struct.of("matchLabels",
                Struct.of("a", "b"), "matchExpressions",
                Seq.of(Struct.of("key", "c", "operator", "In", "values", Seq.of("x", "y"))))))))
                .isEqualTo("&LabelSelector{MatchLabels:map[string]string{a: b,},MatchExpressions:"
                        + "[]LabelSelectorRequirement{LabelSelectorRequirement{Key:c,Operator:In,Values:[x y],},},}");
        assertThat(cell("@policy.ref", "spec", Struct.EMPTY)).isEqualTo("<unset>");
        assertThat(cell("@policy.kind", "spec", Struct.EMPTY)).isEqualTo("<unset>");
    }

    @Test
    void priorityLevelsShowTheirQueues() {
        Object limited = Struct.of("limited",
                Struct.of("limitResponse", Struct.of("queuing", Struct.of("queues", 64))));
        assertThat(cell("@level.queues", "spec", limited)).isEqualTo(64L);
        assertThat(cell("@level.shares", "spec", Struct.EMPTY)).isEqualTo("<none>");
        assertThat(cell("@flowschema.missing", "status", Struct.EMPTY)).isEqualTo("?");
    }

    @Test
    void apiServicesShowWhoServesThem() {
        assertThat(cell("@apiservice.service", "spec", Struct.EMPTY)).isEqualTo("Local");
        assertThat(cell("@apiservice.available", "status", Struct.of("conditions", Seq.of(Struct.of("type",
                "Available", "status", "False", "reason", "MissingEndpoints")))))
                .isEqualTo("False (MissingEndpoints)");
        assertThat(cell("@apiservice.available", "status", Struct.of("conditions", Seq.of(Struct.of("type",
                "Available", "status", "False"))))).isEqualTo("False");
    }

    @Test
    void claimsOfDevicesShowTheirStates() {
        assertThat(cell("@claim.state", "status", Struct.EMPTY)).isEqualTo("pending");
        assertThat(cell("@claim.state", "status", Struct.of("allocation", Struct.of("a", 1), "reservedFor",
                Seq.of(Struct.of("name", "p"))))).isEqualTo("allocated,reserved");
        assertThat(cell("@claim.state", "status", Struct.of("reservedFor", Seq.of(Struct.of("name", "p")))))
                .isEqualTo("pending");
    }

    @Test
    void autoscalersShowTheirTargets() {
        Object spec = Struct.of("metrics", Seq.of(Struct.of("type", "Resource", "resource",
                Struct.of("name", "cpu", "target", Struct.of("averageUtilization", 80)))));
        assertThat(cell("@hpa.targets", "spec", spec)).isEqualTo("cpu: <unknown>/80%");
        assertThat(cell("@hpa.min", "spec", spec)).isEqualTo("<unset>");
    }
}
