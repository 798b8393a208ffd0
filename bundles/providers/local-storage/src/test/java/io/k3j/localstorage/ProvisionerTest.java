package io.k3j.localstorage;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Claims and volumes with nodes that do as they are told, or not.
class ProvisionerTest {
    private static final Key VOLUME = Key.of("pvc-u-1");
    private final Nodes nodes = new Nodes();
    private final Stage stage = new Stage(context -> Provisioner.add(context, nodes));

    private static final class Nodes implements NodeDirectories {
        private final List<String> done = new ArrayList<>();
        private String refusal = "";

        @Override
        public void make(Obj node, String parent, String name) throws IOException {
            tell("make " + node.name() + ":" + parent + "/" + name);
        }

        @Override
        public void delete(Obj node, String parent, String name) throws IOException {
            tell("delete " + node.name() + ":" + parent + "/" + name);
        }

        private void tell(String what) throws IOException {
            if (!refusal.isEmpty()) {
                throw new IOException(refusal);
            }
            done.add(what);
        }
    }

    @BeforeEach
    void cluster() {
        stage.api.seed(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n1", "labels", Struct.of("kubernetes.io/hostname", "n1")))));
        stage.api.seed(BuiltinResources.STORAGE_CLASSES,
                VolumePlanTest.storageClass(Struct.of("defaultVolumeType", "local"), Struct.EMPTY));
        stage.api.seed(BuiltinResources.CONFIG_MAPS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap",
                "metadata", Struct.of("name", "local-path-config", "namespace", "kube-system"), "data",
                Struct.of("config.json", VolumePlanTest.CONFIG))));
    }

    private void claim(String node) {
        Struct provisioner = Struct.of("volume.kubernetes.io/storage-provisioner", "rancher.io/local-path");
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, VolumePlanTest.claim(
                node.isEmpty() ? provisioner : provisioner.with("volume.kubernetes.io/selected-node", node),
                Struct.EMPTY));
        stage.pass(Duration.ofSeconds(1));
    }

    private List<String> events() {
        return stage.api.list(BuiltinResources.EVENTS, Query.ALL).items().stream()
                .map(e -> e.tree().text("reason") + ": " + e.tree().text("message")).toList();
    }

    @Test
    void makesTheDirectoryAndTheVolumeOnTheChosenNode() {
        claim("n1");
        assertThat(nodes.done).containsExactly("make n1:/var/storage/pvc-u-1_shop_data");
        assertThat(stage.api.find(BuiltinResources.PERSISTENT_VOLUMES, VOLUME)).isPresent();
        assertThat(events()).anyMatch(e -> e.startsWith("ProvisioningSucceeded"));
    }

    @Test
    void givesTheChoiceBackWhenTheNodeIsNoMore() {
        claim("n2");
        Obj claim = stage.api.list(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, Query.ALL).items().getFirst();
        assertThat(claim.annotations()).doesNotContainKey("volume.kubernetes.io/selected-node")
                .containsKey("volume.kubernetes.io/storage-provisioner");
        assertThat(nodes.done).isEmpty();
    }

    @Test
    void waitsUntilTheSchedulerHasChosen() {
        claim("");
        assertThat(nodes.done).isEmpty();
    }

    private void immediate(String config) {
        stage.api.seed(BuiltinResources.STORAGE_CLASSES,
                Obj.of(VolumePlanTest.storageClass(Struct.EMPTY, Struct.EMPTY).tree()
                        .with("volumeBindingMode", "Immediate")));
        stage.api.seed(BuiltinResources.CONFIG_MAPS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap",
                "metadata", Struct.of("name", "local-path-config", "namespace", "kube-system"), "data",
                Struct.of("config.json", config))));
    }

    private void node(String name, String ready) {
        stage.api.seed(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", name), "status",
                Struct.of("conditions", Seq.of(Struct.of("type", "Ready", "status", ready))))));
    }

    @Test
    void anyNodeThatIsReadyMakesTheDirectoryOfASharedPathWhereNoneIsChosen() {
        immediate("{\"sharedFileSystemPath\":\"/shared\"}");
        node("n1", "Unknown");
        claim("");
        assertThat(events()).anyMatch(e -> e.startsWith("ProvisioningFailed") && e.endsWith("no node is ready"));
        node("n2", "True");
        stage.pass(Duration.ofMinutes(2));
        assertThat(nodes.done).containsExactly("make n2:/shared/pvc-u-1_shop_data");
        Obj volume = stage.one(BuiltinResources.PERSISTENT_VOLUMES, VOLUME.name());
        assertThat(volume.spec().has("nodeAffinity")).isFalse();
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUMES, volume.with("Released", "status", "phase"));
        stage.pass(Duration.ofSeconds(1));
        assertThat(nodes.done).last().isEqualTo("delete n2:/shared/pvc-u-1_shop_data");
    }

    @Test
    void saysThatPathsOfNodesNeedAChosenOne() {
        immediate(VolumePlanTest.CONFIG);
        claim("");
        assertThat(nodes.done).isEmpty();
        assertThat(events()).contains("ProvisioningFailed: failed to provision volume with StorageClass \"local-path\":"
                + " configuration error, no node was specified");
    }

    @Test
    void saysWhyTheNodeCouldNotAndTriesAgain() {
        nodes.refusal = "status 507: No space left on device";
        claim("n1");
        assertThat(stage.api.find(BuiltinResources.PERSISTENT_VOLUMES, VOLUME)).isEmpty();
        assertThat(events()).anyMatch(e -> e.startsWith("ProvisioningFailed") && e.contains("No space left"));
        nodes.refusal = "";
        stage.pass(Duration.ofMinutes(2));
        assertThat(stage.api.find(BuiltinResources.PERSISTENT_VOLUMES, VOLUME)).isPresent();
    }

    private void released(String policy, String path) {
        claim("n1");
        Obj volume = stage.one(BuiltinResources.PERSISTENT_VOLUMES, VOLUME.name());
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUMES, volume.with(path, "spec", "local", "path")
                .with(policy, "spec", "persistentVolumeReclaimPolicy").with("Released", "status", "phase"));
        stage.pass(Duration.ofSeconds(1));
    }

    @Test
    void deletesAReleasedVolumeWithItsDirectory() {
        released("Delete", "/var/storage/pvc-u-1_shop_data");
        assertThat(nodes.done).last().isEqualTo("delete n1:/var/storage/pvc-u-1_shop_data");
        assertThat(stage.api.find(BuiltinResources.PERSISTENT_VOLUMES, VOLUME)).isEmpty();
    }

    @Test
    void keepsAVolumeThatIsToBeRetained() {
        released("Retain", "/var/storage/pvc-u-1_shop_data");
        assertThat(nodes.done).hasSize(1);
        assertThat(stage.api.find(BuiltinResources.PERSISTENT_VOLUMES, VOLUME)).isPresent();
    }

    @Test
    void deletesNoDirectoryThatItDidNotMake() {
        released("Delete", "/etc");
        assertThat(nodes.done).hasSize(1);
        assertThat(stage.api.find(BuiltinResources.PERSISTENT_VOLUMES, VOLUME)).isPresent();
        assertThat(events()).anyMatch(e -> e.startsWith("VolumeFailedDelete"));
    }
}
