package io.k3j.edge;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Callbacks for the end of an exchange; each runs once. For any thread.
final class Endings {
    private @Nullable List<Runnable> actions;

    /// Adds a callback.
    synchronized void add(Runnable action) {
        if (actions == null) {
            actions = new ArrayList<>(1);
        }
        actions.add(action);
    }

    /// Whether there are callbacks.
    synchronized boolean any() {
        return actions != null;
    }

    /// Runs the callbacks that have not run yet, on the caller's thread.
    void run() {
        for (Runnable action : drain()) {
            action.run();
        }
    }

    private synchronized List<Runnable> drain() {
        List<Runnable> drained = actions == null ? List.of() : actions;
        actions = null;
        return drained;
    }
}
