package io.k3j.addondeployer;

import java.time.Instant;

/// Whether a server's copy of a file is applied, when several servers have files of the same name. The newest change
/// wins, once; nobody goes back to an older copy because a server was started. Pure.
final class Precedence {
    private Precedence() {
    }

    /// A copy of a file.
    ///
    /// @param server whose it is; empty for one that stock K3s applied
    /// @param checksum of its content; empty when nothing was applied yet
    /// @param since when it became what it is, by that server's clock
    record Copy(String server, String checksum, Instant since) {
    }

    /// What is done with a copy.
    enum Decision {
        /// It is applied already, and nothing asks for doing it again.
        DONE,
        /// It is applied.
        APPLY,
        /// Another server's newer copy stays.
        YIELD
    }

    /// Decides.
    ///
    /// @param applied the copy that was applied last
    /// @param own this server's
    /// @param first whether this is the first look at the file since the start; otherwise it has changed just now
    static Decision decide(Copy applied, Copy own, boolean first) {
        boolean same = applied.checksum().equals(own.checksum());
        if (!first) {
            return same ? Decision.DONE : Decision.APPLY;
        }
        boolean foreign = !applied.server().isEmpty() && !applied.server().equals(own.server());
        return same || !foreign || own.since().isAfter(applied.since()) ? Decision.APPLY : Decision.YIELD;
    }
}
