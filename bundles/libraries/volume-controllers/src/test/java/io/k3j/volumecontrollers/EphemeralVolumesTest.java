package io.k3j.volumecontrollers;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import org.junit.jupiter.api.Test;

class EphemeralVolumesTest {
    private final Stage stage = new Stage(EphemeralVolumes::add);

    private Obj pod(String name, String volume) {
        Struct template = Struct.of("metadata", Struct.of("labels", Struct.of("kind", "scratch")), "spec",
                Struct.of("accessModes", Seq.of("ReadWriteOnce"), "resources",
                        Struct.of("requests", Struct.of("storage", "1Gi"))));
        Struct spec = Struct.of("containers", Seq.of(Struct.of("name", "main", "image", "i")), "volumes",
                Seq.of(Struct.of("name", volume, "ephemeral", Struct.of("volumeClaimTemplate", template)),
                        Struct.of("name", "other", "emptyDir", Struct.EMPTY)));
        Obj pod = stage.api.create(BuiltinResources.PODS, Stage.workload("v1", "Pod", name, spec), WriteOptions.PLAIN);
        stage.settle();
        return pod;
    }

    private Obj claim(String name) {
        return stage.one(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, name);
    }

    @Test
    void aPodOwnsTheClaimOfItsEphemeralVolume() {
        Obj pod = pod("web", "scratch");
        assertThat(claim("web-scratch").labels()).containsEntry("kind", "scratch");
        assertThat(claim("web-scratch").spec().struct("resources").struct("requests").text("storage")).isEqualTo("1Gi");
        assertThat(claim("web-scratch").owners()).containsExactly(Struct.of("apiVersion", "v1", "kind", "Pod", "name",
                "web", "uid", pod.uid(), "controller", true, "blockOwnerDeletion", true));
        assertThat(stage.all(BuiltinResources.PERSISTENT_VOLUME_CLAIMS)).hasSize(1);
    }

    @Test
    void aClaimThatIsSomebodyElsesIsLeftAloneAndTold() {
        stage.api.create(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, Stage.workload("v1", "PersistentVolumeClaim",
                "web-scratch", Struct.of("accessModes", Seq.of("ReadWriteMany"))), WriteOptions.PLAIN);
        stage.settle();
        pod("web", "scratch");
        assertThat(claim("web-scratch").owners()).isEmpty();
        assertThat(stage.events()).containsExactly("FailedBinding: ephemeral volume scratch: PVC default/web-scratch "
                + "was not created for pod default/web (pod is not owner)");
    }

    @Test
    void aClaimThatIsDeletedIsMadeAgainWhileItsPodLives() {
        pod("web", "scratch");
        String first = claim("web-scratch").uid();
        stage.api.vanish(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, claim("web-scratch").key());
        stage.settle();
        assertThat(claim("web-scratch").uid()).isNotEqualTo(first);
    }
}
