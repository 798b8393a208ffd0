package io.k3j.controllersworkload;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.IndependentSteps;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.SlowStart;
import io.k3j.model.Obj;
import java.util.List;
import java.util.function.IntFunction;

/// Creates and deletes pods for an owner and records upstream's events.
///
/// @param writer performs the writes
/// @param events records the events
/// @param owner the pods' owner
record PodControl(ExpectingWriter writer, Events events, Obj owner) {
    /// Maximum of pods created or deleted per sync, upstream's burst.
    static final int BURST = 500;

    /// Creates `count` pods, by [SlowStart].
    /// @throws ApiFault for a refused create; created pods stay
    void create(int count, IntFunction<Obj> pod) {
        SlowStart.run(count, i -> create(pod.apply(i)));
    }

    /// Creates one pod.
    /// @throws ApiFault when refused
    Obj create(Obj pod) {
        try {
            Obj made = writer.create(BuiltinResources.PODS, pod);
            events.normal(owner, "SuccessfulCreate", "Created pod: " + made.name());
            return made;
        } catch (ApiFault fault) {
            if (!fault.namespaceTerminating()) {
                events.warning(owner, "FailedCreate", "Error creating: " + fault.getMessage());
            }
            throw fault;
        }
    }

    /// Deletes pods side by side, each whatever becomes of the others; missing ones are ignored.
    /// @throws ApiFault when one is refused, after all were tried
    void delete(List<Obj> pods) {
        IndependentSteps steps = new IndependentSteps();
        steps.each(pods, this::delete);
        steps.end();
    }

    /// Deletes one pod.
    /// @throws ApiFault when refused
    void delete(Obj pod) {
        try {
            if (writer.delete(BuiltinResources.PODS, pod)) {
                events.normal(owner, "SuccessfulDelete", "Deleted pod: " + pod.name());
            }
        } catch (ApiFault fault) {
            events.warning(owner, "FailedDelete", "Error deleting: " + fault.getMessage());
            throw fault;
        }
    }
}
