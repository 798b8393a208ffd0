package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
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
                Case.of("volumes: [{name: v, gitRepo: {repository: r}}]", "volumes[0].gitRepo: deprecated in v1.11, and"
                        + " disabled by default in v1.33+"),
                Case.of("volumes: [{name: v, storageos: {}}]",
                        "volumes[0].storageOS: deprecated in v1.22, non-functional in v1.25+"),
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

    static Stream<Case> others() {
        return Stream.of(
                Case.of("volumes: [{name: v, ephemeral: {volumeClaimTemplate: {spec: {resources: {requests: {storage:"
                        + " 1500m}}}}}}]",
                        "volumes[0].ephemeral.volumeClaimTemplate.spec.resources.requests[storage]: fractional byte"
                                + " value \"1500m\" is invalid, must be an integer"),
                Case.of("dnsConfig: {nameservers: [10.0.0.1, 010.0.0.2]}, hostAliases: [{ip: '2001:DB8::1'}]",
                        "dnsConfig.nameservers[1]: non-standard IP address \"010.0.0.2\" is invalid: use"
                                + " \"10.0.0.2\"",
                        "hostAliases[0].ip: IPv6 address \"2001:DB8::1\" should be in RFC 5952 canonical format"
                                + " (\"2001:db8::1\")"),
                Case.of("initContainers: [{name: i, ports: [{name: web, containerPort: 81}]}], "
                        + ports("{name: web, containerPort: 80, protocol: TCP}"),
                        "containers[0].ports[0]: duplicate port name \"web\" with spec.initContainers[0].ports[0],"
                                + " services and probes that select ports by name will use"
                                + " spec.initContainers[0].ports[0]"));
    }

    @Test
    void filesOfAVolumeThatLieOnEachOther() {
        assertThat(PodWarnings.pod(pod("volumes: [{name: a, configMap: {name: m, items: [{key: k, path: d}, {key: l,"
                + " path: d/e/}, {key: n, path: de}]}}, {name: b, secret: {secretName: s, items: [{key: k, path: x},"
                + " {key: l, path: x}]}}]"))).containsExactly(
                        "volume \"a\" (ConfigMap \"m\"): overlapping paths: \"d/e\" with \"d\"",
                        "volume \"b\" (Secret \"s\"): overlapping paths: \"x\" with \"x\"");
        assertThat(PodWarnings.pod(pod("volumes: [{name: p, projected: {sources: [{}, {serviceAccountToken: {path:"
                + " t}}, {clusterTrustBundle: {signerName: g, path: t}}]}}]"))).containsExactly(
                        "volume \"p\" (Projected) has no sources provided",
                        "volume \"p\" (Projected): overlapping paths: \"t\" (ClusterTrustBundle \"g\") with \"t\""
                                + " (ServiceAccountToken)");
    }

    /// Each file is compared with those above it only: a body has room for a hundred thousand.
    @Test
    void veryManyFilesOfAVolumeAreLookedAtAtOnce() {
        assertThat(PodWarnings.pod(files(i -> "d" + i + "/f"))).isEmpty();
        assertThat(PodWarnings.pod(files(i -> "d"))).hasSize(Problems.MOST + 1);
        assertThat(PodWarnings.pod(files(i -> "d".repeat(i % 300) + i + "/"))).isEmpty();
    }

    private static Struct files(IntFunction<String> path) {
        List<Struct> items = IntStream.range(0, 90_000).mapToObj(i -> Struct.of("key", "k", "path", path.apply(i)))
                .toList();
        return pod("").with("spec", Struct.of("volumes", List.of(Struct.of("name", "v", "configMap",
                Struct.of("name", "m", "items", items)))));
    }

    @ParameterizedTest
    @MethodSource({"places", "fields", "others"})
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
        assertThat(PodWarnings.pod(pod)).as("AppArmor is told of elsewhere")
                .containsExactlyElementsOf(expected.subList(0, 2));
        assertThat(PodWarnings.template(pod, "spec.template"))
                .containsExactlyElementsOf(expected.stream().map(e -> "spec.template." + e).toList());
        Struct profile = Struct.of("type", "Unconfined");
        assertThat(PodWarnings.template(pod.withAt(Struct.of("seccompProfile", profile, "appArmorProfile", profile),
                "spec", "securityContext"), "t")).hasSize(1);
        Struct other = Struct.of("type", "RuntimeDefault");
        assertThat(PodWarnings.template(pod.withAt(Struct.of("seccompProfile", profile, "appArmorProfile", other),
                "spec", "securityContext"), "t")).hasSize(2);
    }

    @Test
    void theNameOfAPodIsThatOfAHost() {
        assertThat(PodWarnings.pod(pod("hostname: h").withAt("a.b", "metadata", "name"))).containsExactly(
                "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS"
                        + " label is recommended: [must not contain dots]");
    }

    @Test
    void claimsOfAStatefulSetAreWarnedOf() {
        Struct set = Kit.yaml("""
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: s, namespace: d}
                spec:
                  revisionHistoryLimit: -1
                  volumeClaimTemplates: [{spec: {resources: {requests: {storage: 1500m}}}}]
                """);
        Kit kit = new Kit();
        assertThat(kit.hooks(set).rules().warnings(kit.write(Operation.CREATE, set, Optional.empty(), ""), set))
                .containsExactly("spec.volumeClaimTemplates[0].resources.requests[storage]: fractional byte value"
                        + " \"1500m\" is invalid, must be an integer",
                        "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is"
                                + " recommended");
    }
}
