package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PodWarningsTest {
    private static final String NO_PODS = "a null labelSelector results in matching no pod";

    /// @param spec of the pod, as YAML
    record Case(String spec, List<String> expected) {
        static Case of(String spec, String... expected) {
            return new Case(spec, Arrays.asList(expected));
        }
    }

    private static Struct pod(String more) {
        return Kit.yaml("""
                apiVersion: v1
                kind: Pod
                metadata: {name: p, namespace: d}
                spec: {%s}
                """.formatted(more));
    }

    private static String ports(String... all) {
        return "containers: [{name: c, ports: [" + String.join(", ", all) + "]}]";
    }

    static Stream<Case> places() {
        String hostname = "topologyKey: kubernetes.io/hostname";
        String arch = "deprecated since v1.14; use \"kubernetes.io/arch\" instead";
        return Stream.of(
                Case.of("nodeSelector: {beta.kubernetes.io/arch: a, kubernetes.io/arch: a}",
                        "nodeSelector[beta.kubernetes.io/arch]: " + arch),
                Case.of("affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1,"
                        + " preference: {matchExpressions: [{key: beta.kubernetes.io/arch, operator: Exists}]}}]}}",
                        "affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference"
                                + ".matchExpressions[0].key: beta.kubernetes.io/arch is " + arch),
                Case.of("topologySpreadConstraints: [{topologyKey: beta.kubernetes.io/arch, labelSelector: {}}, {"
                        + hostname + "}]",
                        "topologySpreadConstraints[0].topologyKey: beta.kubernetes.io/arch is " + arch,
                        "topologySpreadConstraints[1].labelSelector: " + NO_PODS),
                Case.of("affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{" + hostname
                        + "}]}, podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1,"
                        + " podAffinityTerm: {" + hostname + "}}]}}",
                        "affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: "
                                + NO_PODS,
                        "affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm"
                                + ".labelSelector: " + NO_PODS));
    }

    static Stream<Case> fields() {
        return Stream.of(
                Case.of("volumes: [{name: v, gitRepo: {repository: r}}]", "volumes[0].gitRepo: deprecated in v1.11"),
                Case.of("hostAliases: [{ip: 10.0.0.1}, {ip: 10.0.0.1}], imagePullSecrets: [{name: a}, {name: a}, {}]",
                        "hostAliases[1].ip: duplicate ip \"10.0.0.1\"",
                        "imagePullSecrets[1].name: duplicate name \"a\"",
                        "imagePullSecrets[2].name: invalid empty name \"\""),
                Case.of("containers: [{name: c, resources: {limits: {memory: 1500m, cpu: 1500m}}}]",
                        "containers[0].resources.limits[memory]: fractional byte value \"1500m\" is invalid, must be"
                                + " an integer"),
                Case.of("initContainers: [{name: c, env: [{name: A, value: a}, {name: A, value: b}, {name: A, value:"
                        + " '$(A)c'}]}]",
                        "initContainers[0].env[1]: hides previous definition of \"A\", which may be dropped when"
                                + " using apply"),
                Case.of(ports("{containerPort: 80, protocol: TCP, hostIP: 10.0.0.1}"),
                        "containers[0].ports[0]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:80"
                                + " Protocol:TCP HostIP:10.0.0.1}"),
                Case.of(ports("{containerPort: 80, protocol: TCP}", "{containerPort: 80, protocol: TCP}",
                        "{containerPort: 80, protocol: UDP}"),
                        "containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]"),
                Case.of(ports("{containerPort: 80, protocol: TCP}", "{containerPort: 80, protocol: TCP, hostPort: 81}"),
                        "containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]"),
                Case.of(ports("{containerPort: 80, protocol: TCP, hostPort: 81}",
                        "{containerPort: 80, protocol: TCP, hostPort: 81, hostIP: 10.0.0.1}"),
                        "containers[0].ports[1]: dangerously ambiguous port definition with"
                                + " spec.containers[0].ports[0]"));
    }

    @ParameterizedTest
    @MethodSource({"places", "fields"})
    void eachIsToldInUpstreamsWords(Case c) {
        assertThat(PodWarnings.pod(pod(c.spec)))
                .containsExactlyElementsOf(c.expected.stream().map(e -> "spec." + e).toList());
    }

    @Test
    void annotationsThatFieldsHaveTakenThePlaceOf() {
        Struct annotations = Struct.of("scheduler.alpha.kubernetes.io/critical-pod", "",
                "seccomp.security.alpha.kubernetes.io/pod", "unconfined",
                "container.apparmor.security.beta.kubernetes.io/c", "unconfined");
        Struct pod = pod("containers: [{name: c}]").withAt(annotations, "metadata", "annotations");
        String at = "metadata.annotations";
        List<String> expected = List.of(at + "[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+;"
                + " use the \"priorityClassName\" field instead",
                at + "[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the"
                        + " \"seccompProfile\" field instead",
                at + "[container.apparmor.security.beta.kubernetes.io/c]: deprecated since v1.30; use the"
                        + " \"appArmorProfile\" field instead");
        assertThat(PodWarnings.pod(pod)).containsExactlyElementsOf(expected);
        assertThat(PodWarnings.template(pod, "spec.template"))
                .containsExactlyElementsOf(expected.stream().map(e -> "spec.template." + e).toList());
        Struct profile = Struct.of("type", "Unconfined");
        assertThat(PodWarnings.pod(pod.withAt(Struct.of("seccompProfile", profile, "appArmorProfile", profile), "spec",
                "securityContext"))).hasSize(1);
    }

    @Test
    void theNameOfAPodIsThatOfAHost() {
        assertThat(PodWarnings.pod(pod("hostname: h").withAt("a.b", "metadata", "name"))).containsExactly(
                "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS"
                        + " label is recommended: [must not contain dots]");
    }
}
