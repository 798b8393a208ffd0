package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodAdmissionTest {
    private final Stage stage = new Stage();

    @AfterEach
    void close() {
        stage.close();
    }

    private static Struct named(String kind, String name) {
        return Struct.of("apiVersion", "v1", "kind", kind, "metadata", Struct.of("name", name));
    }

    @Test
    void aTerminatingNamespaceRefusesNewObjects() {
        NamespaceLifecycle plugin = new NamespaceLifecycle(stage.world);
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.PODS, Stage.pod(Struct.EMPTY)))
                .hasMessage("namespaces \"default\" not found");
        stage.seed(Listers.NAMESPACES, named("Namespace", "default").with("status", Struct.of("phase", "Terminating")));
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.PODS, Stage.pod(Struct.EMPTY)))
                .hasMessage("pods \"p\" is forbidden: unable to create new content in namespace default because it is"
                        + " being terminated");
    }

    @Test
    void aPodGetsItsAccountItsTokenAndItsPullSecrets() {
        ServiceAccounts plugin = new ServiceAccounts(stage.world);
        stage.seed(Listers.ACCOUNTS, Stage.object("ServiceAccount", "default", Struct.EMPTY).with("imagePullSecrets",
                Seq.of(Struct.of("name", "registry"))));
        Struct spec = stage.admitted(plugin, Listers.PODS, Stage.pod(Struct.EMPTY)).struct("spec");
        assertThat(spec.text("serviceAccountName")).isEqualTo("default");
        assertThat(spec.seq("imagePullSecrets").struct(0).text("name")).isEqualTo("registry");
        Struct volume = spec.seq("volumes").struct(0);
        assertThat(volume.text("name")).startsWith("kube-api-access-").hasSize(21);
        assertThat(volume.struct("projected").seq("sources").size()).isEqualTo(3);
        Struct mount = spec.seq("containers").struct(0).seq("volumeMounts").struct(0);
        assertThat(mount.text("mountPath")).isEqualTo("/var/run/secrets/kubernetes.io/serviceaccount");
        assertThat(mount.text("name")).isEqualTo(volume.text("name"));
        plugin.stop();
    }

    @Test
    void aNameOfMegabytesIsNotRepeatedInTheAnswer() {
        ServiceAccounts plugin = new ServiceAccounts(stage.world);
        String name = "x".repeat(3_000_000);
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.PODS,
                Stage.pod(Struct.of("serviceAccountName", name)))).isInstanceOfSatisfying(ApiFault.class,
                        f -> assertThat(f.getMessage()).startsWith("pods \"p\" is forbidden: error looking up service"
                                + " account default/xxx").hasSizeLessThan(100_000));
        plugin.stop();
    }

    @Test
    void aPodMayOptOutOfItsToken() {
        ServiceAccounts plugin = new ServiceAccounts(stage.world);
        stage.seed(Listers.ACCOUNTS, Stage.object("ServiceAccount", "default", Struct.EMPTY));
        Struct spec = stage.admitted(plugin, Listers.PODS,
                Stage.pod(Struct.of("automountServiceAccountToken", false))).struct("spec");
        assertThat(spec.has("volumes")).isFalse();
        plugin.stop();
    }

    @Test
    void aPodOfAnUnknownAccountIsRefused() {
        ServiceAccounts plugin = new ServiceAccounts(stage.world);
        assertThatThrownBy(
                () -> stage.admitted(plugin, Listers.PODS, Stage.pod(Struct.of("serviceAccountName", "nobody"))))
                .hasMessage("pods \"p\" is forbidden: error looking up service account default/nobody: serviceaccount"
                        + " \"nobody\" not found");
        plugin.stop();
    }

    @Test
    void whoSendsAPodAsHeHasWrittenItKeepsItsPriority() {
        Priority plugin = new Priority(stage.world);
        Struct before = Stage.pod(Struct.of("priority", 7L, "preemptionPolicy", "Never"));
        Write plain = stage.write(Operation.UPDATE, Listers.PODS, "Pod", Caller.ANONYMOUS);
        Write write = new Write(plain.operation(), plain.kind(), "", plain.key(), Optional.of(before), plain.caller(),
                false, Struct.EMPTY);
        assertThat(plugin.handles(write)).isTrue();
        assertThat(plugin.admit(write, Stage.pod(Struct.EMPTY)).struct("spec")).satisfies(spec -> {
            assertThat(spec.whole("priority", 0)).isEqualTo(7);
            assertThat(spec.text("preemptionPolicy")).isEqualTo("Never");
        });
        Struct other = Stage.pod(Struct.of("priority", 8L, "preemptionPolicy", "Never"));
        assertThat(plugin.admit(write, other)).as("what is said stays, and is refused as a change").isSameAs(other);
    }

    @ParameterizedTest
    @CsvSource({"true,true", "false,false"})
    void aClaimThatNamesItsClassTheOlderWayGrowsAsTheClassSays(boolean expands, boolean allowed) {
        stage.seed(Listers.STORAGE, named("StorageClass", "old").with("apiVersion", "storage.k8s.io/v1")
                .with("allowVolumeExpansion", expands));
        Struct before = claim("1Gi").with("status", Struct.of("phase", "Bound"));
        Gvr claims = new Gvr("", "v1", "persistentvolumeclaims");
        Write plain = stage.write(Operation.UPDATE, claims, "PersistentVolumeClaim", Caller.ANONYMOUS);
        Write write = new Write(plain.operation(), plain.kind(), "", plain.key(), Optional.of(before), plain.caller(),
                false, Struct.EMPTY);
        VolumeResize plugin = new VolumeResize(stage.world);
        if (allowed) {
            plugin.validate(write, claim("2Gi"));
        } else {
            assertThatThrownBy(() -> plugin.validate(write, claim("2Gi"))).hasMessageContaining("must support resize");
        }
    }

    private static Struct claim(String size) {
        return Stage.object("PersistentVolumeClaim", "p", Struct.of("resources",
                Struct.of("requests", Struct.of("storage", size)))).withAt(
                        Struct.of("volume.beta.kubernetes.io/storage-class", "old"), "metadata", "annotations");
    }

    @Test
    void thePriorityComesFromTheClass() {
        Priority plugin = new Priority(stage.world);
        stage.seed(Listers.PRIORITIES, named("PriorityClass", "high").with("value", 1000L));
        Struct spec = stage.admitted(plugin, Listers.PODS, Stage.pod(Struct.of("priorityClassName", "high")))
                .struct("spec");
        assertThat(spec.whole("priority", 0)).isEqualTo(1000);
        assertThat(stage.admitted(plugin, Listers.PODS, Stage.pod(Struct.EMPTY)).struct("spec").whole("priority", -1))
                .isZero();
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.PODS, Stage.pod(Struct.of("priorityClassName", "x"))))
                .hasMessage("pods \"p\" is forbidden: no PriorityClass with name x was found");
    }

    private static Struct namespace(Struct labels) {
        return Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                Struct.of("name", "default", "labels", labels));
    }

    @Test
    void aPodToleratesNotReadyAndUnreachableForFiveMinutes() {
        Seq all = stage.admitted(new DefaultTolerationSeconds(), Listers.PODS, Stage.pod(Struct.EMPTY)).struct("spec")
                .seq("tolerations");
        assertThat(all.structs()).extracting(t -> t.text("key")).containsExactly("node.kubernetes.io/not-ready",
                "node.kubernetes.io/unreachable");
        Struct own = Struct.of("operator", "Exists");
        assertThat(stage.admitted(new DefaultTolerationSeconds(), Listers.PODS,
                Stage.pod(Struct.of("tolerations", Seq.of(own)))).struct("spec").seq("tolerations")).isEqualTo(
                        Seq.of(own));
    }

    @Test
    void aPodToleratesThemAsLongAsFlagsSay() {
        DefaultTolerationSeconds plugin = new DefaultTolerationSeconds("default-not-ready-toleration-seconds=10",
                "default-unreachable-toleration-seconds=-1", "default-not-ready-toleration-seconds=20");
        Seq all = stage.admitted(plugin, Listers.PODS, Stage.pod(Struct.EMPTY)).struct("spec").seq("tolerations");
        assertThat(all.structs()).extracting(t -> t.whole("tolerationSeconds", 0)).containsExactly(20L, -1L);
        assertThatThrownBy(() -> new DefaultTolerationSeconds("default-not-ready-toleration-seconds=1m"))
                .hasMessageContaining("default-not-ready-toleration-seconds=1m must be a whole number; try ");
    }

    @Test
    void anUpdateWithOtherTolerationsKeepsTheDefaultOnes() {
        DefaultTolerationSeconds plugin = new DefaultTolerationSeconds();
        Write update = stage.write(Operation.UPDATE, Listers.PODS, "Pod", Caller.ANONYMOUS);
        Struct named = Stage.pod(Struct.of("tolerations", Seq.of(Struct.of("key", "a", "operator", "Exists"))));
        assertThat(plugin.handles(update)).isTrue();
        assertThat(plugin.admit(update, named).struct("spec").seq("tolerations").structs())
                .extracting(t -> t.text("key"))
                .containsExactly("a", "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable");
    }

    @Test
    void aLimitRangeDefaultsAndEnforces() {
        LimitRanger plugin = new LimitRanger(stage.world);
        stage.seed(Listers.LIMITS, Stage.object("LimitRange", "l", Struct.of("limits",
                Seq.of(Struct.of("type", "Container", "default", Struct.of("cpu", "500m"), "defaultRequest",
                        Struct.of("cpu", "100m"), "max", Struct.of("cpu", "1"))))));
        Struct pod = stage.admitted(plugin, Listers.PODS, Stage.pod(Struct.EMPTY));
        assertThat(pod.struct("spec").seq("containers").struct(0).struct("resources")).isEqualTo(Struct.of("requests",
                Struct.of("cpu", "100m"), "limits", Struct.of("cpu", "500m")));
        assertThat(pod.struct("metadata").struct("annotations").text("kubernetes.io/limit-ranger")).isEqualTo(
                "LimitRanger plugin set: cpu request for container c; cpu limit for container c");
        Struct big = Struct.of("name", "c", "resources", Struct.of("limits", Struct.of("cpu", "2")));
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.PODS,
                Stage.object("Pod", "p", Struct.of("containers", Seq.of(big)))))
                .hasMessage("pods \"p\" is forbidden: maximum cpu usage per Container is 1, but limit is 2");
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.PODS,
                Stage.object("Pod", "p", Struct.of("containers", Seq.of(big, big.with("name", "d"))))))
                .as("told once").hasMessageEndingWith("is forbidden: maximum cpu usage per Container is 1, but limit"
                        + " is 2");
    }

    @Test
    void aNewNodeMayHaveTheTaintWithAnotherEffect() {
        Struct node = named("Node", "p").with("spec", Struct.of("taints",
                Seq.of(Struct.of("key", "node.kubernetes.io/not-ready", "effect", "NoExecute"))));
        assertThat(stage.admitted(new TaintNodesByCondition(), Listers.NODES, node).struct("spec").seq("taints")
                .structs()).extracting(t -> t.text("effect")).containsExactly("NoExecute", "NoSchedule");
    }

    @Test
    void aLimitRangeHoldsForResizesToo() {
        LimitRanger plugin = new LimitRanger(stage.world);
        stage.seed(Listers.LIMITS, Stage.object("LimitRange", "l", Struct.of("limits",
                Seq.of(Struct.of("type", "Container", "max", Struct.of("cpu", "1"))))));
        Write plain = stage.write(Operation.UPDATE, Listers.PODS, "Pod", Caller.ANONYMOUS);
        Write resize = new Write(Operation.UPDATE, plain.kind(), "resize", plain.key(), plain.before(), plain.caller(),
                false, Struct.EMPTY);
        Struct big = Struct.of("name", "c", "resources", Struct.of("limits", Struct.of("cpu", "2")));
        assertThat(plugin.handles(plain)).isFalse();
        assertThat(plugin.handles(resize)).isTrue();
        assertThatThrownBy(() -> plugin.validate(resize,
                Stage.object("Pod", "p", Struct.of("containers", Seq.of(big)))))
                .hasMessage("pods \"p\" is forbidden: maximum cpu usage per Container is 1, but limit is 2");
    }

    @Test
    void whatAResizeLeavesOutIsFilledInAgainAndMetadataStays() {
        LimitRanger plugin = new LimitRanger(stage.world);
        stage.seed(Listers.LIMITS, Stage.object("LimitRange", "l", Struct.of("limits",
                Seq.of(Struct.of("type", "Container", "default", Struct.of("cpu", "500m"))))));
        Write plain = stage.write(Operation.UPDATE, Listers.PODS, "Pod", Caller.ANONYMOUS);
        Struct pod = Stage.pod(Struct.EMPTY);
        Write resize = new Write(Operation.UPDATE, plain.kind(), "resize", plain.key(), Optional.of(pod),
                plain.caller(), false, Struct.EMPTY);
        Struct filled = plugin.admit(resize, pod);
        assertThat(filled.struct("spec").seq("containers").struct(0).struct("resources").struct("limits"))
                .isEqualTo(Struct.of("cpu", "500m"));
        assertThat(filled.struct("metadata")).isEqualTo(pod.struct("metadata"));
        Write going = new Write(Operation.UPDATE, plain.kind(), "resize", plain.key(),
                Optional.of(pod.withAt("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")), plain.caller(),
                false, Struct.EMPTY);
        assertThat(plugin.admit(going, pod)).isEqualTo(pod);
    }

    @ParameterizedTest
    @CsvSource({"system:node:p,true", "system:node:other,false"})
    void aKubeletMayChangeOnlyItsOwnNode(String user, boolean allowed) {
        NodeRestriction plugin = new NodeRestriction(stage.world);
        Write write = stage.write(Operation.UPDATE, Listers.NODES, "Node", Caller.of(user, List.of("system:nodes")));
        Struct node = Struct.of("metadata", Struct.of("name", "p"));
        if (allowed) {
            assertThat(plugin.admit(write, node)).isEqualTo(node);
        } else {
            assertThatThrownBy(() -> plugin.admit(write, node)).isInstanceOf(ApiFault.class)
                    .hasMessage("nodes \"p\" is forbidden: node \"other\" is not allowed to modify node \"p\"");
        }
    }

    @Test
    void aKubeletMayNotSetRoleLabels() {
        NodeRestriction plugin = new NodeRestriction(stage.world);
        Write write = stage.write(Operation.UPDATE, Listers.NODES, "Node",
                Caller.of("system:node:p", List.of("system:nodes")));
        Struct labels = Struct.of("node-role.kubernetes.io/control-plane", "true", "example.com/rack", "1");
        assertThatThrownBy(() -> plugin.admit(write, Struct.of("metadata", Struct.of("name", "p", "labels", labels))))
                .hasMessageContaining("is not allowed to modify labels: node-role.kubernetes.io/control-plane");
    }

    @Test
    void aNewNodeIsTaintedAndAClaimGetsTheNewestDefaultClass() {
        assertThat(stage.admitted(new TaintNodesByCondition(), Listers.NODES, named("Node", "p")).struct("spec")
                .seq("taints").struct(0).text("key")).isEqualTo("node.kubernetes.io/not-ready");
        Struct mark = Struct.of("storageclass.kubernetes.io/is-default-class", "true");
        for (int year = 2020; year < 2023; year++) {
            stage.seed(Listers.STORAGE, Struct.of("apiVersion", "storage.k8s.io/v1", "kind", "StorageClass", "metadata",
                    Struct.of("name", "c" + year, "creationTimestamp", year + "-01-01T00:00:00Z", "annotations",
                            mark)));
        }
        Struct claim = stage.admitted(new DefaultStorageClass(stage.world),
                new Gvr("", "v1", "persistentvolumeclaims"),
                Stage.object("PersistentVolumeClaim", "p", Struct.EMPTY));
        assertThat(claim.struct("spec").text("storageClassName")).isEqualTo("c2022");
    }
}
