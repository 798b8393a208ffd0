package io.k3j.datastoreapi;

/// One version of one key. `createRevision` is that of the key's first version since it was last
/// absent, `revision` that of this version.
public record Entry(String key, byte[] value, long createRevision, long revision) {
}
