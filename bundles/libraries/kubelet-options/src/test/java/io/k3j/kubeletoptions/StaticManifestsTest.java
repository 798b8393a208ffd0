package io.k3j.kubeletoptions;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kubeletconfig.KubeletDefaults;
import io.k3j.kuberuntime.Labels;
import io.k3j.model.Obj;
import io.k3j.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StaticManifestsTest {
    private static final String WORDS = "quantities must match the regular expression "
            + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    @TempDir
    private Path directory;
    private StaticManifests manifests;

    @BeforeEach
    void begin() {
        manifests = new StaticManifests(new KubeletOptions("n1", directory, directory, directory, "/", List.of(),
                "cluster.local", Map.of("pod-manifest-path", directory.resolve("manifests").toString()),
                new KubeletDefaults(directory, List.of(), List.of(), "cluster.local", "", List.of())),
                new ManualClock());
    }

    private Path write(String file, String text) throws IOException {
        return Files.writeString(Files.createDirectories(directory.resolve("manifests")).resolve(file), text);
    }

    @Test
    void aPodIsCalledByItsNodeAndKnownByItsFile() throws IOException {
        assertThat(manifests.read().pods()).isEmpty();
        write("b.yaml", "{metadata: {name: b, annotations: {a: b}}, spec: {tolerations: [{key: k}]},"
                + " status: {phase: Failed}}");
        write("a.json", "{\"metadata\": {\"name\": \"a\", \"namespace\": \"kube-system\"}}");
        write(".hidden.yaml", "{metadata: {name: c}}");
        StaticManifests.Found found = manifests.read();
        assertThat(found.refused()).isEmpty();
        assertThat(found.pods().values()).extracting(p -> p.key().toString()).containsExactly("kube-system/a-n1",
                "default/b-n1");
        Obj pod = found.pods().values().stream().toList().getLast();
        assertThat(pod.uid()).hasSize(32);
        assertThat(pod.annotations()).containsEntry("a", "b").containsEntry(Labels.CONFIG_SOURCE, "file")
                .containsEntry(Labels.CONFIG_HASH, pod.uid())
                .containsEntry("kubernetes.io/config.seen", "2026-01-01T12:00:00Z");
        assertThat(pod.spec().text("nodeName")).isEqualTo("n1");
        assertThat(pod.spec().seq("tolerations").structs()).extracting(t -> t.text("effect")).containsExactly("",
                "NoExecute");
        assertThat(pod.status().isEmpty()).isTrue();
    }

    @Test
    void ofTwoFilesOfOnePodTheFirstCounts() throws IOException {
        write("a.yaml", "{metadata: {name: a}, spec: {hostname: first}}");
        Path second = write("b.yaml", "{metadata: {name: a}, spec: {hostname: second}}");
        Path third = write("c.yaml", "{metadata: {name: a}, spec: {hostname: first}}");
        StaticManifests.Found found = manifests.read();
        assertThat(found.pods().values()).singleElement().extracting(p -> p.spec().text("hostname"))
                .isEqualTo("first");
        assertThat(found.refused()).containsOnlyKeys(second, third);
        StaticManifests.Refusal why = found.refused().get(second);
        Obj twin = why.twin().orElseThrow();
        assertThat(twin.spec().text("hostname")).isEqualTo("second");
        assertThat(why.problem()).isEqualTo("Error validating pod a-n1_default(" + twin.uid()
                + ") from file due to duplicate pod name \"a-n1\", ignoring");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "containers: [{name: c}, {name: d, resources: {limits: {cpu: 1, memory: 128MB}}}]"
                    + "|spec.containers[1].resources.limits.memory|128MB",
            "initContainers: [{name: c, resources: {requests: {ephemeral-storage: much}}}]"
                    + "|spec.initContainers[0].resources.requests.ephemeral-storage|much",
            "resources: {requests: {cpu: 1 core}}|spec.resources.requests.cpu|1 core",
            "overhead: {memory: 1gb}|spec.overhead.memory|1gb",
            "volumes: [{name: v}, {name: w, emptyDir: {sizeLimit: 1GB}}]|spec.volumes[1].emptyDir.sizeLimit|1GB"})
    void anAmountThatCannotBeReadIsToldWithItsField(String spec, String field, String value) throws IOException {
        Path file = write("a.yaml", "{metadata: {name: a}, spec: {" + spec + "}}");
        write("b.yaml", "{metadata: {name: b}, spec: {containers: [{name: c, resources: {limits: {memory: 128M}}}]}}");
        StaticManifests.Found found = manifests.read();
        assertThat(found.pods().values()).extracting(Obj::name).containsExactly("b-n1");
        assertThat(found.refused()).containsOnlyKeys(file);
        assertThat(found.refused().get(file).problem()).isEqualTo(field + ": Invalid value: \"" + value + "\": "
                + WORDS);
        assertThat(found.refused().get(file).twin()).isEmpty();
    }

    @Test
    void lessThanNothingIsNoAmount() throws IOException {
        Path file = write("a.yaml",
                "{metadata: {name: a}, spec: {containers: [{name: c, resources: {requests: {cpu: -1}}}]}}");
        assertThat(manifests.read().refused().get(file).problem()).isEqualTo(
                "spec.containers[0].resources.requests.cpu: Invalid value: \"-1\":"
                        + " must be greater than or equal to 0");
    }

    @Test
    void whatIsNoObjectIsRefused() throws IOException {
        Path file = write("a.yaml", "[1, 2]");
        Path other = write("b.yaml", "{");
        assertThat(manifests.read().refused()).containsOnlyKeys(file, other);
    }

    private String refusal(String content) throws IOException {
        Path file = write("r.yaml", content);
        StaticManifests.Found found = manifests.read();
        assertThat(found.pods()).isEmpty();
        return found.refused().get(file).problem();
    }

    @Test
    void whatIsNoPodWithANameIsRefused() throws IOException {
        assertThat(refusal("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}"))
                .isEqualTo("couldn't parse as pod(invalid pod: v1, Kind=ConfigMap), please check config file");
        assertThat(refusal("{apiVersion: v1, kind: Pod, metadata: {namespace: a}}"))
                .isEqualTo("invalid pod: name is needed for the pod");
    }

    @Test
    void aPodThatNeedsSomethingOfTheApiIsRefused() throws IOException {
        assertThat(referring("serviceAccountName: builder")).isEqualTo("serviceaccounts");
        assertThat(referring("volumes: [{name: v, secret: {secretName: s}}]")).isEqualTo("secrets");
        assertThat(referring("imagePullSecrets: [{name: s}]")).isEqualTo("secrets");
        assertThat(referring("containers: [{name: c, envFrom: [{configMapRef: {name: m}}]}]")).isEqualTo("configmaps");
        assertThat(referring("initContainers: [{name: c, env: [{name: A, valueFrom: {secretKeyRef: {name: s}}}]}]"))
                .isEqualTo("secrets");
        assertThat(referring("resourceClaims: [{name: r}]")).isEqualTo("resourceclaims");
        assertThat(referring("volumes: [{name: v, persistentVolumeClaim: {claimName: p}}]"))
                .isEqualTo("persistentvolumeclaims");
        assertThat(referring("volumes: [{name: v, csi: {driver: d}}]")).isEqualTo("csidrivers (via CSI volumes)");
        assertThat(referring("volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: t}}]}}]"))
                .isEqualTo("serviceaccounts (via projected volumes)");
    }

    private String referring(String spec) throws IOException {
        String problem = refusal("{metadata: {name: a}, spec: {" + spec + "}}");
        assertThat(problem).startsWith("static pods may not reference ");
        return problem.substring("static pods may not reference ".length());
    }

    @Test
    void aPodMayHaveWhatTheNodeHas() throws IOException {
        write("a.yaml", "{metadata: {name: a}, spec: {volumes: [{name: v, hostPath: {path: /}}, {name: w,"
                + " projected: {sources: [{downwardAPI: {items: []}}]}}, {name: x, flexVolume: {driver: d, options:"
                + " {secretRef: y}}}], containers: [{name: secret, env: [{name: secretRef, value: z}]}]}}");
        assertThat(manifests.read().refused()).isEmpty();
    }
}
