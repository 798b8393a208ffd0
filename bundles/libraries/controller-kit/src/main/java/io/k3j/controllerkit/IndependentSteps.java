package io.k3j.controllerkit;

import io.k3j.clientapi.ApiFault;
import org.jspecify.annotations.Nullable;

/// Things to do of which none waits for another: what the API refuses of one keeps no other from being done. For one
/// thread.
public final class IndependentSteps {
    private @Nullable ApiFault first;

    /// None yet.
    public IndependentSteps() {
        // nothing was refused
    }

    /// Does one thing, or remembers why it could not be done. Anything but an `ApiFault` is thrown.
    public void make(Runnable one) {
        try {
            one.run();
        } catch (ApiFault fault) {
            first = first == null || first.namespaceTerminating() ? fault : first;
        }
    }

    /// Why the first of them could not be done, null when all were. That their namespace goes is told only where
    /// nothing else is: it is nobody's concern.
    public @Nullable ApiFault fault() {
        return first;
    }

    /// Ends them.
    ///
    /// @throws ApiFault what [#fault] tells
    public void end() {
        if (first != null) {
            throw first;
        }
    }
}
