package io.k3j.csi;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Waits until volumes are attached to this node, by whoever does that: the attach/detach controller makes a
/// VolumeAttachment, the driver's external-attacher says in its status how it went. Any thread; blocks.
final class VolumeAttachments {
    /// Looks for one call; a pod whose volume takes longer asks again.
    private static final int LOOKS = 20;
    private static final long PAUSE_MILLIS = 500;
    private static final int FORBIDDEN = 403;
    private final ApiClient api;
    private final String node;
    private final VolumesInUse inUse;
    private final CountDownLatch closed;

    /// @param closed reaches zero when nobody is to wait any more
    VolumeAttachments(ApiClient api, String node, VolumesInUse inUse, CountDownLatch closed) {
        this.api = api;
        this.node = node;
        this.inUse = inUse;
        this.closed = closed;
    }

    /// Returns when the volume is attached, and the controller will not detach it.
    ///
    /// @return its publish context
    /// @throws IOException when it is not attached, with the driver's reason if there is one
    /// @throws ApiFault when the API does not answer
    Map<String, String> attached(CsiVolume volume) throws IOException {
        inUse.want(volume);
        String missing = "";
        for (int i = 0; i < LOOKS; i++) {
            if (i > 0) {
                pause();
            }
            Optional<Obj> attachment = attachment(volume);
            Struct status = attachment.isEmpty() ? Struct.EMPTY : checked(attachment.get());
            if (status.flag("attached") && listed(volume)) {
                return status.struct("attachmentMetadata").texts();
            }
            missing = missing(volume, attachment.isPresent(), status.flag("attached"));
        }
        throw new IOException("volume " + volume.handle() + " of " + volume.driver() + " is not attached to this node: "
                + missing);
    }

    private String missing(CsiVolume volume, boolean present, boolean attached) {
        String name = "VolumeAttachment " + volume.attachment(node);
        if (!present) {
            return "there is no " + name;
        }
        return attached ? "it is not in volumesAttached of Node " + node + " yet" : name + " is not attached yet";
    }

    /// Whether the attach/detach controller holds it for attached, which is looked at when it is told that the volume
    /// is in use.
    private boolean listed(CsiVolume volume) throws IOException {
        Obj found = inUse.want(volume).orElseThrow(() -> new IOException("there is no Node " + node + " yet"));
        return !found.status().seq("volumesAttached").find("name", volume.uniqueName()).isEmpty();
    }

    /// @return the status
    /// @throws IOException when nobody has to wait
    private static Struct checked(Obj attachment) throws IOException {
        if (attachment.terminating()) {
            throw new IOException("volume attachment is being deleted");
        }
        Struct status = attachment.status();
        if (!status.flag("attached") && status.has("attachError")) {
            throw new IOException("volume is not attached: " + status.struct("attachError").text("message"));
        }
        return status;
    }

    /// A node is told 403 of one that is not there.
    private Optional<Obj> attachment(CsiVolume volume) {
        try {
            return api.find(BuiltinResources.VOLUME_ATTACHMENTS, Key.of(volume.attachment(node)));
        } catch (ApiFault e) {
            if (e.code() == FORBIDDEN) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private void pause() throws IOException {
        try {
            if (!closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("this node's kubelet is being stopped");
    }
}
