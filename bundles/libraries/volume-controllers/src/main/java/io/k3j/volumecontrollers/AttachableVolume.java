package io.k3j.volumecontrollers;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// A PersistentVolume of a CSI driver, by what the attach-detach controller, the kubelet and the external attacher
/// call it. Pure.
///
/// @param name of the PersistentVolume
/// @param driver of `spec.csi`
/// @param handle `spec.csi.volumeHandle`
/// @param shared whether several nodes may have it at once: upstream's `IsMultiAttachAllowed`
record AttachableVolume(String name, String driver, String handle, boolean shared) {
    private static final String PREFIX = "csi-";
    private static final String UNIQUE = "kubernetes.io/csi/";
    private static final int DIGEST_CHARS = 64;

    /// Empty for a volume of another kind, which needs no attaching here.
    static Optional<AttachableVolume> of(Obj volume) {
        Struct csi = volume.spec().struct("csi");
        if (csi.text("driver").isEmpty() || csi.text("volumeHandle").isEmpty()) {
            return Optional.empty();
        }
        Seq modes = volume.spec().seq("accessModes");
        boolean shared = modes.isEmpty() || modes.contains("ReadWriteMany") || modes.contains("ReadOnlyMany");
        return Optional.of(new AttachableVolume(volume.name(), csi.text("driver"), csi.text("volumeHandle"), shared));
    }

    /// Of its unique name, by which upstream detaches what has no PersistentVolume any more: without that one's name.
    /// Empty for a volume of another kind.
    static Optional<AttachableVolume> named(String uniqueName) {
        int end = uniqueName.indexOf('^');
        return !uniqueName.startsWith(UNIQUE) || end < 0 ? Optional.empty()
                : Optional.of(new AttachableVolume("", uniqueName.substring(UNIQUE.length(), end),
                        uniqueName.substring(end + 1), false));
    }

    /// What `volumesAttached` and `volumesInUse` of a Node call it.
    String uniqueName() {
        return UNIQUE + driver + "^" + handle;
    }

    /// Whether it is what a VolumeAttachment of this controller attaches, by the name of that. Another driver and
    /// handle may give the same name, and nodes say what they like of theirs: so the driver has to be the attacher.
    boolean isOf(Obj attachment) {
        return attachment.spec().text("attacher").equals(driver)
                && attachmentName(Attachment.node(attachment)).equals(attachment.name());
    }

    /// The name of its VolumeAttachment on a node. Kubelets compute the same one, since they may not list.
    String attachmentName(String node) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((handle + driver + node).getBytes(StandardCharsets.UTF_8));
            return PREFIX + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// Whether a name may be one of [#attachmentName].
    static boolean looksLikeOne(String attachment) {
        return attachment.length() == PREFIX.length() + DIGEST_CHARS && attachment.startsWith(PREFIX)
                && attachment.chars().skip(PREFIX.length()).allMatch(HexFormat::isHexDigit);
    }

    /// The VolumeAttachment that asks the driver's external attacher to attach it to a node.
    Obj attachment(String node) {
        return Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1", "kind", "VolumeAttachment", "metadata",
                Struct.of("name", attachmentName(node)), "spec", Struct.of("attacher", driver, "nodeName", node,
                        "source", Struct.of("persistentVolumeName", name))));
    }

    /// The entries of `volumesAttached` for some unique names. CSI volumes have no device path there.
    static Seq reported(List<String> uniqueNames) {
        return Seq.copyOf(uniqueNames.stream().map(n -> Struct.of("name", n, "devicePath", "")).toList());
    }
}
