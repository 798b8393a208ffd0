package io.k3j.resourcescrd;

import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.InstantSource;

/// Gives definitions their names, and writes what became of that: upstream's naming, establishing and API approval
/// controllers. For one worker, as two might give one name twice.
final class NamingConditions implements Reconciler {
    private final Definitions definitions;
    private final InstantSource clock;
    private final Runnable changed;

    /// @param changed called when the rows of the definitions have changed
    NamingConditions(Definitions definitions, InstantSource clock, Runnable changed) {
        this.definitions = definitions;
        this.clock = clock;
        this.changed = changed;
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Obj known = definitions.named(key.name()).map(Definition::object).filter(o -> !o.terminating()).orElse(null);
        if (known == null) {
            return Requeue.NEVER;
        }
        Obj wanted = DefinitionStatus.of(known, definitions.others(key.name()), clock.instant());
        // known before the view tells of it: whoever is next must not be given the same names
        if (!wanted.equals(known) && definitions.written(writer.updateStatus(Definition.RESOURCE, wanted))) {
            changed.run();
        }
        return Requeue.NEVER;
    }
}
