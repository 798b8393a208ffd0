package io.k3j.controllersworkload;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.Resources;
import io.k3j.controllerkit.Writer;
import io.k3j.model.Obj;
import java.util.List;
import java.util.function.IntFunction;

/// Creates and deletes pods for an owner and tells people, with upstream's events.
///
/// @param writer whom to write by
/// @param events whom to tell
/// @param owner the pods' owner
record PodDoor(Writer writer, Events events, Obj owner) {
    /// How many pods one pass creates or deletes at most, as upstream's burst.
    static final int BURST = 500;

    /// Creates `count` pods, by [SlowStart].
    /// @throws ApiFault a refusal; pods that were created stay
    void create(int count, IntFunction<Obj> pod) {
        SlowStart.run(count, i -> create(pod.apply(i)));
    }

    /// Creates one pod.
    /// @throws ApiFault when refused
    Obj create(Obj pod) {
        try {
            Obj made = writer.create(Resources.PODS, pod);
            events.normal(owner, "SuccessfulCreate", "Created pod: " + made.name());
            return made;
        } catch (ApiFault fault) {
            if (!namespaceEnds(fault)) {
                events.warning(owner, "FailedCreate", "Error creating: " + fault.getMessage());
            }
            throw fault;
        }
    }

    /// Deletes pods; ones that have gone already do not count.
    /// @throws ApiFault when refused
    void delete(List<Obj> pods) {
        pods.forEach(this::delete);
    }

    /// Deletes one pod.
    /// @throws ApiFault when refused
    void delete(Obj pod) {
        try {
            if (writer.delete(Resources.PODS, pod)) {
                events.normal(owner, "SuccessfulDelete", "Deleted pod: " + pod.name());
            }
        } catch (ApiFault fault) {
            events.warning(owner, "FailedDelete", "Error deleting: " + fault.getMessage());
            throw fault;
        }
    }

    /// Whether a refusal says that the namespace is going away, so that nothing is left to do.
    static boolean namespaceEnds(ApiFault fault) {
        return fault.code() == 403
                && !fault.details().seq("causes").find("reason", "NamespaceTerminating").isEmpty();
    }
}
