package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodResizeTest {
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: p, namespace: default}
            spec:
              initContainers:
              - {name: i, image: x, resources: {requests: {cpu: 1m}}}
              - {name: s, image: x, restartPolicy: Always, resources: {requests: {cpu: 1m}}}
              containers:
              - {name: c, image: x, resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 64Mi}}}
            """;
    private final Kit kit = new Kit();

    @Test
    void allowsChangesOfCpuAndMemoryOnly() {
        assertThat(problems("cpu: 100m, memory: 64Mi}, limits: {memory: 64Mi}",
                "cpu: 1, memory: 32Mi}, limits: {cpu: 2, memory: 96Mi}")).isEmpty();
        assertThat(problems("s, image: x, restartPolicy: Always, resources: {requests: {cpu: 1m",
                "s, image: x, restartPolicy: Always, resources: {requests: {cpu: 2m")).isEmpty();
        assertThat(problems("cpu: 100m,", "cpu: 100m, ephemeral-storage: 1Gi,"))
                .containsExactly("spec: Forbidden: only cpu and memory resources are mutable");
    }

    @Test
    void refusesTheRemovalOfResources() {
        assertThat(problems("cpu: 100m, ", "")).containsExactly(
                "spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed");
        assertThat(problems(", limits: {memory: 64Mi}", ""))
                .containsExactly("spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed");
    }

    @Test
    void initContainersAreResizedUnlessThatWouldRestartThem() {
        String init = "i, image: x, resources: {requests: {cpu: 1m";
        assertThat(problems(init, "i, image: x, resources: {requests: {cpu: 2m")).isEmpty();
        String policy = "i, image: x, resizePolicy: [{resourceName: cpu, restartPolicy: RestartContainer}], resources: "
                + "{requests: {cpu: ";
        assertThat(problems(POD.replace(init, policy + "1m"), policy + "1m", policy + "2m"))
                .containsExactly("spec.initContainers[0]: Forbidden: non-sidecar init containers with a resize policy"
                        + " of RestartContainer cannot be resized");
        assertThat(problems(init, "i, image: x, resources: {requests: {ephemeral-storage: 1Gi, cpu: 1m"))
                .containsExactly("spec.initContainers[0]: Forbidden: only cpu and memory resources for init or sidecar"
                        + " containers are mutable");
    }

    @Test
    void resourcesOfThePodAsAWholeAreResized() {
        String pod = POD + "  resources: {requests: {cpu: 200m, memory: 64Mi}, limits: {memory: 128Mi}}\n";
        assertThat(problems(pod, "requests: {cpu: 200m, memory: 64Mi}, limits: {memory: 128Mi}",
                "requests: {cpu: 300m, memory: 96Mi}, limits: {memory: 256Mi}")).isEmpty();
        assertThat(problems(pod, ", limits: {memory: 128Mi}", "")).containsExactly(
                "spec.resources.limits: Forbidden: pod-level resource limits cannot be removed");
        assertThat(problems(pod, "  resources: {requests: {cpu: 200m, memory: 64Mi}, limits: {memory: 128Mi}}\n", ""))
                .containsExactly("spec.resources: Forbidden: pod-level resources cannot be removed");
    }

    @Test
    void namesEachContainerThatAResizeRenames() {
        String second = "{name: c, image: x, resources: {requests: {cpu: 1m}}}\n  - {name: c2,";
        assertThat(problems(POD.replace("{name: c,", second), "name: c", "name: d")).containsExactly(
                "spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize",
                "spec.containers[1].name: Forbidden: containers may not be renamed or reordered on resize");
        assertThat(problems("name: s,", "name: t,")).containsExactly("spec.initContainers[1].name: Forbidden:"
                + " initContainers may not be renamed or reordered on resize");
    }

    @Test
    void refusesMoreOrFewerContainers() {
        assertThat(problems("{name: c,", "{name: d, image: x}\n  - {name: c,"))
                .containsExactly("spec.containers: Forbidden: containers may not be added or removed on resize");
        assertThat(problems("  - {name: i, image: x, resources: {requests: {cpu: 1m}}}\n", "")).containsExactly(
                "spec.initContainers: Forbidden: initContainers may not be added or removed on resize");
    }

    private List<String> problems(String was, String becomes) {
        return problems(POD, was, becomes);
    }

    private List<String> problems(String pod, String was, String becomes) {
        Struct old = kit.created(pod);
        assertThat(pod).contains(was);
        Struct wanted = kit.defaulted(pod.replace(was, becomes));
        Write write = kit.write(Write.Operation.UPDATE, wanted, Optional.of(old), "resize");
        Struct made = kit.hooks(wanted).prepared(write, wanted);
        return kit.hooks(wanted).problems(write, made).stream().map(FieldProblem::toString).toList();
    }
}
