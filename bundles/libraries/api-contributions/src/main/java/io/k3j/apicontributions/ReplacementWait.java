package io.k3j.apicontributions;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// How long requests wait for services that are being replaced. What was waited for in vain is not waited for again
/// before anything has changed: while a plug-in is held nothing is going to come, and everybody would wait for it. Any
/// thread.
public final class ReplacementWait {
    /// How long a request waits.
    public static final long MILLIS = 2_000;
    private final Wait wait;
    private final Supplier<List<Object>> states;
    /// What was the same at the beginning and at the end of a wait in vain. It keeps nothing of a bundle that goes.
    private volatile List<WeakReference<Object>> vain = List.of();

    /// Waits for a condition.
    @FunctionalInterface
    interface Wait {
        /// Returns true when it does not hold after this time.
        boolean await(BooleanSupplier wanted, long millis);
    }

    /// @param states what decides whether all is there: other objects after every change
    ReplacementWait(Wait wait, Supplier<List<Object>> states) {
        this.wait = wait;
        this.states = states;
    }

    /// Waits until all is there, unless that was in vain and nothing has changed since.
    void await(BooleanSupplier complete) {
        List<Object> before = states.get();
        if (complete.getAsBoolean() || same(vain, before)) {
            return;
        }
        // a change within the wait may have been the beginning of a replacement, which the next one waits for
        List<WeakReference<Object>> noted = before.stream().map(WeakReference::new).toList();
        if (wait.await(complete, MILLIS) && same(noted, states.get())) {
            vain = noted;
        }
    }

    private static boolean same(List<WeakReference<Object>> noted, List<Object> now) {
        if (noted.size() != now.size()) {
            return false;
        }
        for (int i = 0; i < now.size(); i++) {
            if (!noted.get(i).refersTo(now.get(i))) {
                return false;
            }
        }
        return true;
    }
}
