package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodDefaultsTest {
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: p, namespace: default}
            spec:
              containers:
              - name: c
                image: busybox
            """;
    private final Kit kit = new Kit();

    @Test
    void aMinimalPodGetsUpstreamsDefaults() {
        Struct spec = kit.created(POD).struct("spec");
        Struct container = spec.seq("containers").struct(0);
        assertThat(container.text("imagePullPolicy")).isEqualTo("Always");
        assertThat(container.text("terminationMessagePath")).isEqualTo("/dev/termination-log");
        assertThat(spec.text("dnsPolicy")).isEqualTo("ClusterFirst");
        assertThat(spec.text("restartPolicy")).isEqualTo("Always");
        assertThat(spec.whole("terminationGracePeriodSeconds", 0)).isEqualTo(30);
        assertThat(spec.flag("enableServiceLinks")).isTrue();
        assertThat(spec.has("securityContext")).isTrue();
    }

    @Test
    void aVariableOfAFileHasToBeThere() {
        Struct pod = kit.created(POD + "    env: [{name: E, valueFrom: {fileKeyRef: {volumeName: v, path: p}}}]\n");
        assertThat(pod.struct("spec").seq("containers").struct(0).seq("env").struct(0).struct("valueFrom")
                .struct("fileKeyRef").get("optional")).isEqualTo(false);
    }

    @Test
    void defaultingIsIdempotent() {
        Struct once = kit.defaulted(POD);
        assertThat(kit.hooks(once).defaulted(kit.kind(once).gvk(), once)).isEqualTo(once);
    }

    @Test
    void aMissingRequestDefaultsToTheLimit() {
        Struct pod = kit.created(POD + "    resources: {limits: {cpu: 100m, memory: 64Mi}}\n");
        Struct resources = pod.struct("spec").seq("containers").struct(0).struct("resources");
        assertThat(resources.struct("requests")).isEqualTo(Struct.of("cpu", "100m", "memory", "64Mi"));
        assertThat(pod.struct("status")).isEqualTo(Struct.of("phase", "Pending", "qosClass", "Guaranteed"));
    }

    /// Of the resource for which the pod has a limit only: what its containers ask for together, else the limit.
    @Test
    void requestsOfAPodAreThoseOfItsContainersOrItsLimits() {
        Struct pod = kit.created(POD + """
                    resources: {requests: {cpu: 100m}}
                  - name: d
                    image: busybox
                    resources: {limits: {cpu: 50m, hugepages-2Mi: 4Mi}}
                  initContainers:
                  - name: i
                    image: busybox
                    resources: {requests: {cpu: 120m}}
                  resources: {limits: {cpu: "1", memory: 64Mi}}
                """);
        Struct own = pod.struct("spec").struct("resources");
        assertThat(own.struct("requests").texts())
                .isEqualTo(Map.of("cpu", "150m", "memory", "64Mi", "hugepages-2Mi", "4Mi"));
        assertThat(own.struct("limits").texts())
                .isEqualTo(Map.of("cpu", "1", "memory", "64Mi", "hugepages-2Mi", "4Mi"));
        assertThat(kit.created(POD + "  resources: {requests: {cpu: 1}}\n").struct("spec").struct("resources")
                .has("limits")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"{},BestEffort", "{requests: {cpu: 1}},Burstable", "{limits: {cpu: 1; memory: 1Gi}},Guaranteed",
            "{requests: {cpu: 1}; limits: {cpu: 2; memory: 1Gi}},Burstable",
            "{requests: {cpu: 1000m}; limits: {cpu: 1; memory: 1Gi}},Guaranteed"})
    void qualityFollowsRequestsAndLimits(String resources, String quality) {
        Struct pod = kit.created(POD + "    resources: " + resources.replace(';', ',') + "\n");
        assertThat(pod.struct("status").text("qosClass")).isEqualTo(quality);
    }
}
