package io.k3j.objectregistry;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Audit;

/// Takes what is said of a write beside its result: texts for the client (`Warning` headers), and annotations for the
/// request's audit event. On the writing thread, before the answer.
@FunctionalInterface
public interface Remarks extends Action.Notes {
    /// The admission webhooks of a step have had their turn.
    ///
    /// @param validating whether it was the step of those that only look
    /// @param nanos how long the request has waited for them
    default void waited(boolean validating, long nanos) {
        // nobody tells it
    }

    /// The store has answered, or has not in time.
    ///
    /// @param nanos how long the request has waited for it
    default void stored(long nanos) {
        // nobody tells it
    }

    /// How much of the request its audit event has.
    default Audit.Level recorded() {
        return Audit.Level.NONE;
    }
}
