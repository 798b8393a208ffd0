package io.k3j.controllersworkload;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentbase.FeatureGates;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatefulClaimsTest {
    private static final Gvr CLAIMS = BuiltinResources.PERSISTENT_VOLUME_CLAIMS;
    private final Stage stage = new Stage(context -> StatefulSets.add(context, FeatureGates.NONE));

    private void create(int replicas, Struct policy) {
        Struct spec = Stage.spec("my-db", "i:1", replicas).with("serviceName", "my-db")
                .with("podManagementPolicy", "Parallel")
                .with("persistentVolumeClaimRetentionPolicy", policy).with("volumeClaimTemplates",
                        Seq.of(Struct.of("metadata", Struct.of("name", "my-data"), "spec",
                                Struct.of("accessModes", Seq.of("ReadWriteOnce")))));
        stage.api.create(BuiltinResources.STATEFUL_SETS, Stage.workload("apps/v1", "StatefulSet", "my-db", spec),
                WriteOptions.PLAIN);
        stage.settle();
    }

    private static Struct policy(String whenDeleted, String whenScaled) {
        return Struct.of("whenDeleted", whenDeleted, "whenScaled", whenScaled);
    }

    private void change(Object value, String... path) {
        stage.api.update(BuiltinResources.STATEFUL_SETS, set().with(value, path), WriteOptions.PLAIN);
        stage.settle();
    }

    private Obj set() {
        return stage.one(BuiltinResources.STATEFUL_SETS, "my-db");
    }

    private List<String> pods() {
        return stage.pods().stream().map(Obj::name).toList();
    }

    private Obj claim(int ordinal) {
        return stage.one(CLAIMS, "my-data-my-db-" + ordinal);
    }

    private void own(int ordinal, Struct... owners) {
        stage.api.update(CLAIMS, claim(ordinal).with(Seq.of((Object[]) owners), "metadata", "ownerReferences"),
                WriteOptions.PLAIN);
        stage.settle();
    }

    /// Deletes a claim, which a finalizer keeps.
    private void deleteSlowly(int ordinal) {
        stage.api.update(CLAIMS, claim(ordinal).with(Seq.of("kubernetes.io/pvc-protection"), "metadata", "finalizers"),
                WriteOptions.PLAIN);
        stage.api.delete(CLAIMS, claim(ordinal).key(), DeleteOptions.PLAIN);
        stage.settle();
    }

    private void vanish(Gvr resource, String name) {
        stage.api.vanish(resource, new Key("default", name));
        stage.settle();
    }

    @Test
    void makesAMissingClaimOfAPendingPodAnew() {
        create(1, policy("Retain", "Retain"));
        String uid = claim(0).uid();
        deleteSlowly(0);
        assertThat(claim(0).uid()).isEqualTo(uid);
        vanish(CLAIMS, "my-data-my-db-0");
        assertThat(claim(0).uid()).isNotEqualTo(uid);
        stage.runPods();
        vanish(CLAIMS, "my-data-my-db-0");
        assertThat(stage.all(CLAIMS)).isEmpty();
    }

    @Test
    void createsNoPodWhileItsClaimIsBeingDeleted() {
        create(1, policy("Retain", "Retain"));
        deleteSlowly(0);
        vanish(BuiltinResources.PODS, "my-db-0");
        assertThat(pods()).isEmpty();
        assertThat(stage.events())
                .contains(
                        "FailedCreate: create Pod my-db-0 in StatefulSet my-db failed error: pvc my-data-my-db-0 is being deleted");
        vanish(CLAIMS, "my-data-my-db-0");
        assertThat(pods()).containsExactly("my-db-0");
        assertThat(claim(0).terminating()).isFalse();
    }

    @Test
    void givesClaimsTheOwnersThatTheRetentionPolicyAsksFor() {
        create(3, policy("Delete", "Delete"));
        stage.runPods();
        Struct set = set().ownerReference();
        assertThat(stage.all(CLAIMS)).hasSize(3).allMatch(c -> c.owners().equals(List.of(set)));
        change(1, "spec", "replicas");
        assertThat(claim(0).owners()).containsExactly(set);
        for (int i = 1; i < 3; i++) {
            assertThat(claim(i).owners())
                    .containsExactly(stage.one(BuiltinResources.PODS, "my-db-" + i).ownerReference());
        }
        List<String> calls = stage.api.calls().stream().filter(c -> c.matches(".*(update .*claims|delete pods).*"))
                .map(c -> c.replaceAll(".*controller ", "")).toList();
        assertThat(calls).containsExactly("update persistentvolumeclaims default/my-data-my-db-2",
                "update persistentvolumeclaims default/my-data-my-db-1", "delete pods default/my-db-2",
                "delete pods default/my-db-1");
        change(policy("Retain", "Retain"), "spec", "persistentVolumeClaimRetentionPolicy");
        assertThat(stage.all(CLAIMS)).hasSize(3).allMatch(c -> c.owners().isEmpty());
    }

    @Test
    void givesTheClaimsOfAScaleDownToTheirPodsAlone() {
        create(2, policy("Retain", "Delete"));
        stage.runPods();
        assertThat(stage.all(CLAIMS)).allMatch(c -> c.owners().isEmpty());
        change(1, "spec", "replicas");
        assertThat(claim(0).owners()).isEmpty();
        assertThat(claim(1).owners()).hasSize(1);
    }

    @Test
    void followsThePolicyOnlyForClaimsThatNobodyElseControls() {
        create(4, policy("Retain", "Retain"));
        stage.runPods();
        Struct other = Struct.of("apiVersion", "v1", "kind", "ConfigMap", "name", "other", "uid", "u");
        Struct former = set().ownerReference().with("uid", "former");
        own(1, other);
        own(3, former);
        change(policy("Delete", "Retain"), "spec", "persistentVolumeClaimRetentionPolicy");
        own(2, other.with("controller", true), set().ownerReference().with("controller", false));
        assertThat(claim(0).owners()).containsExactly(set().ownerReference());
        assertThat(claim(1).owners()).containsExactly(other, set().ownerReference());
        assertThat(claim(2).owners()).containsExactly(other.with("controller", true));
        assertThat(claim(3).owners()).containsExactly(former);
        assertThat(stage.events())
                .contains("ConflictingController: PersistentVolumeClaim my-data-my-db-2 has a conflicting"
                        + " OwnerReference that acts as a manging controller, the retention policy is ignored for this claim");
        own(0, set().ownerReference().with("controller", false));
        assertThat(claim(0).owners()).containsExactly(set().ownerReference());
    }

    @Test
    void waitsUntilTheClaimOfAPodThatWasScaledDownHasGone() {
        create(2, policy("Retain", "Delete"));
        stage.runPods();
        change(1, "spec", "replicas");
        stage.runPods();
        change(2, "spec", "replicas");
        assertThat(pods()).containsExactly("my-db-0");
        vanish(CLAIMS, "my-data-my-db-1");
        assertThat(pods()).containsExactly("my-db-0", "my-db-1");
        assertThat(claim(1).owners()).isEmpty();
    }
}
