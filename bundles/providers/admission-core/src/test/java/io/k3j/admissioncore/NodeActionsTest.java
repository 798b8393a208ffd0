package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Token requests and evictions by an attacker who holds a kubelet's credentials.
class NodeActionsTest {
    private final Stage stage = new Stage();
    private final NodeRestriction plugin = new NodeRestriction(stage.world);

    @AfterEach
    void close() {
        stage.close();
    }

    private void pod(String node) {
        Struct token = Struct.of("serviceAccountToken", Struct.of("path", "token", "audience", "vault"));
        Struct volume = Struct.of("name", "t", "projected", Struct.of("sources", Seq.of(token)));
        Struct pod = Stage.object("Pod", "p", Struct.of("nodeName", node, "volumes", Seq.of(volume)));
        stage.seed(Listers.PODS, pod.withAt("u1", "metadata", "uid"));
    }

    private Write action(Gvr resource, String kind, String subresource) {
        Write plain = stage.write(Operation.CREATE, resource, kind,
                Caller.of("system:node:mine", List.of("system:nodes")));
        return new Write(plain.operation(), plain.kind(), subresource, new Key("default", "p"), Optional.empty(),
                plain.caller(), false, Struct.EMPTY);
    }

    private void asks(Struct bound, String... audiences) {
        Write write = action(Listers.ACCOUNTS, "ServiceAccount", "token");
        assertThat(plugin.handles(write)).isTrue();
        plugin.admit(write, Struct.of("spec",
                Struct.of("boundObjectRef", bound, "audiences", Seq.copyOf(List.of(audiences)))));
    }

    private static Struct bound(String uid) {
        return Struct.of("apiVersion", "v1", "kind", "Pod", "name", "p", "uid", uid);
    }

    @Test
    void aTokenMustBeBoundToAPodOnTheNode() {
        assertThatThrownBy(() -> asks(Struct.EMPTY)).hasMessageContaining("node requested token not bound to a pod");
        assertThatThrownBy(() -> asks(bound("u1"))).isInstanceOfSatisfying(ApiFault.class,
                f -> assertThat(f.code()).isEqualTo(404));
        pod("other");
        assertThatThrownBy(() -> asks(bound(""))).hasMessageContaining("without a uid");
        assertThatThrownBy(() -> asks(bound("u2"))).hasMessageContaining("does not match the UID in record");
        assertThatThrownBy(() -> asks(bound("u1"), "vault"))
                .hasMessageContaining("bound to a pod scheduled on a different node");
    }

    @Test
    void aTokenMustHaveAnAudienceThatThePodNames() {
        pod("mine");
        asks(bound("u1"), "vault");
        assertThatThrownBy(() -> asks(bound("u1"))).hasMessageContaining("audience \"\" not found in pod spec volume");
        assertThatThrownBy(() -> asks(bound("u1"), "bank"))
                .hasMessageContaining("audience \"bank\" not found in pod spec volume");
        assertThatThrownBy(() -> asks(bound("u1"), "vault", "bank"))
                .hasMessageContaining("node may only request 0 or 1 audiences");
    }

    @Test
    void aNodeMayNotEvictPodsOfOtherNodes() {
        Write write = action(Listers.PODS, "Pod", "eviction");
        assertThatThrownBy(() -> plugin.admit(write, Struct.of("spec", Struct.of("nodeName", "mine"))))
                .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(404));
        pod("other");
        assertThatThrownBy(() -> plugin.admit(write, Struct.EMPTY)).hasMessageContaining(
                "node \"mine\" can only evict pods with spec.nodeName set to itself");
    }

    @Test
    void aNodeMayEvictItsOwnPod() {
        pod("mine");
        assertThat(plugin.admit(action(Listers.PODS, "Pod", "eviction"), Struct.EMPTY)).isEqualTo(Struct.EMPTY);
    }
}
