package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiServiceRulesTest {
    private final Kit kit = new Kit();

    private static Struct service(String name, String spec) {
        return Kit.yaml("{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: \"" + name
                + "\", creationTimestamp: \"2026-01-01T00:00:00Z\"}, spec: " + spec + "}");
    }

    private List<String> problems(Struct o) {
        return kit.hooks(o).problems(kit.write(Operation.CREATE, o, Optional.empty(), ""), o).stream()
                .map(ApiServiceRulesTest::text).toList();
    }

    private static String text(FieldProblem p) {
        return p.field() + ": " + p.message();
    }

    private Struct prepared(Operation operation, Struct o) {
        return kit.hooks(o).prepared(kit.write(operation, o, Optional.of(o), ""), o);
    }

    @Test
    void theCoreGroupsNameEndsInADot() {
        assertThat(problems(service("v1.", "{version: v1, groupPriorityMinimum: 18000, versionPriority: 1}")))
                .isEmpty();
        assertThat(problems(service("v1.a.b",
                "{group: a.b, version: v1, groupPriorityMinimum: 1, versionPriority: 1, "
                        + "service: {namespace: ns, name: s, port: 443}}")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "v1.a | {group: b, version: v1} | must be `spec.version+\".\"+spec.group`: \"v1.b\"",
            "v2. | {version: v2} | only v1 may have an empty group and it better be legacy kube",
            "v1.A | {group: A, version: v1} | a lowercase RFC 1123 subdomain must consist",
            "V.a | {group: a, version: V} | a DNS-1035 label must consist",
            "v1.a | {group: a, version: v1, groupPriorityMinimum: 20001} | must be positive and less than 20000",
            "v1.a | {group: a, version: v1, versionPriority: 1001} | must be positive and less than 1000",
            "v1.a | {group: a, version: v1, caBundle: YWJj} | local APIServices may not have a caBundle",
            "v1.a | {group: a, version: v1, insecureSkipTLSVerify: true} | local APIServices may not have insecure",
            "v1.a | {group: a, version: v1, service: {namespace: ns}} | spec.service.name: Required value",
            "v1.a | {group: a, version: v1, service: {name: n}} | spec.service.namespace: Required value",
            "v1.a | {group: a, version: v1, service: {name: n, namespace: ns, port: 65536}} | spec.service.port:"
                    + " Invalid value: 65536: port is not valid: must be between 1 and 65535, inclusive",
            "v1.a | {group: a, version: v1, caBundle: YWJj, insecureSkipTLSVerify: true, service: {namespace: ns, "
                    + "name: s}} | may not be true if caBundle is present"})
    void whatIsWrongIsToldInUpstreamsWords(String name, String spec, String told) {
        assertThat(String.join("\n", problems(service(name, spec)))).contains(told);
    }

    /// Who says how an APIService is, changes no labels with it.
    @Test
    void aStatusSaysOfEachConditionWhetherItIsSo() {
        Struct before = service("v1.a", "{group: a, version: v1}").withAt(Struct.of("a", "b"), "metadata", "labels");
        Struct after = service("v1.a", "{group: a, version: v1}").with("status",
                Struct.of("conditions", Seq.of(Struct.of("type", "Available", "status", "Maybe"),
                        Struct.of("type", "Other", "status", ""), Struct.of("type", "Known", "status", "Unknown"))));
        Write write = kit.write(Operation.UPDATE, after, Optional.of(before), "status");
        Struct prepared = kit.hooks(after).prepared(write, after);
        assertThat(prepared.struct("metadata")).isEqualTo(before.struct("metadata"));
        String known = ": supported values: \"True\", \"False\", \"Unknown\"";
        assertThat(kit.hooks(after).problems(write, prepared)).map(ApiServiceRulesTest::text).containsExactly(
                "status.conditions[0].status: Unsupported value: \"Maybe\"" + known,
                "status.conditions[1].status: Unsupported value: \"\"" + known);
    }

    @Test
    void aLocalOneIsAvailableFromTheBeginning() {
        Struct local = service("v1.a", "{group: a, version: v1}");
        Struct condition = prepared(Operation.CREATE, local).struct("status").seq("conditions").struct(0);
        assertThat(condition).isEqualTo(Struct.of("type", "Available", "status", "True", "lastTransitionTime",
                "2026-01-01T00:00:00Z", "reason", "Local", "message", "Local APIServices are always available"));
        assertThat(prepared(Operation.UPDATE, local)).isEqualTo(local);
        Struct remote = service("v1.a", "{group: a, version: v1, service: {namespace: ns, name: s}}");
        assertThat(prepared(Operation.CREATE, remote)).isEqualTo(remote);
    }
}
