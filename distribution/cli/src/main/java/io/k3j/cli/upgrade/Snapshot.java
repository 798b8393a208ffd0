package io.k3j.cli.upgrade;

/// Saves the datastore before a release is changed.
public interface Snapshot {
    /// What [#take] will do, for a person; with the reason when it does nothing.
    String plan();

    /// Bytes it takes of the disk with the data directory, about.
    long bytes();

    /// Does it; blocks.
    /// @param name without what a file system minds
    /// @throws UpgradeProblem when it cannot
    void take(String name);
}
