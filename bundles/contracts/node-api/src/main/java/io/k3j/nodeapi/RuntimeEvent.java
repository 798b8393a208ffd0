package io.k3j.nodeapi;

/// Something happened to a container or a sandbox.
///
/// @param id the container's or the sandbox's id, empty when everything should be looked at again
/// @param what what happened
public record RuntimeEvent(String id, What what) {
    /// Something may have been missed: list again.
    public static final RuntimeEvent RESYNC = new RuntimeEvent("", What.RESYNC);

    /// The kinds of events.
    public enum What {
        /// It was made.
        CREATED,
        /// Its process runs.
        STARTED,
        /// Its process ended.
        EXITED,
        /// It was removed.
        REMOVED,
        /// An image came or went.
        IMAGE,
        /// Events may have been missed.
        RESYNC
    }
}
