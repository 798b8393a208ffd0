package io.k3j.durablefiles;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.k3j.durablefiles.Recovered.Held;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// An ext4 file system on a loop device. What a power cut leaves of it are the bytes of the device: whatever has not
/// been synced is in the page cache of the mounted file system only. The loop device writes through the page cache of
/// its file, so whoever reads the file sees all that the device was given.
final class Ext4Image implements AutoCloseable {
    /// The journal is committed, and tables are set up, when somebody syncs and not by the time; a rename over a file
    /// does not write the new one's data of its own accord, which would hide a missing fsync.
    private static final String QUIET = "noatime,commit=300,noinit_itable,noauto_da_alloc";
    private static final String LIVE = "live";
    private static final String REPLAYED = "replayed";
    private final MountNamespace namespace;
    private final Path device;
    private byte[] cut = {};
    private Recovered last = new Recovered(Map.of());

    /// @param directory an empty one
    Ext4Image(Path directory) throws IOException {
        namespace = new MountNamespace(directory);
        device = namespace.memory().resolve("device");
        try {
            format();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void format() throws IOException {
        namespace.run("mkdir live replayed && truncate -s 8M device && mkfs.ext4 -q -F -b 1024 -J size=1"
                + " -E lazy_itable_init=0,lazy_journal_init=0 device");
        namespace.run("mount -t ext4 -o loop," + QUIET + " device " + LIVE);
    }

    /// The mounted file system.
    Path root() {
        return namespace.memory().resolve(LIVE);
    }

    /// Writes everything back, as the kernel does from time to time.
    void writeBack() throws IOException {
        namespace.run("sync --file-system " + LIVE);
    }

    /// What would be found if the power were cut now.
    Recovered cut() throws IOException {
        boolean changed = false;
        byte[] now = Files.readAllBytes(device);
        // of one moment: a device that is written meanwhile is read again
        while (!Arrays.equals(now, cut)) {
            cut = now;
            changed = true;
            now = Files.readAllBytes(device);
        }
        if (changed) {
            last = recover();
        }
        return last;
    }

    /// Mounts a copy of the cut device, which replays its journal, and uses it.
    private Recovered recover() throws IOException {
        Path copy = namespace.memory().resolve("copy");
        // a new one: the loop device of the last one may not have let go of it yet
        Files.deleteIfExists(copy);
        Files.write(copy, cut);
        namespace.run("mount -t ext4 -o loop copy " + REPLAYED);
        Recovered found = new Recovered(read(namespace.memory().resolve(REPLAYED)));
        writeAgain(found);
        namespace.run("umount " + REPLAYED + " && e2fsck -f -n copy");
        return found;
    }

    /// What was under way when the power was cut is in nobody's way.
    private void writeAgain(Recovered found) throws IOException {
        Path root = namespace.memory().resolve(REPLAYED);
        for (String leftover : found.leftovers()) {
            Path file = root.resolve(Recovered.written(leftover));
            DurableFiles.write(file, "after the power cut", "rw-------");
            if (Files.exists(root.resolve(leftover)) || !Files.readString(file).equals("after the power cut")) {
                throw new IOException(leftover + " is in the way of the next write");
            }
        }
    }

    private static Map<String, Held> read(Path root) throws IOException {
        Map<String, Held> all = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.filter(p -> !p.equals(root) && !p.endsWith("lost+found")).toList()) {
                String content = Files.isDirectory(path) ? Recovered.DIRECTORY : Files.readString(path, ISO_8859_1);
                String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
                all.put(root.relativize(path).toString(), new Held(content, mode));
            }
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        namespace.close();
    }
}
