package io.k3j.cli.upgrade;

import java.util.Optional;

/// The datastore that this server is a part of, as far as a restart takes that part away for a while.
public interface Majority {
    /// Why too few would be left to write, when there are enough now; blocks for some seconds.
    /// @return empty when enough are left, when there are too few already, and when nobody can tell
    Optional<String> problem();

    /// The same right before the restart, for which it takes the turn: it is refused while another server has it, since
    /// two that look at the same moment would find that it is well, and where the datastore works by this server's part
    /// and does not say whose turn it is. A turn lasts two minutes, or until [#over].
    default Optional<String> turn() {
        return problem();
    }

    /// The restart is over, or will not be: others may have their turn. Fails for nobody.
    default void over() {
        // there are no turns
    }
}
