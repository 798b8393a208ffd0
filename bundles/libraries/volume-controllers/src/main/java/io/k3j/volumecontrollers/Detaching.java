package io.k3j.volumecontrollers;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Key;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;

/// When a volume that is wanted no more may be detached. A volume that is detached while it is mounted may be written
/// by two nodes at once, so a kubelet that says it uses one is believed: for ever while its node is ready, for six
/// minutes when it is not, and not at all once somebody has tainted the node as out of service.
///
/// @param clock one that never goes back
/// @param forced whether the six minutes count; without it (`disable-force-detach-on-timeout`) only the taint does
record Detaching(InstantSource clock, boolean forced) {
    /// Upstream's `ReconcilerMaxWaitForUnmountDuration`.
    static final Duration LONGEST_UNMOUNT = Duration.ofMinutes(6);
    private static final System.Logger LOG = System.getLogger("io.k3j.controllerscluster");

    /// What is to be done with a volume that is wanted no more.
    ///
    /// @param now whether it may be detached now
    /// @param verified whether that is so whatever the node says at the last moment
    /// @param again when to look again, if it may not
    record Decision(boolean now, boolean verified, Requeue again) {
        static final Decision LATER = new Decision(false, false, Requeue.NEVER);
    }

    Decision decide(AttachNode node, Attachment attachment, AttachProgress progress) {
        if (attachment.terminating() || attachment.unknown() && node.object().isPresent()) {
            return Decision.LATER;
        }
        Duration left = LONGEST_UNMOUNT.minus(progress.unwanted(attachment.name(), clock.instant()));
        boolean forcing = node.outOfService() || forced && !left.isPositive() && !node.healthy();
        if (forcing || !attachment.usedBy(node)) {
            return new Decision(true, forcing, Requeue.NEVER);
        }
        return forced && left.isPositive() ? new Decision(false, false, Requeue.after(left)) : Decision.LATER;
    }

    /// Deletes a VolumeAttachment that may go, unless the node has begun to use the volume meanwhile: its change makes
    /// the node due again.
    void detach(AttachNode node, Attachment attachment, Decision decision, ExpectingWriter writer) {
        AttachNode live = decision.verified()
                ? node
                : new AttachNode(node.name(), writer.api().find(BuiltinResources.NODES, Key.of(node.name())));
        boolean used = attachment.usedBy(live);
        if (used && !decision.verified()) {
            return;
        }
        if (used) {
            LOG.log(Level.WARNING, "Detaching volume that may still be mounted attachment={0} volume={1} node={2}"
                    + " reason={3}", attachment.name(), Attachment.volume(attachment.object()), node.name(),
                    node.outOfService() ? "out-of-service" : "unmounted for too long");
        }
        writer.delete(BuiltinResources.VOLUME_ATTACHMENTS, attachment.object());
    }
}
