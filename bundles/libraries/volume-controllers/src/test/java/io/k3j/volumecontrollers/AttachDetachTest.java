package io.k3j.volumecontrollers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Pods, nodes and an external attacher, played by the test.
class AttachDetachTest {
    private static final String UNIQUE = "kubernetes.io/csi/csi.example.com^h-data";
    /// `printf 'h-datacsi.example.comn1' | sha256sum`, which is what kubelets look for.
    private static final String NAME = "csi-79eb68c04c631beafc5a8d814d5d59af67a74b7a25e9381bc99465e6aa91730c";
    private final Stage stage = new Stage(d -> AttachDetach.add(d, true));

    private void node(String name) {
        stage.api.seed(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", name, "annotations",
                        Struct.of("volumes.kubernetes.io/controller-managed-attach-detach", "true")),
                "status", Struct.of("conditions", Seq.of(Struct.of("type", "Ready", "status", "True"))))));
    }

    private void change(String node, Object value, String... path) {
        stage.api.seed(BuiltinResources.NODES, stage.one(BuiltinResources.NODES, node).with(value, path));
        stage.settle();
    }

    private static Obj volume(String claim, String mode) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "PersistentVolume", "metadata",
                Struct.of("name", "pv-" + claim), "spec",
                Struct.of("accessModes", Seq.of(mode), "csi",
                        Struct.of("driver", "csi.example.com", "volumeHandle", "h-" + claim), "claimRef",
                        Struct.of("namespace", "default", "name", claim, "uid", "uid-" + claim))));
    }

    private void claim(String name, String mode) {
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUMES, volume(name, mode));
        bound("default", name);
    }

    private void bound(String namespace, String name) {
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, Obj.of(Struct.of("apiVersion", "v1", "kind",
                "PersistentVolumeClaim", "metadata",
                Struct.of("name", name, "namespace", namespace, "uid", "uid-" + name), "spec",
                Struct.of("volumeName", "pv-" + name), "status", Struct.of("phase", "Bound"))));
    }

    /// Another PersistentVolume of the disk `h-data`, with a claim of its own.
    private void twin(String namespace) {
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUMES, volume("twin", "ReadWriteOnce")
                .with("h-data", "spec", "csi", "volumeHandle").with(namespace, "spec", "claimRef", "namespace"));
        bound(namespace, "twin");
    }

    private void pod(String name, String node, String claim) {
        pod("default", name, node, claim);
    }

    private void pod(String namespace, String name, String node, String claim) {
        bind(namespace, name, node, claim);
        stage.settle();
    }

    /// Before anybody has seen it.
    private void bind(String namespace, String name, String node, String claim) {
        stage.api.seed(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", namespace), "spec",
                Struct.of("nodeName", node, "volumes", Seq.of(Struct.of("name", "d", "persistentVolumeClaim",
                        Struct.of("claimName", claim)))),
                "status", Struct.of("phase", "Pending"))));
    }

    private void gone(String pod) {
        stage.api.vanish(BuiltinResources.PODS, new Key("default", pod));
        stage.settle();
    }

    private List<Obj> attachments() {
        return stage.all(BuiltinResources.VOLUME_ATTACHMENTS);
    }

    private void answer(Struct status) {
        for (Obj one : attachments()) {
            stage.api.seed(BuiltinResources.VOLUME_ATTACHMENTS, one.with(status, "status"));
        }
        stage.settle();
    }

    private void attached() {
        answer(Struct.of("attached", true));
    }

    private List<String> reported(String node) {
        return stage.one(BuiltinResources.NODES, node).status().seq("volumesAttached").structs().stream()
                .map(v -> v.text("name")).toList();
    }

    /// Lets the controller work while the views show no more than they do now.
    private void workBlindly() {
        while (stage.desk.step()) {
            assertThat(stage.api.calls()).hasSizeLessThan(1_000);
        }
    }

    /// A pod on a node that has its volume.
    private void running() {
        node("n1");
        claim("data", "ReadWriteOnce");
        pod("web", "n1", "data");
        attached();
        change("n1", Seq.of(UNIQUE), "status", "volumesInUse");
    }

    @Test
    void asksForTheVolumesOfAPodAndTellsTheNodeWhenTheyAreThere() {
        node("n1");
        claim("data", "ReadWriteOnce");
        pod("web", "n1", "data");
        Obj one = attachments().getFirst();
        assertThat(one.name()).isEqualTo(NAME);
        assertThat(one.spec()).isEqualTo(Struct.of("attacher", "csi.example.com", "nodeName", "n1", "source",
                Struct.of("persistentVolumeName", "pv-data")));
        assertThat(reported("n1")).isEmpty();
        attached();
        assertThat(stage.one(BuiltinResources.NODES, "n1").status().seq("volumesAttached").structs())
                .containsExactly(Struct.of("name", UNIQUE, "devicePath", ""));
        assertThat(stage.events())
                .containsExactly("SuccessfulAttachVolume: AttachVolume.Attach succeeded for volume \"pv-data\" ");
    }

    @Test
    void asksForNothingThatIsNotAttached() {
        node("n1");
        claim("data", "ReadWriteOnce");
        stage.api.seed(BuiltinResources.CSI_DRIVERS, Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1", "kind",
                "CSIDriver", "metadata", Struct.of("name", "csi.example.com"), "spec",
                Struct.of("attachRequired", false))));
        pod("web", "n1", "data");
        assertThat(attachments()).isEmpty();
    }

    @Test
    void waitsForTheClaimAndForTheNode() {
        node("n1");
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUMES, volume("data", "ReadWriteOnce"));
        pod("web", "n1", "data");
        pod("idle", "", "data");
        assertThat(attachments()).isEmpty();
        claim("data", "ReadWriteOnce");
        stage.settle();
        assertThat(attachments()).hasSize(1);
    }

    @Test
    void leavesNodesAloneWhoseKubeletAttaches() {
        node("n1");
        stage.api.seed(BuiltinResources.NODES,
                stage.one(BuiltinResources.NODES, "n1").without("metadata", "annotations"));
        claim("data", "ReadWriteOnce");
        pod("web", "n1", "data");
        assertThat(attachments()).isEmpty();
    }

    @Test
    void detachesOnlyWhenTheNodeUsesTheVolumeNoMore() {
        running();
        gone("web");
        stage.pass(Duration.ofHours(1));
        assertThat(attachments()).hasSize(1);
        assertThat(reported("n1")).containsExactly(UNIQUE);
        change("n1", Seq.EMPTY, "status", "volumesInUse");
        assertThat(attachments()).isEmpty();
        assertThat(reported("n1")).isEmpty();
    }

    /// The kubelet may begin to use a volume while it is still told that it has it.
    @Test
    void tellsTheNodeBeforeItDetaches() {
        running();
        change("n1", Seq.EMPTY, "status", "volumesInUse");
        stage.api.calls().clear();
        gone("web");
        assertThat(stage.api.calls().stream().map(c -> c.substring(c.indexOf(' ') + 1)))
                .containsExactly("patch nodes n1/status", "delete volumeattachments.storage.k8s.io " + NAME);
    }

    @Test
    void believesWhatTheNodeSaysAtTheLastMoment() {
        running();
        change("n1", Seq.EMPTY, "status", "volumesInUse");
        stage.api.vanish(BuiltinResources.PODS, new Key("default", "web"));
        stage.api.deliver();
        stage.api.seed(BuiltinResources.NODES,
                stage.one(BuiltinResources.NODES, "n1").with(Seq.of(UNIQUE), "status", "volumesInUse"));
        workBlindly();
        stage.settle();
        assertThat(attachments()).hasSize(1);
        assertThat(reported("n1")).containsExactly(UNIQUE);
    }

    @Test
    void believesANodeThatIsReadyHoweverLongNobodyWantedTheVolume() {
        running();
        gone("web");
        stage.pass(Duration.ofHours(1));
        Obj node = stage.one(BuiltinResources.NODES, "n1");
        stage.api.seed(BuiltinResources.NODES, node.with(Seq.EMPTY, "status", "volumesInUse"));
        stage.api.deliver();
        stage.api.seed(BuiltinResources.NODES, node);
        workBlindly();
        stage.settle();
        assertThat(attachments()).hasSize(1);
        assertThat(reported("n1")).containsExactly(UNIQUE);
    }

    @Test
    void aPodNeedsItsVolumesUntilItsContainersHaveEnded() {
        running();
        Obj pod = stage.one(BuiltinResources.PODS, "web");
        Struct running = Struct.of("name", "c", "state", Struct.of("running", Struct.EMPTY));
        stage.api.seed(BuiltinResources.PODS, pod.with("2026-01-01T12:00:00Z", "metadata", "deletionTimestamp")
                .with(Seq.of(running), "status", "containerStatuses"));
        change("n1", Seq.EMPTY, "status", "volumesInUse");
        assertThat(attachments()).hasSize(1);
        Struct ended = running.with("state", Struct.of("terminated", Struct.of("exitCode", 0)));
        stage.api.seed(BuiltinResources.PODS, stage.one(BuiltinResources.PODS, "web")
                .with(Seq.of(ended), "status", "containerStatuses"));
        stage.settle();
        assertThat(attachments()).isEmpty();
    }

    @Test
    void detachesByForceFromANodeThatIsUnhealthyForSixMinutes() {
        running();
        change("n1", Seq.of(Struct.of("type", "Ready", "status", "Unknown")), "status", "conditions");
        gone("web");
        stage.pass(Duration.ofMinutes(6).minusSeconds(1));
        assertThat(attachments()).hasSize(1);
        stage.pass(Duration.ofSeconds(1));
        assertThat(attachments()).isEmpty();
    }

    @Test
    void doesNotWaitForANodeThatIsOutOfService() {
        running();
        change("n1", Seq.of(Struct.of("type", "Ready", "status", "Unknown")), "status", "conditions");
        gone("web");
        assertThat(attachments()).hasSize(1);
        change("n1", Seq.of(Struct.of("key", "node.kubernetes.io/out-of-service", "effect", "NoExecute")), "spec",
                "taints");
        assertThat(attachments()).isEmpty();
    }

    @Test
    void whatANodeHadThatHasGoneIsDetachedAfterSixMinutes() {
        running();
        stage.api.vanish(BuiltinResources.NODES, Key.of("n1"));
        gone("web");
        stage.pass(Duration.ofMinutes(5));
        assertThat(attachments()).hasSize(1);
        stage.pass(Duration.ofMinutes(1));
        assertThat(attachments()).isEmpty();
    }

    @Test
    void anExclusiveVolumeIsAttachedToOneNodeAtATime() {
        running();
        node("n2");
        pod("other", "n2", "data");
        assertThat(attachments()).hasSize(1);
        assertThat(stage.events()).contains("FailedAttachVolume: Multi-Attach error for volume \"pv-data\" Volume is"
                + " already used by pod(s) web");
        gone("web");
        change("n1", Seq.EMPTY, "status", "volumesInUse");
        assertThat(attachments()).extracting(a -> a.spec().text("nodeName")).containsExactly("n2");
    }

    @Test
    void tellsOfAnExclusiveVolumeThatNobodyUsesThere() {
        running();
        gone("web");
        node("n2");
        pod("other", "n2", "data");
        assertThat(stage.events()).contains("FailedAttachVolume: Multi-Attach error for volume \"pv-data\" Volume is"
                + " already exclusively attached to one node and can't be attached to another");
    }

    @Test
    void twoPersistentVolumesOfOneDiskAreOneVolume() {
        running();
        node("n2");
        twin("default");
        pod("other", "n2", "twin");
        assertThat(attachments()).hasSize(1);
        assertThat(stage.events()).contains("FailedAttachVolume: Multi-Attach error for volume \"pv-twin\" Volume is"
                + " already used by pod(s) web");
        gone("web");
        change("n1", Seq.EMPTY, "status", "volumesInUse");
        assertThat(attachments()).extracting(a -> a.spec().text("nodeName")).containsExactly("n2");
    }

    /// Both nodes are dealt with before any view shows the first VolumeAttachment.
    @Test
    void twoPersistentVolumesOfOneDiskAreNotAskedForAtOnce() {
        node("n1");
        node("n2");
        claim("data", "ReadWriteOnce");
        twin("default");
        stage.settle();
        bind("default", "a", "n1", "data");
        bind("default", "b", "n2", "twin");
        stage.api.deliver();
        workBlindly();
        stage.settle();
        assertThat(attachments()).hasSize(1);
    }

    @Test
    void podsOfOtherNamespacesAreCountedAndNotNamed() {
        running();
        node("n2");
        twin("secret");
        pod("secret", "other", "n2", "twin");
        assertThat(stage.events()).contains("FailedAttachVolume: Multi-Attach error for volume \"pv-twin\" Volume is"
                + " already used by 1 pod(s) in different namespaces");
    }

    @Test
    void aDiskStaysForTheSecondPersistentVolumeWhenTheFirstHasGone() {
        running();
        twin("default");
        pod("other", "n1", "twin");
        gone("web");
        stage.api.vanish(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, new Key("default", "data"));
        stage.api.vanish(BuiltinResources.PERSISTENT_VOLUMES, Key.of("pv-data"));
        stage.settle();
        pod("third", "n1", "twin");
        stage.pass(Duration.ofHours(1));
        assertThat(attachments()).hasSize(1);
        assertThat(reported("n1")).containsExactly(UNIQUE);
    }

    /// External attachers refuse it for ever, and its name is the same for both.
    @Test
    void whatWasNeverAttachedOfAPersistentVolumeThatHasGoneIsNotInTheWayOfAnother() {
        node("n1");
        claim("data", "ReadWriteOnce");
        pod("web", "n1", "data");
        gone("web");
        twin("default");
        stage.api.seed(BuiltinResources.VOLUME_ATTACHMENTS, Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1",
                "kind", "VolumeAttachment", "metadata", Struct.of("name", NAME), "spec",
                Struct.of("attacher", "csi.example.com", "nodeName", "n1", "source",
                        Struct.of("persistentVolumeName", "pv-data")))));
        stage.api.vanish(BuiltinResources.PERSISTENT_VOLUMES, Key.of("pv-data"));
        stage.settle();
        pod("other", "n1", "twin");
        assertThat(attachments()).singleElement()
                .extracting(a -> a.spec().struct("source").text("persistentVolumeName")).isEqualTo("pv-twin");
    }

    /// By hand, though finalizers protect it.
    private void deleteVolume() {
        stage.api.vanish(BuiltinResources.PERSISTENT_VOLUMES, Key.of("pv-data"));
        stage.settle();
    }

    @Test
    void detachesAVolumeWhosePersistentVolumeSomebodyHasDeleted() {
        running();
        deleteVolume();
        change("n1", Seq.EMPTY, "status", "volumesInUse");
        assertThat(attachments()).as("a pod uses it").hasSize(1);
        assertThat(reported("n1")).containsExactly(UNIQUE);
        change("n1", Seq.of(UNIQUE), "status", "volumesInUse");
        gone("web");
        assertThat(attachments()).as("its node uses it").hasSize(1);
        change("n1", Seq.EMPTY, "status", "volumesInUse");
        assertThat(attachments()).isEmpty();
        assertThat(reported("n1")).isEmpty();
    }

    @Test
    void anotherLeaderDetachesWhatTheNodeWasToldOfWithoutItsPersistentVolume() {
        running();
        stage.desk.close();
        Stage next = new Stage(d -> AttachDetach.add(d, true));
        next.api.seed(BuiltinResources.NODES, stage.one(BuiltinResources.NODES, "n1").withRevision(0));
        attachments().forEach(a -> next.api.seed(BuiltinResources.VOLUME_ATTACHMENTS, a.withRevision(0)));
        next.settle();
        assertThat(next.all(BuiltinResources.VOLUME_ATTACHMENTS)).hasSize(1);
        next.api.seed(BuiltinResources.NODES,
                next.one(BuiltinResources.NODES, "n1").with(Seq.EMPTY, "status", "volumesInUse"));
        next.settle();
        assertThat(next.all(BuiltinResources.VOLUME_ATTACHMENTS)).isEmpty();
    }

    @Test
    void takesAwayWhatWasNeverAttachedAndNeverCanBe() {
        node("n1");
        stage.api.seed(BuiltinResources.VOLUME_ATTACHMENTS, Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1",
                "kind", "VolumeAttachment", "metadata", Struct.of("name", NAME), "spec",
                Struct.of("attacher", "csi.example.com", "nodeName", "n1", "source",
                        Struct.of("persistentVolumeName", "pv-data")))));
        stage.settle();
        assertThat(attachments()).isEmpty();
    }

    /// What is attached to n1, of which nothing but a digest tells that it is `h-data`.
    private void nameless() {
        node("n1");
        stage.api.seed(BuiltinResources.VOLUME_ATTACHMENTS, Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1",
                "kind", "VolumeAttachment", "metadata", Struct.of("name", NAME), "spec",
                Struct.of("attacher", "csi.example.com", "nodeName", "n1", "source",
                        Struct.of("persistentVolumeName", "pv-data")),
                "status", Struct.of("attached", true))));
    }

    @Test
    void leavesWhatIsAttachedAndNobodyKnowsWhatItIs() {
        nameless();
        stage.pass(Duration.ofHours(1));
        assertThat(attachments()).hasSize(1);
    }

    @Test
    void whatIsAttachedAndNobodyKnowsIsNotAttachedToAnotherNode() {
        nameless();
        stage.settle();
        node("n2");
        twin("default");
        pod("other", "n2", "twin");
        assertThat(attachments()).hasSize(1);
        assertThat(stage.events()).contains("FailedAttachVolume: Multi-Attach error for volume \"pv-twin\" Volume is"
                + " already exclusively attached to one node and can't be attached to another");
    }

    /// `h-datacsi` of the driver `.example.com` has the same name, and another volume in use.
    @Test
    void aNodeCannotNameAVolumeOfAnotherDriverInItsPlace() {
        nameless();
        change("n1", Seq.of("kubernetes.io/csi/.example.com^h-datacsi"), "status", "volumesInUse");
        change("n1", Seq.EMPTY, "status", "volumesInUse");
        assertThat(attachments()).hasSize(1);
        change("n1", Seq.of(UNIQUE), "status", "volumesInUse");
        change("n1", Seq.EMPTY, "status", "volumesInUse");
        assertThat(attachments()).isEmpty();
    }

    @Test
    void aVolumeWhosePersistentVolumeHasGoneIsOnItsNodeStill() {
        running();
        twin("default");
        deleteVolume();
        node("n2");
        pod("other", "n2", "twin");
        assertThat(attachments()).hasSize(1);
        assertThat(stage.events()).contains("FailedAttachVolume: Multi-Attach error for volume \"pv-twin\" Volume is"
                + " already exclusively attached to one node and can't be attached to another");
        gone("web");
        change("n1", Seq.EMPTY, "status", "volumesInUse");
        assertThat(attachments()).extracting(a -> a.spec().text("nodeName")).containsExactly("n2");
    }

    @Test
    void aPersistentVolumeOfAnotherDiskUnderTheSameNameIsAnotherVolume() {
        running();
        gone("web");
        deleteVolume();
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUMES,
                volume("data", "ReadWriteOnce").with("h-new", "spec", "csi", "volumeHandle"));
        stage.settle();
        change("n1", Seq.EMPTY, "status", "volumesInUse");
        assertThat(attachments()).isEmpty();
    }

    @Test
    void whoWaitsForADiskIsNotForgottenWhenItsPersistentVolumeBecomesAnotherOne() {
        running();
        node("n2");
        twin("default");
        pod("other", "n2", "twin");
        gone("web");
        deleteVolume();
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUMES,
                volume("data", "ReadWriteOnce").with("h-new", "spec", "csi", "volumeHandle"));
        stage.settle();
        assertThat(attachments()).extracting(a -> a.spec().text("nodeName")).containsExactly("n1");
        change("n1", Seq.EMPTY, "status", "volumesInUse");
        assertThat(attachments()).extracting(a -> a.spec().text("nodeName")).containsExactly("n2");
    }

    @Test
    void aSharedVolumeIsAttachedToAllItsNodes() {
        node("n1");
        node("n2");
        claim("data", "ReadWriteMany");
        pod("a", "n1", "data");
        pod("b", "n2", "data");
        assertThat(attachments()).extracting(a -> a.spec().text("nodeName")).containsExactlyInAnyOrder("n1", "n2");
    }

    @Test
    void tellsWhyAVolumeCannotBeAttached() {
        node("n1");
        claim("data", "ReadWriteOnce");
        pod("web", "n1", "data");
        answer(Struct.of("attached", false, "attachError", Struct.of("time", "2026-01-01T12:00:00Z", "message",
                "rpc error: code = Internal desc = no room")));
        assertThat(stage.events()).containsExactly("FailedAttachVolume: AttachVolume.Attach failed for volume"
                + " \"pv-data\" : rpc error: code = Internal desc = no room");
    }

    @Test
    void tellsOfAnAttacherThatSaysNothing() {
        node("n1");
        claim("data", "ReadWriteOnce");
        pod("web", "n1", "data");
        stage.pass(Duration.ofMinutes(2));
        assertThat(stage.events()).containsExactly("FailedAttachVolume: AttachVolume.Attach failed for volume"
                + " \"pv-data\" : timed out waiting for external-attacher of csi.example.com CSI driver to attach"
                + " volume h-data");
    }

    @Test
    void anotherLeaderTakesOverWhatItFinds() {
        running();
        stage.desk.close();
        Stage next = new Stage(d -> AttachDetach.add(d, true));
        for (Obj one : stage.all(BuiltinResources.NODES)) {
            next.api.seed(BuiltinResources.NODES, one.withRevision(0));
        }
        attachments().forEach(a -> next.api.seed(BuiltinResources.VOLUME_ATTACHMENTS, a.withRevision(0)));
        next.api.seed(BuiltinResources.PERSISTENT_VOLUMES, volume("data", "ReadWriteOnce"));
        next.settle();
        assertThat(next.all(BuiltinResources.VOLUME_ATTACHMENTS)).hasSize(1);
        next.api.seed(BuiltinResources.NODES,
                next.one(BuiltinResources.NODES, "n1").with(Seq.EMPTY, "status", "volumesInUse"));
        next.settle();
        assertThat(next.all(BuiltinResources.VOLUME_ATTACHMENTS)).isEmpty();
    }

    /// With thousands of nodes they are most of what happens.
    @Test
    void heartbeatsAreNoWork() {
        running();
        Struct ready = Struct.of("type", "Ready", "status", "True", "lastHeartbeatTime", "2026-01-01T12:00:10Z");
        stage.api.seed(BuiltinResources.NODES,
                stage.one(BuiltinResources.NODES, "n1").with(Seq.of(ready), "status", "conditions"));
        Obj pod = stage.one(BuiltinResources.PODS, "web");
        stage.api.seed(BuiltinResources.PODS, pod.with("Running", "status", "phase"));
        stage.api.deliver();
        assertThat(stage.desk.step()).isFalse();
    }

    @Test
    void leavesAttachmentsOfOthersAlone() {
        node("n1");
        stage.api.create(BuiltinResources.VOLUME_ATTACHMENTS, Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1",
                "kind", "VolumeAttachment", "metadata", Struct.of("name", "mine"), "spec", Struct.of("attacher",
                        "csi.example.com", "nodeName", "n1", "source", Struct.of("persistentVolumeName", "p")))),
                WriteOptions.PLAIN);
        stage.pass(Duration.ofHours(1));
        assertThat(attachments()).hasSize(1);
    }

    @Test
    void forceIsAnArgument() {
        assertThat(VolumeControllers.forcedDetach("leader-elect=true")).isTrue();
        assertThat(VolumeControllers.forcedDetach("disable-force-detach-on-timeout")).isFalse();
        assertThat(VolumeControllers.forcedDetach("disable-force-detach-on-timeout=true")).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VolumeControllers.forcedDetach("disable-force-detach-on-timeout=maybe"))
                .withMessage("--kube-controller-manager-arg=disable-force-detach-on-timeout=maybe is neither true nor"
                        + " false");
    }
}
