package io.k3j.swapitest;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What the server acknowledged in one namespace and every watch of it must therefore have told.
///
/// @param revisions of creates and updates
/// @param deleted names of objects that were deleted
record Ledger(Set<Long> revisions, Set<String> deleted) {
    Ledger() {
        this(ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet());
    }

    /// As it is now.
    Ledger copy() {
        return new Ledger(Set.copyOf(revisions), Set.copyOf(deleted));
    }

    /// Forgets what was checked.
    void forget(Ledger checked) {
        revisions.removeAll(checked.revisions);
        deleted.removeAll(checked.deleted);
    }

    /// How much of this the other one has not.
    int missingIn(Ledger other) {
        return (int) (revisions.stream().filter(r -> !other.revisions.contains(r)).count()
                + deleted.stream().filter(name -> !other.deleted.contains(name)).count());
    }
}
