package io.k3j.csi;

import io.k3j.model.Struct;
import io.k3j.volumeapi.VolumeRequest;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/// A volume of a driver that a pod is to have. Immutable.
///
/// @param request that asks for it
/// @param driver whose it is; may be a directory's name
/// @param handle by which the driver knows it
/// @param csi its source: of a PersistentVolume, or of the pod
record CsiVolume(VolumeRequest request, String driver, String handle, Struct csi) {
    /// CSI has 128 bytes, which not every driver keeps to; a record of it has to be read again.
    private static final int LONGEST_HANDLE = 4_096;
    private static final int SINGLE_NODE_WRITER = 1;
    private static final int MULTI_NODE_READER_ONLY = 3;
    private static final int MULTI_NODE_MULTI_WRITER = 5;
    private static final int SINGLE_NODE_SINGLE_WRITER = 6;
    private static final int SINGLE_NODE_MULTI_WRITER = 7;

    /// @throws IOException when a name in it would lead to another place
    static CsiVolume of(VolumeRequest request) throws IOException {
        Struct csi = request.source().struct("csi");
        String uid = CsiPaths.component(request.pod().uid());
        CsiPaths.component(request.diskName());
        boolean ephemeral = request.persistentVolume().isEmpty();
        String handle = ephemeral ? "csi-" + CsiPaths.sha256(uid + request.name()) : csi.text("volumeHandle");
        if (handle.isEmpty()) {
            throw new IOException("persistentvolume " + request.persistentVolume() + " has no volumeHandle");
        }
        if (handle.length() > LONGEST_HANDLE) {
            throw new IOException("the volumeHandle of persistentvolume " + request.persistentVolume()
                    + " has more than " + LONGEST_HANDLE + " characters");
        }
        return new CsiVolume(request, CsiPaths.driver(csi.text("driver")), handle, csi);
    }

    String uid() {
        return request.pod().uid();
    }

    /// On the disk.
    String name() {
        return request.diskName();
    }

    boolean ephemeral() {
        return request.persistentVolume().isEmpty();
    }

    /// What one driver calls one volume: two PersistentVolumes may lead to the same.
    String key() {
        return driver + "^" + handle;
    }

    /// As Nodes name it in `volumesInUse` and `volumesAttached`.
    String uniqueName() {
        return uniqueName(driver, handle);
    }

    static String uniqueName(String driver, String handle) {
        return "kubernetes.io/csi/" + driver + "^" + handle;
    }

    /// The name of its VolumeAttachment.
    String attachment(String node) {
        return attachment(driver, handle, node);
    }

    static String attachment(String driver, String handle, String node) {
        return "csi-" + CsiPaths.sha256(handle + driver + node);
    }

    private List<String> accessModes() {
        return request.source().seq("accessModes").texts();
    }

    /// Whether no two pods may have it, whatever brought them here; upstream looks at volumes of this mode alone.
    boolean exclusive() {
        return !ephemeral() && accessModes().equals(List.of("ReadWriteOncePod"));
    }

    /// How it is used, in CSI's words: by the first of its access modes, as upstream.
    /// @param abilities of the driver
    /// @param block as a device
    VolumeCall.Capability capability(Set<Integer> abilities, boolean block) {
        String mode = ephemeral() || accessModes().isEmpty() ? "ReadWriteOnce" : accessModes().getFirst();
        boolean knowsWriters = abilities.contains(DriverClient.SINGLE_NODE_MULTI_WRITER);
        int number = switch (mode) {
            case "ReadOnlyMany" -> MULTI_NODE_READER_ONLY;
            case "ReadWriteMany" -> MULTI_NODE_MULTI_WRITER;
            case "ReadWriteOncePod" -> knowsWriters ? SINGLE_NODE_SINGLE_WRITER : SINGLE_NODE_WRITER;
            default -> knowsWriters ? SINGLE_NODE_MULTI_WRITER : SINGLE_NODE_WRITER;
        };
        return block ? new VolumeCall.Capability(true, "", List.of(), "", number)
                : new VolumeCall.Capability(false, csi.text("fsType"), request.source().seq("mountOptions").texts(),
                        abilities.contains(DriverClient.VOLUME_MOUNT_GROUP) && group() >= 0 ? Long.toString(group())
                                : "",
                        number);
    }

    private long group() {
        return request.pod().spec().struct("securityContext").whole("fsGroup", -1);
    }

    /// Whether the kubelet gives its files to the pod's group, by the driver's policy; upstream's `supportsFSGroup`.
    boolean groupIsKubelets(String policy, Set<Integer> abilities) {
        if (group() < 0 || request.readOnly() || abilities.contains(DriverClient.VOLUME_MOUNT_GROUP)) {
            return false;
        }
        return switch (policy) {
            case "None" -> false;
            case "File" -> true;
            default -> !csi.text("fsType").isEmpty() && (ephemeral() || accessModes().contains("ReadWriteOnce")
                    || accessModes().contains("ReadWriteOncePod"));
        };
    }
}
