package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiFault;
import org.jspecify.annotations.Nullable;

/// Things to do of which none waits for another: what the API refuses of one keeps no other from being done. For one
/// thread.
final class IndependentSteps {
    private @Nullable ApiFault first;

    /// Does one thing, or remembers why it could not be done.
    void make(Runnable one) {
        try {
            one.run();
        } catch (ApiFault fault) {
            first = first == null ? fault : first;
        }
    }

    /// Ends them.
    /// @throws ApiFault the first of those that were remembered
    void end() {
        if (first != null) {
            throw first;
        }
    }
}
