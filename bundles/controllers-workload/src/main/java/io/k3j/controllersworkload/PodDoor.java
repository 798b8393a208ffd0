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

    /// Creates `count` pods, in batches that double as long as they succeed, so that a quota or a webhook
    /// that refuses the first is not asked five hundred times.
    /// @throws ApiFault the first refusal; pods of earlier batches stay
    void create(int count, IntFunction<Obj> pod) {
        int made = 0;
        for (int batch = 1; made < count; batch *= 2) {
            for (int end = Math.min(count, made + batch); made < end; made++) {
                create(pod.apply(made));
            }
        }
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
