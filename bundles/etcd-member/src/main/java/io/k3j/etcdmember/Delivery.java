package io.k3j.etcdmember;

import io.k3j.durablefiles.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/// Puts data that was made beside the data directory in its place, in steps any of which may be the last: from the
/// renaming to `etcd-new` on the new data counts, and the next start does what is left; until then the old one does.
///
/// ```
///   etcd-reset ──► etcd-new        etcd ──► etcd-old-…        etcd-new ──► etcd        state.db ──► state.db.migrated
/// ```
final class Delivery {
    /// In the data: it was made of the database of SQLite, which is to retire.
    static final String CONVERTED = "converted";
    /// In the data: a reset made it and is not through; with what is missing in it.
    static final String RESET = "reset";
    private static final List<String> WORK = List.of("etcd-converting", "etcd-reset");
    private static final String FETCHED = "fetched-";

    private Delivery() {
    }

    /// A snapshot while it is taken from elsewhere.
    static Path fetched(Places places, String name) {
        return places.data().resolveSibling(FETCHED + name);
    }

    /// A snapshot while it is unpacked.
    static Path unpacked(Places places) {
        return places.data().resolveSibling("etcd-reset.snapshot");
    }

    /// Makes it the data of this server. What was there is kept beside, unless it never began.
    static void deliver(Places places, Path made) throws IOException {
        DurableFiles.move(made, places.next());
        finish(places);
    }

    /// Does what is left to do.
    static void finish(Places places) throws IOException {
        if (Files.exists(places.next())) {
            if (places.initialized() && Files.notExists(places.data().resolve(RESET))) {
                Tombstone.aside(places, "etcd-old-");
            } else if (Files.exists(places.data())) {
                discard(places);
            }
            DurableFiles.move(places.next(), places.data());
        }
        Path converted = places.data().resolve(CONVERTED);
        if (Files.exists(converted)) {
            Conversion.retire(places);
            Files.delete(converted);
        }
    }

    private static void discard(Places places) throws IOException {
        Path discarded = places.data().resolveSibling(WORK.getLast());
        Tombstone.delete(discarded);
        Files.move(places.data(), discarded, StandardCopyOption.ATOMIC_MOVE);
        Tombstone.delete(discarded);
    }

    /// Finishes or removes what somebody left who was killed, with the processes he started.
    static void tidy(Places places) throws IOException, InterruptedException {
        for (String work : WORK) {
            Workshop.clear(places.data().resolveSibling(work));
        }
        finish(places);
        Files.deleteIfExists(unpacked(places));
        Path db = places.data().getParent();
        if (Files.isDirectory(db)) {
            try (Stream<Path> all = Files.list(db)) {
                for (Path one : all.filter(p -> p.getFileName().toString().startsWith(FETCHED)).toList()) {
                    Files.delete(one);
                }
            }
        }
    }

    /// Data whose reset was interrupted is good, unless files beside it are missing.
    /// @throws MemberFault when a snapshot must be restored once more
    static void check(Places places) throws IOException {
        Path reset = places.data().resolve(RESET);
        if (Files.exists(reset) && Files.size(reset) > 0) {
            throw new MemberFault("restoring the snapshot " + Files.readString(reset) + " was interrupted before this"
                    + " server had its authorities; give --cluster-reset and --cluster-reset-restore-path once more");
        }
    }
}
