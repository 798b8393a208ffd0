package io.k3j.datastoreapi;

/// A further condition of a commit: `key` is still at `revision` (0: still absent).
public record Unchanged(String key, long revision) {
}
