package io.k3j.volumecontrollers;

import io.k3j.controllerkit.Events;
import io.k3j.volumecontrollers.DesiredAttachments.Want;
import io.k3j.model.Obj;
import java.util.List;

/// What pods are told of the attachment of their volumes, in upstream's words.
final class AttachEvents {
    private static final String FAILED = "FailedAttachVolume";
    private final Events events;

    AttachEvents(Events events) {
        this.events = events;
    }

    void attached(Want want) {
        String message = about("AttachVolume.Attach succeeded", want) + " ";
        want.pods().forEach(p -> events.normal(p, "SuccessfulAttachVolume", message));
    }

    void failed(Want want, String why) {
        warn(want, about("AttachVolume.Attach failed", want) + " : " + why);
    }

    void timedOut(Want want) {
        failed(want, "timed out waiting for external-attacher of " + want.volume().driver()
                + " CSI driver to attach volume " + want.volume().handle());
    }

    /// A pod hears the names of those in its namespace only: of others it is told how many there are.
    ///
    /// @param others the pods that use the volume on the nodes that have it
    void attachedElsewhere(Want want, List<Obj> others) {
        String about = about("Multi-Attach error", want) + " ";
        want.pods().forEach(p -> events.warning(p, FAILED, about + (others.isEmpty()
                ? "Volume is already exclusively attached to one node and can't be attached to another"
                : "Volume is already used by " + told(p.namespace(), others))));
    }

    private static String told(String namespace, List<Obj> others) {
        List<String> near = others.stream().filter(o -> o.namespace().equals(namespace)).map(Obj::name).sorted()
                .toList();
        String names = near.isEmpty() ? "" : "pod(s) " + String.join(", ", near);
        int far = others.size() - near.size();
        return names + (far > 0 && !near.isEmpty() ? " and " : "")
                + (far > 0 ? far + " pod(s) in different namespaces" : "");
    }

    private void warn(Want want, String message) {
        want.pods().forEach(p -> events.warning(p, FAILED, message));
    }

    private static String about(String what, Want want) {
        return what + " for volume \"" + want.volume().name() + "\"";
    }
}
