package io.k3j.volumecontrollers;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// How long the volumes of one node have been waited for, and what was told of them. By names of VolumeAttachments, of
/// which there is or should be one: [#keep] bounds it. For one thread at a time. A restart begins anew, as upstream's.
final class AttachProgress {
    private final Map<String, Instant> detaching = new HashMap<>();
    private final Map<String, Instant> attaching = new HashMap<>();
    private final Map<String, String> told = new HashMap<>();

    /// How long a volume has been wanted no more.
    Duration unwanted(String attachment, Instant now) {
        return Duration.between(detaching.computeIfAbsent(attachment, a -> now), now);
    }

    /// A volume is wanted, again or still.
    void wanted(String attachment) {
        detaching.remove(attachment);
    }

    /// How long the external attacher has said nothing.
    Duration silent(String attachment, Instant now) {
        return Duration.between(attaching.computeIfAbsent(attachment, a -> now), now);
    }

    /// The external attacher has said something, or its silence was told.
    void heard(String attachment) {
        attaching.remove(attachment);
    }

    /// Whether this is not what was told last.
    boolean news(String attachment, String what) {
        return !what.equals(told.put(attachment, what));
    }

    /// Nothing is wrong any more.
    void well(String attachment) {
        told.remove(attachment);
        attaching.remove(attachment);
    }

    /// Forgets all others.
    void keep(Collection<String> attachments) {
        detaching.keySet().retainAll(attachments);
        attaching.keySet().retainAll(attachments);
        told.keySet().retainAll(attachments);
    }
}
