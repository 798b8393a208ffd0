package io.k3j.resourcescrd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.codec.Yaml;
import io.k3j.metricstext.CustomResourceMetrics;
import io.k3j.model.Obj;
import io.k3j.schema.Schemas;
import io.k3j.testkit.HostileRequest;
import io.k3j.testkitobjects.ObjectServer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What validation rules take is counted under upstream's names.
class RuleMetricsTest {
    private static final String DEFINITION = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: tests.a.com}
            spec:
              group: a.com
              scope: Cluster
              names: {plural: tests, singular: test, kind: Test, listKind: TestList}
              versions:
              - name: v1
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object, properties: {a: {type: integer,
                  x-kubernetes-validations: [{rule: self > 1}]}}}}
            """;

    @Test
    void compilingOnceAndEachEvaluationAreCounted() throws Exception {
        Definitions definitions = new Definitions(new Schemas());
        Obj definition = Obj.of(Yaml.document(DEFINITION.getBytes(StandardCharsets.UTF_8)).object());
        definitions.put(DefinitionStatus.of(definition, List.of(), Instant.EPOCH));
        CustomResourceMetrics metrics = new CustomResourceMetrics(() -> 0);
        CustomHooks hooks = new CustomHooks(definitions, Webhooks.none(),
                new RuleEngine(() -> Rules.BOUND, () -> 0, metrics));
        try (ObjectServer server = new ObjectServer(ObjectServer.PLENTY,
                new ObjectServer.Serving(definitions.rows(), List.of(hooks), List.of(), false))) {
            assertThat(created(server, 2)).isEqualTo("200");
            assertThat(created(server, 1)).startsWith("422");
        }
        assertThat(metrics.text()).contains("apiserver_cel_compilation_duration_seconds_count 1\n",
                "apiserver_cel_evaluation_duration_seconds_bucket{le=\"0.005\"} 2\n",
                "apiserver_cel_evaluation_duration_seconds_count 2\n");
    }

    private static String created(ObjectServer server, int value) throws Exception {
        return server.serve(new HostileRequest("POST", "/apis/a.com/v1/tests", "application/json",
                Json.bytes(Yaml.document(("{apiVersion: a.com/v1, kind: Test, metadata: {name: t" + value + "}, a: "
                        + value + "}").getBytes(StandardCharsets.UTF_8)).object())));
    }
}
