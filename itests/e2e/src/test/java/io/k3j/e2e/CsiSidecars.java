package io.k3j.e2e;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitcsi.CsiClient;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a driver's sidecars do, played through the API and the driver's socket: `external-provisioner`,
/// `external-attacher` and `external-resizer`, each for one object, when its turn has come. One thread.
///
/// @param name of the driver
record CsiSidecars(ApiObjects objects, CsiClient driver, String name, Server server) {
    static final String CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims";
    static final String VOLUMES = "/api/v1/persistentvolumes";
    static final String ATTACHMENTS = "/apis/storage.k8s.io/v1/volumeattachments";
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final String PROVISIONED = "external-provisioner.volume.kubernetes.io/finalizer";
    private static final String NODE_ID = "csi.alpha.kubernetes.io/node-id";
    private static final int SINGLE_NODE_WRITER = 1;

    private static Struct capability() {
        return Struct.of("mount", Struct.EMPTY, "access_mode", Struct.of("mode", SINGLE_NODE_WRITER));
    }

    private void until(String what, Waiting.Condition condition) throws IOException, InterruptedException {
        Waiting.until(what, LIMIT, condition, server::story);
    }

    /// Makes the volume of a claim that the controllers have left to this driver.
    ///
    /// @return the name of its PersistentVolume
    String provision(String claim, long bytes) throws IOException, InterruptedException {
        until("claim " + claim + " to be left to its provisioner",
                () -> objects.get(CLAIMS + "/" + claim).struct("metadata").struct("annotations")
                        .text("volume.kubernetes.io/storage-provisioner").equals(name));
        Struct object = objects.get(CLAIMS + "/" + claim);
        String uid = object.struct("metadata").text("uid");
        String volume = "pvc-" + uid;
        Struct made = driver.call("Controller", "CreateVolume",
                Struct.of("name", volume, "capacity_range", Struct.of("required_bytes", bytes), "volume_capabilities",
                        Seq.of(capability())))
                .struct("volume");
        objects.create(VOLUMES, Struct.of("apiVersion", "v1", "kind", "PersistentVolume", "metadata",
                Struct.of("name", volume, "finalizers", Seq.of(PROVISIONED), "annotations",
                        Struct.of("pv.kubernetes.io/provisioned-by", name)),
                "spec",
                Struct.of("capacity", Struct.of("storage", Long.toString(bytes)), "accessModes",
                        object.struct("spec").seq("accessModes"), "persistentVolumeReclaimPolicy", "Delete",
                        "storageClassName", object.struct("spec").text("storageClassName"), "claimRef",
                        Struct.of("apiVersion", "v1", "kind", "PersistentVolumeClaim", "namespace", "default", "name",
                                claim, "uid", uid),
                        "csi", Struct.of("driver", name, "volumeHandle", made.text("volume_id"), "volumeAttributes",
                                made.struct("volume_context")))));
        until("claim " + claim + " to be bound",
                () -> objects.get(CLAIMS + "/" + claim).struct("status").text("phase").equals("Bound"));
        return volume;
    }

    private Optional<Struct> attachment() throws IOException, InterruptedException {
        return objects.get(ATTACHMENTS).seq("items").structs().stream()
                .filter(a -> a.struct("spec").text("attacher").equals(name)).findFirst();
    }

    private String finalizer() {
        return "external-attacher/" + name.replace('.', '-');
    }

    private static String path(Struct attachment) {
        return ATTACHMENTS + "/" + attachment.struct("metadata").text("name");
    }

    private static String volume(Struct attachment) {
        return VOLUMES + "/" + attachment.struct("spec").struct("source").text("persistentVolumeName");
    }

    /// Publishes the volume that a VolumeAttachment asks for.
    void attach() throws IOException, InterruptedException {
        until("a VolumeAttachment", () -> attachment().isPresent());
        Struct attachment = attachment().orElseThrow();
        String pv = volume(attachment);
        finalizer(pv, finalizer(), true);
        Struct target = onNode(attachment);
        finalizer(path(attachment), finalizer(), true);
        objects.patch(path(attachment), Struct.of("metadata",
                Struct.of("annotations", Struct.of(NODE_ID, target.text("node_id")))));
        Struct context = driver.call("Controller", "ControllerPublishVolume",
                target.with("volume_capability", capability()).with("volume_context",
                        objects.get(pv).struct("spec").struct("csi").struct("volumeAttributes")))
                .struct("publish_context");
        objects.patch(path(attachment) + "/status",
                Struct.of("status", Struct.of("attached", true, "attachmentMetadata", context)));
    }

    private Struct onNode(Struct attachment) throws IOException, InterruptedException {
        String node = attachment.struct("spec").text("nodeName");
        String id = objects.get("/apis/storage.k8s.io/v1/csinodes/" + node).struct("spec").seq("drivers")
                .find("name", name).text("nodeID");
        return Struct.of("volume_id", objects.get(volume(attachment)).struct("spec").struct("csi")
                .text("volumeHandle"), "node_id", id);
    }

    /// Puts a finalizer to an object's others or takes it away, whoever else changes them at the same time.
    private void finalizer(String path, String one, boolean wanted) throws IOException, InterruptedException {
        until("finalizers of " + path, () -> {
            Optional<Struct> object = objects.find(path);
            if (object.isEmpty()) {
                return !wanted;
            }
            Struct metadata = object.get().struct("metadata");
            List<String> all = new ArrayList<>(metadata.seq("finalizers").texts());
            all.remove(one);
            if (wanted) {
                all.add(one);
            }
            objects.patch(path, Struct.of("metadata", Struct.of("resourceVersion", metadata.text("resourceVersion"),
                    "finalizers", all.isEmpty() ? null : Seq.copyOf(all))));
            return true;
        });
    }

    /// Takes the volume back when its VolumeAttachment is being deleted.
    void detach() throws IOException, InterruptedException {
        until("the end of a VolumeAttachment", () -> attachment()
                .filter(a -> a.struct("metadata").has("deletionTimestamp")).isPresent());
        Struct attachment = attachment().orElseThrow();
        driver.call("Controller", "ControllerUnpublishVolume", onNode(attachment));
        objects.patch(path(attachment) + "/status",
                Struct.of("status", Struct.of("attached", false, "attachmentMetadata", null)));
        finalizer(path(attachment), finalizer(), false);
        until("no VolumeAttachment", () -> attachment().isEmpty());
    }

    /// Makes a volume larger, and leaves its file system to the node.
    void resize(String claim, String volume, long bytes) throws IOException, InterruptedException {
        Struct csi = objects.get(VOLUMES + "/" + volume).struct("spec").struct("csi");
        resizing(claim, bytes, "ControllerResizeInProgress", "Resizing");
        Struct grown = driver.call("Controller", "ControllerExpandVolume",
                Struct.of("volume_id", csi.text("volumeHandle"), "capacity_range", Struct.of("required_bytes", bytes),
                        "volume_capability", capability()));
        if (!grown.flag("node_expansion_required")) {
            throw new AssertionError("the driver does not leave the file system to the node: " + grown);
        }
        objects.patch(VOLUMES + "/" + volume,
                Struct.of("spec", Struct.of("capacity", Struct.of("storage", Long.toString(bytes)))));
        resizing(claim, bytes, "NodeResizePending", "FileSystemResizePending");
    }

    private void resizing(String claim, long bytes, String step, String condition)
            throws IOException, InterruptedException {
        objects.patch(CLAIMS + "/" + claim + "/status", Struct.of("status",
                Struct.of("allocatedResources", Struct.of("storage", Long.toString(bytes)),
                        "allocatedResourceStatuses", Struct.of("storage", step), "conditions",
                        Seq.of(Struct.of("type", condition, "status", "True")))));
    }

    /// Deletes the volume of a claim that has gone.
    void delete(String volume) throws IOException, InterruptedException {
        until("volume " + volume + " to be released", () -> objects.get(VOLUMES + "/" + volume).struct("status")
                .text("phase").equals("Released"));
        driver.call("Controller", "DeleteVolume", Struct.of("volume_id",
                objects.get(VOLUMES + "/" + volume).struct("spec").struct("csi").text("volumeHandle")));
        objects.delete(VOLUMES + "/" + volume);
        finalizer(VOLUMES + "/" + volume, PROVISIONED, false);
        finalizer(VOLUMES + "/" + volume, finalizer(), false);
        until("no volume " + volume, () -> objects.find(VOLUMES + "/" + volume).isEmpty());
    }
}
