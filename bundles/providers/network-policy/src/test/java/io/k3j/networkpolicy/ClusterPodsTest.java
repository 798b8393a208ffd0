package io.k3j.networkpolicy;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Yaml;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.FieldMask;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.netpolicy.PolicyPod;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a node keeps of each pod of the cluster: all that policies read, and little else.
class ClusterPodsTest {
    private static final FieldMask FIELDS = BuiltinResources.CLUSTER_PODS;
    private static final Obj POD = pod();

    private static Obj pod() {
        try (InputStream in = Objects.requireNonNull(ClusterPodsTest.class.getResourceAsStream("pod.yaml"))) {
            return Obj.of((Struct) Yaml.value(in.readAllBytes()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Stream<Obj> pods() {
        Struct named = Struct.of("ports", Seq.of(Struct.of("name", "x", "containerPort", 1, "protocol", "SCTP"),
                Struct.of("name", "tcp", "containerPort", 2), Struct.of("containerPort", 3)));
        return Stream.of(POD, POD.with(true, "spec", "hostNetwork"), POD.with("Succeeded", "status", "phase"),
                POD.with("Failed", "status", "phase"), POD.without("status", "podIPs"), POD.without("status"),
                POD.without("status", "startTime"), POD.without("spec", "nodeName"), POD.without("metadata", "labels"),
                POD.with(Seq.of(named, named.with("restartPolicy", "Always")), "spec", "initContainers"),
                POD.with(Seq.of(named, Struct.EMPTY), "spec", "containers"));
    }

    @ParameterizedTest
    @MethodSource("pods")
    void policiesReadNothingElse(Obj pod) {
        assertThat(PolicyPod.of(FIELDS.of(pod))).isEqualTo(PolicyPod.of(pod));
    }

    @Test
    void thePodOfTheseTestsHasWhatPoliciesRead() {
        assertThat(PolicyPod.of(POD)).hasValueSatisfying(p -> {
            assertThat(p.addresses()).containsExactly("10.42.3.17");
            assertThat(p.ports()).extracting(PolicyPod.Port::name).containsExactly("web", "metrics", "mesh");
            assertThat(p.labels()).hasSize(4);
        });
    }

    @Test
    void keepsTheseFields() {
        Obj mirror = POD.with("u", "metadata", "annotations", "kubernetes.io/config.mirror")
                .with(false, "spec", "hostNetwork");
        Set<String> all = new TreeSet<>();
        paths("", FIELDS.of(mirror).tree(), all);
        assertThat(all).containsExactlyInAnyOrder("/apiVersion", "/kind", "/metadata/name", "/metadata/namespace",
                "/metadata/uid", "/metadata/creationTimestamp", "/metadata/labels/app.kubernetes.io/name",
                "/metadata/labels/app.kubernetes.io/part-of", "/metadata/labels/tier",
                "/metadata/labels/pod-template-hash", "/metadata/annotations/kubernetes.io/config.mirror",
                "/spec/nodeName", "/spec/hostNetwork", "/spec/containers/ports/name",
                "/spec/containers/ports/protocol", "/spec/containers/ports/containerPort",
                "/spec/initContainers/restartPolicy", "/spec/initContainers/ports/name",
                "/spec/initContainers/ports/protocol", "/spec/initContainers/ports/containerPort", "/status/phase",
                "/status/startTime", "/status/podIP", "/status/podIPs/ip");
    }

    private static void paths(String at, Object value, Set<String> all) {
        switch (value) {
            case Struct s -> s.forEach((name, below) -> paths(at + "/" + name, below, all));
            case Seq s -> s.forEach(below -> paths(at, below, all));
            default -> all.add(at);
        }
    }

    @Test
    void whatAKubeletWritesWhileNothingHappensIsNoChange() {
        Obj beat = POD.with("2026-11-29T09:00:00Z", "metadata", "annotations", "checked")
                .with(Seq.of(Struct.of("type", "Ready", "status", "False")), "status", "conditions")
                .with(Seq.of(Struct.of("name", "checkout", "restartCount", 7)), "status", "containerStatuses");
        assertThat(FIELDS.of(beat).tree()).isEqualTo(FIELDS.of(POD).tree());
    }

    @Test
    void takesAFifthOfThePodAtMost() {
        assertThat(bytes(FIELDS.of(POD).tree()) * 5).isLessThan(bytes(POD.tree()));
    }

    /// About what a tree takes of the heap: headers of twelve bytes, references of four, all in eights; names of fields
    /// are shared by all trees, and texts have a byte for each character.
    private static long bytes(Object value) {
        return switch (value) {
            case Struct s -> {
                long below = 0;
                for (int i = 0; i < s.size(); i++) {
                    below += bytes(s.value(i));
                }
                yield 24 + 2 * eights(16 + 4L * s.size()) + below;
            }
            case Seq s -> 16 + eights(16 + 4L * s.size()) + s.stream().mapToLong(ClusterPodsTest::bytes).sum();
            case String s -> 24 + eights(16 + s.length());
            case Long _ -> 16;
            default -> 0;
        };
    }

    private static long eights(long bytes) {
        return (bytes + 7) / 8 * 8;
    }
}
