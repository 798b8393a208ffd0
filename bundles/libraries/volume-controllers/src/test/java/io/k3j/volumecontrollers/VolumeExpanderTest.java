package io.k3j.volumecontrollers;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import org.junit.jupiter.api.Test;

class VolumeExpanderTest {
    private final Stage stage = new Stage(VolumeExpander::add);

    private void claim(String requested) {
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, Obj.of(Struct.of("apiVersion", "v1", "kind",
                "PersistentVolumeClaim", "metadata",
                Struct.of("name", "data", "namespace", "default", "uid", "u"), "spec",
                Struct.of("volumeName", "v", "resources",
                        Struct.of("requests", Struct.of("storage", requested))),
                "status", Struct.of("phase", "Bound", "capacity", Struct.of("storage", "1Gi")))));
        stage.settle();
    }

    @Test
    void tellsWhoExpandsAClaim() {
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUMES, Obj.of(Struct.of("apiVersion", "v1", "kind",
                "PersistentVolume", "metadata", Struct.of("name", "v"), "spec", Struct.of("claimRef",
                        Struct.of("namespace", "default", "name", "data", "uid", "u")))));
        claim("1Gi");
        assertThat(stage.events()).isEmpty();
        claim("2Gi");
        assertThat(stage.events())
                .containsExactly("ExternalExpanding: waiting for an external controller to expand this PVC");
    }
}
