package io.k3j.datastoreapi;

/// A number of keys and the revision it was true at.
public record Count(long keys, long revision) {
}
