package io.k3j.etcdmember;

import io.k3j.durablefiles.DurableFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/// Replaces the data directory by data prepared in another directory, such that a kill between any two steps
/// leaves a recoverable state: before the rename to `etcd-new` the old data counts; after it the new data does,
/// and the next start completes the remaining steps.
///
/// ```
///   etcd-reset ──► etcd-new        etcd ──► etcd-old-…        etcd-new ──► etcd        state.db ──► state.db.migrated
/// ```
final class DataDirReplacement {
    /// Marker file in the data: it was migrated from SQLite, and the database is still to be renamed.
    static final String CONVERTED = "converted";
    /// Marker file in the data: a reset made it and has not completed. Its content is the path of the snapshot
    /// that has to be restored again, if any.
    static final String RESET = "reset";
    private static final List<String> WORK_DIRECTORIES = List.of("etcd-converting", "etcd-reset");
    private static final String FETCHED = "fetched-";
    /// Given when the file is made: a snapshot holds every Secret, and setting it later would be too late.
    private static final FileAttribute<?> OWN_FILE = PosixFilePermissions.asFileAttribute(
            PosixFilePermissions.fromString("rw-------"));

    private DataDirReplacement() {
    }

    /// The path of a snapshot while it is downloaded.
    static Path fetched(EtcdLayout layout, String name) {
        return layout.data().resolveSibling(FETCHED + name);
    }

    /// The path of a snapshot while it is unpacked.
    static Path unpacked(EtcdLayout layout) {
        return layout.data().resolveSibling("etcd-reset.snapshot");
    }

    /// A new file at [#unpacked], for nobody but root, whatever the umask. Its directory exists; one that was left
    /// there is replaced.
    static OutputStream unpacking(EtcdLayout layout) throws IOException {
        Path file = unpacked(layout);
        Files.deleteIfExists(file);
        return Channels.newOutputStream(Files.newByteChannel(file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWN_FILE));
    }

    /// Makes `prepared` the data of this server. The old data is kept in a sibling directory, unless it is of
    /// an interrupted reset.
    static void deliver(EtcdLayout layout, Path prepared) throws IOException {
        DurableFiles.move(prepared, layout.next());
        finish(layout);
    }

    /// Completes the remaining steps of a replacement; does nothing when there is none.
    static void finish(EtcdLayout layout) throws IOException {
        if (Files.exists(layout.next())) {
            if (layout.initialized() && Files.notExists(layout.data().resolve(RESET))) {
                Tombstone.moveAway(layout, "etcd-old-");
            } else if (Files.exists(layout.data())) {
                discard(layout);
            }
            DurableFiles.move(layout.next(), layout.data());
        }
        Path converted = layout.data().resolve(CONVERTED);
        if (Files.exists(converted)) {
            Conversion.retire(layout);
            Files.delete(converted);
        }
    }

    private static void discard(EtcdLayout layout) throws IOException {
        Path discarded = layout.data().resolveSibling(WORK_DIRECTORIES.getLast());
        Tombstone.delete(discarded);
        DurableFiles.move(layout.data(), discarded);
        Tombstone.delete(discarded);
    }

    /// Completes or removes the work of a process that was killed, and ends the processes it started.
    static void cleanUp(EtcdLayout layout) throws IOException, InterruptedException {
        for (String work : WORK_DIRECTORIES) {
            ScratchEtcd.clear(layout.data().resolveSibling(work));
        }
        finish(layout);
        Files.deleteIfExists(unpacked(layout));
        Path db = Objects.requireNonNull(layout.data().getParent());
        if (Files.isDirectory(db)) {
            try (Stream<Path> all = Files.list(db)) {
                for (Path one : all.filter(p -> p.getFileName().toString().startsWith(FETCHED)).toList()) {
                    Files.delete(one);
                }
            }
        }
    }

    /// Data of an interrupted reset is complete, unless the authorities on disk do not match it yet.
    /// @throws MemberFault when the snapshot has to be restored again
    static void check(EtcdLayout layout) throws IOException {
        Path reset = layout.data().resolve(RESET);
        if (Files.exists(reset) && Files.size(reset) > 0) {
            throw new MemberFault("restoring the snapshot " + Files.readString(reset) + " was interrupted before this"
                    + " server had its authorities; give --cluster-reset and --cluster-reset-restore-path once more");
        }
    }
}
