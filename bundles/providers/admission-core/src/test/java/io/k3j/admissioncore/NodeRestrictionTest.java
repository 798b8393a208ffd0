package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// An attacker holds the credentials of the node `n`.
class NodeRestrictionTest {
    private static final Caller KUBELET = Caller.of("system:node:n", List.of("system:nodes"));
    private static final Struct OWNER = Struct.of("apiVersion", "v1", "kind", "Node", "name", "n", "uid", "u",
            "controller", true);
    private final Stage stage = new Stage();
    private final NodeRestriction plugin = new NodeRestriction(stage.world);

    @BeforeEach
    void registered() {
        stage.seed(Listers.NODES, Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n", "uid", "u")));
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private static Struct mirror(Struct spec) {
        Struct metadata = Struct.of("name", "p", "namespace", "default", "annotations",
                Struct.of("kubernetes.io/config.mirror", "x"), "ownerReferences", Seq.of(OWNER));
        return Stage.pod(spec.with("nodeName", "n")).with("metadata", metadata);
    }

    private Struct created(Struct pod) {
        return plugin.admit(stage.write(Operation.CREATE, Listers.PODS, "Pod", KUBELET), pod);
    }

    private Struct updated(Gvr resource, String kind, String subresource, Struct before, Struct after) {
        Write w = stage.write(Operation.UPDATE, resource, kind, KUBELET);
        return plugin.admit(new Write(w.operation(), w.kind(), subresource,
                resource.equals(Listers.NODES) ? Key.of("n") : w.key(), Optional.of(before), KUBELET, false,
                Struct.EMPTY), after);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'volumes':[{'name':'v','secret':{'secretName':'s'}}]}",
            "{'volumes':[{'name':'v','configMap':{'name':'s'}}]}",
            "{'volumes':[{'name':'v','persistentVolumeClaim':{'claimName':'s'}}]}",
            "{'volumes':[{'name':'v','ephemeral':{}}]}",
            "{'volumes':[{'name':'v','projected':{'sources':[{'serviceAccountToken':{'path':'t'}}]}}]}",
            "{'volumes':[{'name':'v','projected':{'sources':[{'secret':{'name':'s'}}]}}]}",
            "{'volumes':[{'name':'v','projected':{'sources':[{'clusterTrustBundle':{'path':'s'}}]}}]}",
            "{'volumes':[{'name':'v','csi':{'driver':'d','nodePublishSecretRef':{'name':'s'}}}]}",
            "{'volumes':[{'name':'v','rbd':{'secretRef':{'name':'s'}}}]}",
            "{'imagePullSecrets':[{'name':'s'}]}", "{'serviceAccountName':'s'}", "{'serviceAccount':'s'}",
            "{'resourceClaims':[{'name':'s','resourceClaimName':'s'}]}",
            "{'initContainers':[{'name':'i','env':[{'name':'E','valueFrom':{'secretKeyRef':{'name':'s'}}}]}]}",
            "{'initContainers':[{'name':'i','envFrom':[{'configMapRef':{'name':'s'}}]}]}"})
    void aMirrorPodMayNotReferToOtherObjects(String spec) {
        Struct pod = mirror(Json.object(spec.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
        assertThatThrownBy(() -> created(pod)).isInstanceOf(ApiFault.class)
                .hasMessageContaining("can not create pods that reference");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{'volumes':[{'name':'v','csi':{'driver':'d'}}]}|csidrivers (via CSI volumes)",
            "{'volumes':[{'name':'v','glusterfs':{'endpoints':'e'}}]}|endpoints (via glusterFS volumes)",
            "{'volumes':[{'name':'v','ephemeral':{}}]}|persistentvolumeclaims (via ephemeral volumes)",
            "{'volumes':[{'name':'v','persistentVolumeClaim':{}},{'name':'w','secret':{}}]}|secrets",
            "{'serviceAccountName':'s','imagePullSecrets':[{'name':'s'}]}|serviceaccounts",
            "{'volumes':[{'name':'v','projected':{'sources':[{'serviceAccountToken':{}}]}}]}"
                    + "|serviceaccounts (via projected volumes)"})
    void whatAMirrorPodRefersToIsTold(String spec, String what) {
        Struct pod = mirror(Json.object(spec.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
        assertThatThrownBy(() -> created(pod)).isInstanceOf(ApiFault.class)
                .hasMessageEndingWith("node \"n\" can not create pods that reference " + what);
    }

    @Test
    void aMirrorPodOfAnEarlierNodeOfThatNameIsRefused() {
        Struct pod = mirror(Struct.EMPTY).withAt(Seq.of(OWNER.with("uid", "other")), "metadata", "ownerReferences");
        assertThatThrownBy(() -> created(pod)).hasMessageContaining(
                "node n UID mismatch: expected other got " + OWNER.text("uid"));
    }

    @Test
    void aMirrorPodMustBeOwnedByItsNode() {
        assertThat(created(mirror(Struct.EMPTY))).isEqualTo(mirror(Struct.EMPTY));
        for (Struct owner : List.of(OWNER.with("name", "other"), OWNER.with("uid", "other"),
                OWNER.without("controller"), OWNER.with("blockOwnerDeletion", true), OWNER.with("kind", "Pod"))) {
            assertThatThrownBy(() -> created(mirror(Struct.EMPTY).withAt(Seq.of(owner), "metadata",
                    "ownerReferences"))).isInstanceOf(ApiFault.class);
        }
        assertThatThrownBy(() -> created(mirror(Struct.EMPTY).withoutAt("metadata", "ownerReferences")))
                .isInstanceOf(ApiFault.class);
    }

    @Test
    void aStatusUpdateMayNotChangeLabels() {
        Struct pod = mirror(Struct.EMPTY);
        Struct labelled = pod.withAt(Struct.of("app", "bank"), "metadata", "labels");
        assertThatThrownBy(() -> updated(Listers.PODS, "Pod", "status", pod, labelled))
                .hasMessageContaining("node \"n\" cannot update labels through pod status");
        Struct claims = pod.withAt(Seq.of(Struct.of("name", "g", "resourceClaimName", "c")), "status",
                "resourceClaimStatuses");
        assertThatThrownBy(() -> updated(Listers.PODS, "Pod", "status", pod, claims)).isInstanceOf(ApiFault.class);
        Struct ran = pod.withAt("Running", "status", "phase");
        assertThat(updated(Listers.PODS, "Pod", "status", pod, ran)).isEqualTo(ran);
    }

    @Test
    void aNodeMayNotSetItsOwnerReferences() {
        Struct node = Struct.of("metadata", Struct.of("name", "n"));
        Struct owned = node.withAt(Seq.of(Struct.of("apiVersion", "v1", "kind", "Node", "name", "other", "uid", "o")),
                "metadata", "ownerReferences");
        assertThatThrownBy(() -> updated(Listers.NODES, "Node", "", node, owned))
                .hasMessageContaining("node \"n\" is not allowed to modify ownerReferences");
        assertThatThrownBy(() -> updated(Listers.NODES, "Node", "status", node, owned)).isInstanceOf(ApiFault.class);
    }

    @Test
    void aLabelWithoutAValueIsALabelAllTheSame() {
        Struct node = Struct.of("metadata", Struct.of("name", "n"));
        for (String key : List.of("node-restriction.kubernetes.io/tenant", "node-role.kubernetes.io/control-plane")) {
            Struct labelled = node.withAt("", "metadata", "labels", key);
            for (String subresource : List.of("", "status")) {
                assertThatThrownBy(() -> updated(Listers.NODES, "Node", subresource, node, labelled))
                        .hasMessageContaining("is not allowed to modify labels: " + key);
                assertThatThrownBy(() -> updated(Listers.NODES, "Node", subresource, labelled, node))
                        .hasMessageContaining("is not allowed to modify labels: " + key);
            }
        }
    }

    @Test
    void aNodeMayLeaveTheSchedulerButNotComeBackByItself() {
        Struct node = Struct.of("metadata", Struct.of("name", "n"));
        Struct cordoned = node.withAt(true, "spec", "unschedulable");
        assertThat(updated(Listers.NODES, "Node", "", node, cordoned)).isEqualTo(cordoned);
        assertThatThrownBy(() -> updated(Listers.NODES, "Node", "", cordoned, node))
                .hasMessageContaining("run kubectl uncordon n as an administrator");
    }

    @Test
    void aNodeDoesNotChooseItsRanges() {
        Struct node = Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", "n"), "spec",
                Struct.of("podCIDR", "10.42.1.0/24", "podCIDRs", Seq.of("10.42.1.0/24")));
        Write writes = stage.write(Operation.CREATE, Listers.NODES, "Node", KUBELET);
        for (Struct before : List.of(Struct.EMPTY, node.without("spec"),
                node.withAt(Seq.of("10.42.1.0/24", "fd42::/64"), "spec", "podCIDRs"))) {
            Write write = new Write(before.isEmpty() ? Operation.CREATE : Operation.UPDATE, writes.kind(), "",
                    Key.of("n"), before.isEmpty() ? Optional.empty() : Optional.of(before), KUBELET, false,
                    Struct.EMPTY);
            assertThatThrownBy(() -> plugin.admit(write, node)).hasMessageContaining("spec.podCIDR");
        }
    }

    @Test
    void aNodeMayUpdateOnlyTheResizeStatusOfAClaim() {
        Gvr claims = new Gvr("", "v1", "persistentvolumeclaims");
        Struct claim = Stage.object("PersistentVolumeClaim", "p", Struct.EMPTY);
        Struct grown = claim.withAt(Struct.of("storage", "2Gi"), "status", "capacity");
        assertThat(updated(claims, "PersistentVolumeClaim", "status", claim, grown)).isEqualTo(grown);
        for (Struct wrong : List.of(claim.withAt("Lost", "status", "phase"),
                claim.withAt(Struct.of("a", "b"), "metadata", "labels"))) {
            assertThatThrownBy(() -> updated(claims, "PersistentVolumeClaim", "status", claim, wrong))
                    .isInstanceOf(ApiFault.class);
        }
        assertThatThrownBy(() -> updated(claims, "PersistentVolumeClaim", "", claim, claim))
                .hasMessageContaining("may only update PVC status");
    }

    @Test
    void aNodeMayWriteOnlyItsOwnResourceSlices() {
        Gvr slices = new Gvr("resource.k8s.io", "v1", "resourceslices");
        Struct own = Stage.object("ResourceSlice", "p", Struct.of("nodeName", "n"));
        Struct foreign = Stage.object("ResourceSlice", "p", Struct.of("nodeName", "other"));
        assertThat(updated(slices, "ResourceSlice", "", own, own)).isEqualTo(own);
        assertThatThrownBy(() -> updated(slices, "ResourceSlice", "", own, foreign)).isInstanceOf(ApiFault.class);
        assertThatThrownBy(() -> updated(slices, "ResourceSlice", "", foreign, own)).isInstanceOf(ApiFault.class);
    }
}
