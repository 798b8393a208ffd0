package io.k3j.clientapi;

/// How a write is done. `subresource` is empty or as `status`; `fieldManager` empty means the
/// client's own; `force` lets an apply take fields from other managers.
public record WriteOptions(String subresource, String fieldManager, boolean force, boolean dryRun) {
    /// A plain write of the main resource.
    public static final WriteOptions PLAIN = new WriteOptions("", "", false, false);
    /// A write of the `status` subresource.
    public static final WriteOptions STATUS = new WriteOptions("status", "", false, false);

    /// A write of a subresource.
    public static WriteOptions of(String subresource) {
        return new WriteOptions(subresource, "", false, false);
    }

    /// The same in the name of a field manager.
    public WriteOptions by(String manager) {
        return new WriteOptions(subresource, manager, force, dryRun);
    }

    /// The same, forced.
    public WriteOptions forced() {
        return new WriteOptions(subresource, fieldManager, true, dryRun);
    }
}
