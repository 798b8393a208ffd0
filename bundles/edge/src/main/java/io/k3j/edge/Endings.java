package io.k3j.edge;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is to be done when an exchange is over; each once.
final class Endings {
    private @Nullable List<Runnable> actions;

    /// Keeps an action for the end.
    synchronized void add(Runnable action) {
        if (actions == null) {
            actions = new ArrayList<>(1);
        }
        actions.add(action);
    }

    /// Whether there is anything to do.
    synchronized boolean any() {
        return actions != null;
    }

    /// Does what has been added and was not done yet; on the caller's thread.
    void run() {
        for (Runnable action : taken()) {
            action.run();
        }
    }

    private synchronized List<Runnable> taken() {
        List<Runnable> taken = actions == null ? List.of() : actions;
        actions = null;
        return taken;
    }
}
