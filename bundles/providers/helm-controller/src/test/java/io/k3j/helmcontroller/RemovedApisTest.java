package io.k3j.helmcontroller;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemovedApisTest {
    @ParameterizedTest
    @CsvSource({"extensions/v1beta1, Ingress, networking.k8s.io/v1", "extensions/v1beta1, Deployment, apps/v1",
            "autoscaling/v2beta2, HorizontalPodAutoscaler, autoscaling/v2",
            "policy/v1beta1, PodDisruptionBudget, policy/v1",
            "rbac.authorization.k8s.io/v1beta1, RoleBindingList, rbac.authorization.k8s.io/v1",
            "flowcontrol.apiserver.k8s.io/v1beta1, FlowSchema, flowcontrol.apiserver.k8s.io/v1"})
    void aVersionThatIsGoneBecomesTheOneThatIsServed(String before, String kind, String after) {
        String manifest = "---\n# Source: web/templates/a.yaml\napiVersion: %s\nkind: %s\nmetadata:\n  name: a\n";
        assertThat(RemovedApis.mapped(manifest.formatted(before, kind))).isEqualTo(manifest.formatted(after, kind));
    }

    @Test
    void orderQuotesAndCommentsOfTheFieldsDoNotMatter() {
        String object = "kind: 'CronJob' # nightly\nmetadata:\n  name: a\napiVersion: %s\n";
        assertThat(RemovedApis.mapped(object.formatted("\"batch/v1beta1\""))).isEqualTo(object.formatted("batch/v1"));
    }

    @Test
    void whatNothingTookThePlaceOfIsLeftOut() {
        assertThat(RemovedApis.mapped("""
                ---
                apiVersion: v1
                kind: ConfigMap
                ---
                apiVersion: policy/v1beta1
                kind: PodSecurityPolicy
                ---
                apiVersion: apps/v1
                kind: Deployment
                """)).isEqualTo("""
                ---
                apiVersion: v1
                kind: ConfigMap
                ---
                apiVersion: apps/v1
                kind: Deployment
                """);
    }

    @Test
    void whatIsServedAndWhatIsOnlyTextStays() {
        String manifest = """
                ---
                apiVersion: v1
                kind: ConfigMap
                data:
                  old: |
                    apiVersion: batch/v1beta1
                    kind: CronJob
                ---
                apiVersion: example.org/v1beta1
                kind: Deployment
                """;
        assertThat(RemovedApis.mapped(manifest)).isSameAs(manifest);
    }
}
