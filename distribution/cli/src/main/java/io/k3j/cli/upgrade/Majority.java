package io.k3j.cli.upgrade;

import java.util.Optional;

/// The datastore that this server is a part of, as far as a restart takes that part away for a while.
public interface Majority {
    /// Why too few would be left to write, when there are enough now; blocks for some seconds.
    /// @return empty when enough are left, when there are too few already, and when nobody can tell
    Optional<String> problem();
}
