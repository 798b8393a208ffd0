package io.k3j.datastoreapi;

import java.util.Optional;

/// What became of a commit: it happened, or the store was not as expected.
public sealed interface CommitResult {
    /// It is durable. `revision` is the change's own.
    record Committed(long revision) implements CommitResult {
    }

    /// It did not happen: `current` is the key as it is now (empty: it does not exist), or, when
    /// `unchangedKey` is present, that other key was no longer at its revision.
    record Conflict(Optional<Entry> current, Optional<String> unchangedKey) implements CommitResult {
    }
}
