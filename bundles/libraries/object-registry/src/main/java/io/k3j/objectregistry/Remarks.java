package io.k3j.objectregistry;

import java.util.function.Consumer;

/// Takes what is said of a write beside its result: texts for the client (`Warning` headers), and annotations for the
/// request's audit event. On the writing thread, before the answer.
@FunctionalInterface
public interface Remarks extends Consumer<String> {
    /// An annotation of the audit event; the first value of a key stays. Dropped where nobody records.
    default void annotate(String key, String value) {
        // nobody records
    }

    /// Whether an audit event is made.
    default boolean audited() {
        return false;
    }
}
