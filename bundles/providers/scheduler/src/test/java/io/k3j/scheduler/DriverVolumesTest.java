package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schedulercache.UnboundClaim;
import org.junit.jupiter.api.Test;

/// How many volumes of a CSI driver a node takes, and where a driver has room for new ones.
class DriverVolumesTest {
    private static final String DRIVER = "csi.example.com";
    private final SchedulerBed bed = new SchedulerBed();

    private Obj stored(Gvr resource, String kind, String name, String field, Struct value) {
        return bed.api.seed(resource, Obj.of(Struct.of("apiVersion", resource.apiVersion(), "kind", kind, "metadata",
                Struct.of("name", name), field, value)));
    }

    private void limit(String node, long count) {
        Struct driver = Struct.of("name", DRIVER, "nodeID", node, "allocatable", Struct.of("count", count));
        stored(BuiltinResources.CSI_NODES, "CSINode", node, "spec", Struct.of("drivers", Seq.of(driver)));
    }

    private void bound(String claim) {
        stored(BuiltinResources.PERSISTENT_VOLUMES, "PersistentVolume", "pv-" + claim, "spec",
                Struct.of("csi", Struct.of("driver", DRIVER, "volumeHandle", claim)));
        claim(claim, Struct.of("volumeName", "pv-" + claim), "Bound");
    }

    private void claim(String name, Struct spec, String phase) {
        Struct full = spec.with("accessModes", Seq.of("ReadWriteOnce")).with("resources",
                Struct.of("requests", Struct.of("storage", "5Gi")));
        bed.api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, Obj.of(Struct.of("apiVersion", "v1", "kind",
                "PersistentVolumeClaim", "metadata", Struct.of("name", name, "namespace", "default"), "spec", full,
                "status", Struct.of("phase", phase))));
    }

    private static Struct using(String claim) {
        return SchedulerBed.cpu("1").with("volumes", Seq.of(Struct.of("name", "d", "persistentVolumeClaim",
                Struct.of("claimName", claim))));
    }

    private String why(String pod) {
        return bed.scheduled(pod).text("message");
    }

    @Test
    void aNodeTakesAsManyVolumesAsItsDriverAttaches() {
        bed.node("n1", "9");
        limit("n1", 1);
        bound("one");
        bound("two");
        bed.bound("a", "n1", using("one"));
        bed.pod("b", using("one"));
        bed.pod("c", using("two"));
        bed.settle();
        assertThat(bed.node("b")).isEqualTo("n1");
        assertThat(bed.node("c")).isEmpty();
        assertThat(why("c")).contains("1 node(s) exceed max volume count");
        limit("n1", 2);
        bed.later();
        assertThat(bed.node("c")).isEqualTo("n1");
    }

    @Test
    void whatIsStillAttachedCounts() {
        bed.node("n1", "9");
        limit("n1", 1);
        bound("one");
        bound("two");
        stored(BuiltinResources.VOLUME_ATTACHMENTS, "VolumeAttachment", "left", "spec", Struct.of("attacher", DRIVER,
                "nodeName", "n1", "source", Struct.of("persistentVolumeName", "pv-one")));
        bed.pod("c", using("two"));
        bed.settle();
        assertThat(bed.node("c")).isEmpty();
        bed.api.vanish(BuiltinResources.VOLUME_ATTACHMENTS, Key.of("left"));
        bed.later();
        assertThat(bed.node("c")).isEqualTo("n1");
    }

    private void capacity(String name, String node, String size) {
        bed.api.seed(BuiltinResources.CSI_STORAGE_CAPACITIES, Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1",
                "kind", "CSIStorageCapacity", "metadata", Struct.of("name", name, "namespace", "kube-system"),
                "storageClassName", "local", "capacity", size, "nodeTopology",
                Struct.of("matchLabels", Struct.of("kubernetes.io/hostname", node)))));
    }

    @Test
    void aVolumeIsMadeWhereItsDriverHasRoom() {
        bed.node("n1", "9");
        bed.node("n2", "9");
        stored(BuiltinResources.CSI_DRIVERS, "CSIDriver", DRIVER, "spec", Struct.of("storageCapacity", true));
        bed.api.seed(BuiltinResources.STORAGE_CLASSES, Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1", "kind",
                "StorageClass", "metadata", Struct.of("name", "local"), "provisioner", DRIVER, "volumeBindingMode",
                "WaitForFirstConsumer")));
        claim("data", Struct.of("storageClassName", "local"), "Pending");
        capacity("a", "n1", "4Gi");
        bed.pod("p", using("data"));
        bed.settle();
        assertThat(why("p")).contains("2 node(s) did not have enough free storage");
        capacity("b", "n2", "6Gi");
        bed.later();
        assertThat(bed.api.get(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, SchedulerBed.key("data")).annotations())
                .containsEntry(UnboundClaim.SELECTED_NODE, "n2");
    }
}
