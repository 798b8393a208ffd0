package io.k3j.scheduler;

import static io.k3j.scheduler.SchedulerBed.cpu;
import static io.k3j.scheduler.SchedulerBed.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schedulercache.UnboundClaim;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Attempts that come before the scheduler has seen what it has written about claims and volumes.
class AssumedVolumesTest {
    private static final int ATTEMPTS = 8;
    private final SchedulerBed bed = new SchedulerBed();

    @BeforeEach
    void provideVolumes() {
        bed.api.seed(BuiltinResources.STORAGE_CLASSES,
                Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1", "kind", "StorageClass", "metadata",
                        Struct.of("name", "local"), "provisioner", "rancher.io/local-path", "volumeBindingMode",
                        "WaitForFirstConsumer")));
        bed.node("n1", "4");
        bed.node("n2", "4");
        bed.settle();
    }

    private void claim(String name) {
        bed.api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, Obj.of(Struct.of("apiVersion", "v1", "kind",
                "PersistentVolumeClaim", "metadata", Struct.of("name", name, "namespace", "default"), "spec",
                Struct.of("storageClassName", "local", "accessModes", Seq.of("ReadWriteOnce"), "resources",
                        Struct.of("requests", Struct.of("storage", "1Gi"))),
                "status", Struct.of("phase", "Pending"))));
    }

    private void volume(String name) {
        bed.api.seed(BuiltinResources.PERSISTENT_VOLUMES, Obj.of(Struct.of("apiVersion", "v1", "kind",
                "PersistentVolume", "metadata", Struct.of("name", name), "spec",
                Struct.of("storageClassName", "local", "capacity", Struct.of("storage", "5Gi"), "accessModes",
                        Seq.of("ReadWriteOnce")))));
    }

    private static Struct mounted(String claim) {
        return Struct.of("name", claim, "persistentVolumeClaim", Struct.of("claimName", claim));
    }

    private String selected(String claim) {
        return bed.api.get(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, key(claim)).annotations()
                .getOrDefault(UnboundClaim.SELECTED_NODE, "");
    }

    @Test
    void allClaimsOfAPodAreGivenTheSameNodeHoweverOftenItIsTried() {
        claim("a");
        claim("b");
        bed.pod("p", cpu("1").with("volumes", Seq.of(mounted("a"), mounted("b"))));
        bed.api.deliver();
        bed.loop.step();
        String first = selected("a");
        assertThat(first).isNotEmpty();
        for (int i = 0; i < ATTEMPTS; i++) {
            bed.watching.queue().changed("NodeAdd", Set.of(VolumeFilter.NAME));
            bed.loop.step();
            assertThat(selected("a")).isEqualTo(first);
            assertThat(selected("b")).isEqualTo(first);
        }
    }

    @Test
    void podsThatAreTakenOneAfterTheOtherChooseDifferentVolumes() {
        claim("a");
        claim("b");
        volume("v0");
        volume("v1");
        bed.settle();
        bed.hold();
        bed.pod("p", cpu("1").with("volumes", Seq.of(mounted("a"))));
        bed.pod("q", cpu("1").with("volumes", Seq.of(mounted("b"))));
        bed.settle();
        bed.release();
        assertThat(claimOf("v0")).isNotEmpty();
        assertThat(claimOf("v1")).isNotEmpty().isNotEqualTo(claimOf("v0"));
    }

    private String claimOf(String volume) {
        return bed.api.get(BuiltinResources.PERSISTENT_VOLUMES, Key.of(volume)).spec().struct("claimRef").text("name");
    }

    @Test
    void aClaimThatWasChangedMeanwhileIsLookedAtAgain() {
        bed.hold();
        claim("b");
        bed.pod("q", cpu("1").with("volumes", Seq.of(mounted("b"))));
        bed.settle();
        bed.api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS,
                bed.api.get(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, key("b")).with("x", "metadata", "labels", "l"));
        bed.release();
        assertThat(selected("b")).isEmpty();
        bed.later();
        assertThat(selected("b")).isNotEmpty();
    }

    @Test
    void othersClaimsAndVolumesDoNotRetryAPodThatWaitsForItsOwn() {
        claim("a");
        bed.pod("p", cpu("1").with("volumes", Seq.of(mounted("a"))));
        bed.settle();
        claim("b");
        volume("taken");
        bed.api.seed(BuiltinResources.PERSISTENT_VOLUMES, bed.api.get(BuiltinResources.PERSISTENT_VOLUMES,
                Key.of("taken")).with(Struct.of("namespace", "default", "name", "b"), "spec", "claimRef"));
        bed.settle();
        bed.api.seed(BuiltinResources.PERSISTENT_VOLUMES, bed.api.get(BuiltinResources.PERSISTENT_VOLUMES,
                Key.of("taken")).with("Bound", "status", "phase"));
        bed.api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS,
                bed.api.get(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, key("b")).with("Bound", "status", "phase"));
        bed.api.deliver();
        assertThat(bed.watching.queue().take()).isEmpty();
        bed.api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS,
                bed.api.get(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, key("a")).with("Bound", "status", "phase"));
        bed.api.deliver();
        assertThat(bed.watching.queue().take()).isPresent();
    }
}
