package io.k3j.volumecontrollers;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Claims and volumes that name each other.
class VolumeBindingTest {
    private final Stage stage = new Stage(VolumeBinder::add);

    private void volume(String name, Struct more) {
        Struct.Builder spec = Struct.builder().put("capacity", Struct.of("storage", "5Gi")).put("accessModes",
                Seq.of("ReadWriteOnce"));
        more.forEach(spec::put);
        stage.api.create(BuiltinResources.PERSISTENT_VOLUMES, Obj.of(Struct.of("apiVersion", "v1", "kind",
                "PersistentVolume", "metadata", Struct.of("name", name), "spec", spec.build())), WriteOptions.PLAIN);
    }

    private void claim(String name, String volume) {
        Struct spec = Struct.of("accessModes", Seq.of("ReadWriteOnce"), "resources",
                Struct.of("requests", Struct.of("storage", "2Gi")));
        stage.api.create(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, Stage.workload("v1", "PersistentVolumeClaim", name,
                volume.isEmpty() ? spec : spec.with("volumeName", volume)), WriteOptions.PLAIN);
        stage.settle();
    }

    private String phase(String claim) {
        return stage.one(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, claim).status().text("phase");
    }

    private String owner(String volume) {
        return stage.one(BuiltinResources.PERSISTENT_VOLUMES, volume).spec().struct("claimRef").text("name");
    }

    @ParameterizedTest
    @CsvSource({"storage,requested PV is too small", "storageClassName,storageClassName does not match",
            "volumeAttributesClassName,volumeAttributesClassName does not match",
            "volumeMode,incompatible volumeMode", "accessModes,incompatible accessMode"})
    void aClaimDoesNotGetAVolumeThatItNamesButThatDoesNotFit(String field, String why) {
        volume("v", switch (field) {
            case "storage" -> Struct.of("capacity", Struct.of("storage", "1Gi"));
            case "accessModes" -> Struct.of("accessModes", Seq.of("ReadOnlyMany"));
            case "volumeMode" -> Struct.of("volumeMode", "Block");
            default -> Struct.of(field, "other");
        });
        claim("data", "v");
        assertThat(phase("data")).isEqualTo("Pending");
        assertThat(owner("v")).isEmpty();
        assertThat(stage.events()).containsExactly("VolumeMismatch: Cannot bind to requested volume \"v\": " + why);
    }

    @Test
    void aClaimWaitsForTheVolumeThatItNames() {
        volume("v", Struct.EMPTY);
        claim("first", "v");
        claim("second", "v");
        assertThat(phase("first")).isEqualTo("Bound");
        assertThat(phase("second")).isEqualTo("Pending");
        assertThat(stage.events()).containsExactly("FailedBinding: volume \"v\" already bound to a different claim.");
    }

    @Test
    void aVolumeThatIsReservedForAClaimMustBeLargeEnough() {
        volume("small", Struct.of("capacity", Struct.of("storage", "1Gi"), "claimRef",
                Struct.of("namespace", "default", "name", "data")));
        volume("large", Struct.EMPTY);
        claim("data", "");
        assertThat(owner("large")).isEqualTo("data");
        assertThat(phase("data")).isEqualTo("Bound");
    }

    @Test
    void aVolumeThatIsReservedForAClaimNeedNotBeOfItsClass() {
        volume("v", Struct.of("storageClassName", "other", "claimRef",
                Struct.of("namespace", "default", "name", "data")));
        claim("data", "");
        assertThat(phase("data")).isEqualTo("Bound");
    }

    private void free(String volume) {
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUMES,
                stage.one(BuiltinResources.PERSISTENT_VOLUMES, volume).without("spec", "claimRef"));
    }

    @Test
    void aBoundClaimGetsItsVolumeBackAndNobodyElseDoes() {
        volume("v", Struct.EMPTY);
        claim("data", "");
        claim("waits", "");
        claim("names", "v");
        free("v");
        stage.settle();
        assertThat(owner("v")).isEqualTo("data");
        assertThat(phase("data")).isEqualTo("Bound");
        assertThat(phase("waits")).isEqualTo("Pending");
        assertThat(phase("names")).isEqualTo("Pending");
        assertThat(stage.one(BuiltinResources.PERSISTENT_VOLUMES, "v").status().text("phase")).isEqualTo("Bound");
        assertThat(stage.events()).noneMatch(e -> e.startsWith("ClaimLost"));
    }

    private void pretending(String name) {
        stage.api.create(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, Stage.workload("v1", "PersistentVolumeClaim", name,
                Struct.of("accessModes", Seq.of("ReadWriteOnce"), "volumeName", "v", "resources",
                        Struct.of("requests", Struct.of("storage", "9Gi"))))
                .with("yes", "metadata", "annotations", "pv.kubernetes.io/bind-completed"), WriteOptions.PLAIN);
        stage.settle();
    }

    @Test
    void aClaimThatOnlySaysItWasBoundGetsWhatFitsAndKeepsNobodyAway() {
        volume("v", Struct.EMPTY);
        pretending("pretends");
        assertThat(owner("v")).isEmpty();
        assertThat(stage.events())
                .containsExactly("VolumeMismatch: Cannot bind to requested volume \"v\": requested PV is too small");
        claim("data", "");
        assertThat(owner("v")).isEqualTo("data");
    }

    @Test
    void theOldAnnotationNamesTheClassBeforeTheField() {
        volume("plain", Struct.EMPTY);
        volume("fast", Struct.of("storageClassName", "fast"));
        Struct spec = Struct.of("accessModes", Seq.of("ReadWriteOnce"), "resources",
                Struct.of("requests", Struct.of("storage", "2Gi")));
        stage.api.create(BuiltinResources.PERSISTENT_VOLUME_CLAIMS,
                Stage.workload("v1", "PersistentVolumeClaim", "data", spec)
                        .with("fast", "metadata", "annotations", "volume.beta.kubernetes.io/storage-class"),
                WriteOptions.PLAIN);
        stage.settle();
        assertThat(owner("plain")).isEmpty();
        assertThat(owner("fast")).isEqualTo("data");
    }

    @Test
    void aBoundClaimIsLostWhenItsVolumeIsAnothers() {
        volume("v", Struct.EMPTY);
        claim("data", "");
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUMES, stage.one(BuiltinResources.PERSISTENT_VOLUMES, "v").with(
                Struct.of("namespace", "default", "name", "other", "uid", "u"), "spec", "claimRef"));
        stage.settle();
        assertThat(phase("data")).isEqualTo("Lost");
        assertThat(stage.events()).containsExactly(
                "ClaimMisbound: Two claims are bound to the same volume, this one is bound incorrectly");
    }

    @Test
    void aBoundClaimIsLostWhenItsVolumeHasGone() {
        volume("v", Struct.EMPTY);
        claim("data", "");
        stage.api.vanish(BuiltinResources.PERSISTENT_VOLUMES, Key.of("v"));
        stage.settle();
        assertThat(phase("data")).isEqualTo("Lost");
        assertThat(stage.events()).containsExactly(
                "ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is lost!");
    }
}
