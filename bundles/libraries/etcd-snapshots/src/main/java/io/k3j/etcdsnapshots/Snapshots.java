package io.k3j.etcdsnapshots;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.durablefiles.DurableFiles;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Snapshots in a directory: `<prefix>-<node>-<unix time>[.zip]`, as K3s names them, and what is said about each in
/// `../.metadata/<name>`. A file that has its name is whole: it is written beside and renamed after it is on disk.
///
/// Holds no state but the directory, which administrators change, too: they copy snapshots into it and out of it. So it
/// is listed at each call. Whoever calls sees to it that one operation is done at a time.
final class Snapshots {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    /// A file that is being written.
    private static final String PART = ".part";
    private static final String ZIP = ".zip";
    /// Given when the file is made: a snapshot holds every Secret, and setting it later would be too late.
    private static final FileAttribute<?> OWN_FILE = PosixFilePermissions.asFileAttribute(
            PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<?> OWN_DIRECTORY = PosixFilePermissions.asFileAttribute(
            PosixFilePermissions.fromString("rwx------"));
    private final Path directory;
    private final String node;
    private final InstantSource clock;

    Snapshots(Path directory, String node, InstantSource clock) {
        this.directory = directory;
        this.node = node;
        this.clock = clock;
    }

    /// One snapshot on disk.
    ///
    /// @param name the file's
    /// @param size in bytes, compressed where it is
    /// @param created when the file was changed last; the second in the name is not looked at
    record Snapshot(String name, Path file, long size, Instant created) {
        /// Whether it is called as snapshots are: something, a dash, and a second.
        boolean named() {
            String plain = name.endsWith(ZIP) ? name.substring(0, name.length() - ZIP.length()) : name;
            int dash = plain.lastIndexOf('-');
            return dash > 0 && dash < plain.length() - 1 && plain.chars().skip(dash + 1).allMatch(Character::isDigit);
        }
    }

    /// What a snapshot shall be.
    ///
    /// @param prefix what its name begins with
    /// @param compress whether it becomes a zip file with one entry
    /// @param metadata what is said about it, may be empty
    record Wish(String prefix, boolean compress, Struct metadata) {
    }

    /// The node whose snapshots these are.
    String node() {
        return node;
    }

    /// Where one lies, whether it is there or not.
    Path file(String name) {
        return directory.resolve(name);
    }

    /// Takes one of the member; blocks for as long as that takes.
    ///
    /// @param plain a name that is [#free], without `.zip`
    /// @throws IOException when it cannot be written; the part is removed then, what is said about it may be left
    Snapshot save(EtcdSnapshots.Source member, Wish wish, String plain) throws IOException {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new IOException(directory + " is not a directory");
        }
        Files.createDirectories(directory, OWN_DIRECTORY);
        tidy();
        Path file = directory.resolve(wish.compress() ? plain + ZIP : plain);
        Path part = directory.resolve(plain + PART);
        try {
            write(member, part, plain, wish.compress());
            if (!wish.metadata().isEmpty()) {
                Path said = metadata(file.getFileName().toString());
                Files.createDirectories(said.getParent(), OWN_DIRECTORY);
                Files.deleteIfExists(said);
                try (OutputStream out = secret(said)) {
                    out.write(Json.bytes(wish.metadata()));
                }
            }
            DurableFiles.move(part, file);
        } finally {
            Files.deleteIfExists(part);
        }
        return read(file);
    }

    /// Removes what is left of those that a process was taking that was killed: this one has begun since. What cannot
    /// be removed hinders nobody. Younger parts are of a save that is under way.
    void tidy() {
        if (!Files.isDirectory(directory)) {
            return;
        }
        // the kernel tells the second, and nobody takes a snapshot in his first one
        Instant begun = ProcessHandle.current().info().startInstant().orElse(Instant.EPOCH).plusSeconds(1);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path part : files.toList()) {
                String plain = plain(part.getFileName().toString());
                if (!plain.isEmpty() && Files.getLastModifiedTime(part).toInstant().isBefore(begun)) {
                    forget(plain);
                    forget(plain + ZIP);
                    Files.delete(part);
                }
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING,
                    "Cannot remove partial snapshot in " + directory + ": " + e.getMessage());
        }
    }

    /// The name a half one of this node was to have; empty for others.
    private String plain(String part) {
        String name = part.endsWith(PART) ? part.substring(0, part.length() - PART.length()) : "";
        int dash = name.lastIndexOf('-');
        boolean ours = dash > 0 && name.substring(0, dash).endsWith("-" + node)
                && name.chars().skip(dash + 1).allMatch(Character::isDigit);
        return ours ? name : "";
    }

    /// What was said about a snapshot that never came to be. One that has its name keeps it.
    private void forget(String name) throws IOException {
        if (Files.notExists(directory.resolve(name))) {
            Files.deleteIfExists(metadata(name));
        }
    }

    /// The name of the next one, without `.zip`. Two within one second get different names: the later one claims a
    /// second to come.
    String free(Wish wish) {
        long second = clock.instant().getEpochSecond();
        String name = wish.prefix() + "-" + node + "-" + second;
        while (Files.exists(directory.resolve(name)) || Files.exists(directory.resolve(name + ZIP))) {
            name = wish.prefix() + "-" + node + "-" + ++second;
        }
        return name;
    }

    /// Beside the directory, where K3s has it.
    private Path metadata(String name) {
        return directory.resolveSibling(".metadata").resolve(name);
    }

    /// What is said about a snapshot; empty when nothing is, or nothing that can be read.
    Struct metadataOf(Snapshot snapshot) {
        try {
            return Json.object(Files.readAllBytes(metadata(snapshot.name())));
        } catch (IOException | MalformedInput none) {
            return Struct.EMPTY;
        }
    }

    /// The rename waits for the bytes to be on disk ([DurableFiles#move]); here they are only written.
    private static void write(EtcdSnapshots.Source member, Path part, String name, boolean compress)
            throws IOException {
        Files.deleteIfExists(part);
        try (OutputStream file = secret(part)) {
            if (!compress) {
                member.copyTo(file);
                return;
            }
            try (ZipOutputStream zip = new ZipOutputStream(file)) {
                zip.putNextEntry(new ZipEntry(name));
                member.copyTo(zip);
                zip.closeEntry();
            }
        }
    }

    /// A new file for nobody but root, whatever the umask: a snapshot holds every Secret.
    static OutputStream secret(Path file) throws IOException {
        return Channels.newOutputStream(Files.newByteChannel(file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWN_FILE));
    }

    /// All of them, the oldest first; also files of other nodes, and such as are not called as snapshots are. Parts are
    /// none.
    List<Snapshot> list() throws IOException {
        List<Snapshot> all = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    if (!file.toString().endsWith(PART)) {
                        all.add(read(file));
                    }
                }
            }
        }
        all.sort(Comparator.comparing(Snapshot::created).thenComparing(Snapshot::name));
        return all;
    }

    /// As the file is now; its size is that on the disk.
    private static Snapshot read(Path file) throws IOException {
        return new Snapshot(file.getFileName().toString(), file, Files.size(file),
                Files.getLastModifiedTime(file).toInstant());
    }

    /// Deletes those that exist and returns their names. A name with a directory in it is none of ours, nor is a file
    /// that is not called as snapshots are: the directory may be one that holds other things, too.
    /// @throws IOException when one cannot be deleted; those before it are gone then
    List<String> delete(List<String> names) throws IOException {
        List<String> deleted = new ArrayList<>();
        for (Snapshot snapshot : list()) {
            if (names.contains(snapshot.name()) && snapshot.named()) {
                Files.delete(snapshot.file());
                Files.deleteIfExists(metadata(snapshot.name()));
                deleted.add(snapshot.name());
            }
        }
        return deleted;
    }

    /// Keeps the newest `retention` of this node and prefix and returns the names of those that went; 0 keeps all.
    /// Compressed and others count together.
    List<String> prune(String prefix, int retention) throws IOException {
        List<Snapshot> ours = list().stream().filter(s -> s.name().startsWith(prefix + "-" + node + "-")).toList();
        if (retention <= 0 || ours.size() <= retention) {
            return List.of();
        }
        return delete(ours.subList(0, ours.size() - retention).stream().map(Snapshot::name).toList());
    }
}
