package io.k3j.durablefiles;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.k3j.durablefiles.Recovered.Held;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/// Uses the library on an ext4 file system as its users do, cuts the power at every step and compares what is found
/// with what is promised.
final class PowerCuts implements CuttingDisk.Moments, AutoCloseable {
    /// What else reaches the disk after a step that is not a sync.
    enum Meanwhile {
        NOTHING,
        /// Somebody syncs a file of their own, which commits all names and no content but theirs.
        A_NEIGHBOURS_SYNC,
        /// The kernel writes back what was not synced.
        EVERYTHING
    }

    private static final String NEIGHBOUR = "neighbour";
    private final Ext4Image image;
    private final Meanwhile meanwhile;
    private final Disk disk;
    private final Promises promises = new Promises();
    private final List<String> broken = new ArrayList<>();
    private String call = "";

    PowerCuts(Path directory, Meanwhile meanwhile, Disk real) throws IOException {
        this.meanwhile = meanwhile;
        image = new Ext4Image(directory);
        disk = new CuttingDisk(real, this);
        promises.nothing(NEIGHBOUR);
    }

    void directories(String path, String mode) throws IOException {
        call = "directory " + path;
        DurableFiles.directories(image.root().resolve(path), mode);
        for (Path made = Path.of(path); made != null; made = made.getParent()) {
            promises.returned(made.toString(), new Held(Recovered.DIRECTORY, mode));
        }
        synced("after it has returned");
    }

    void write(String path, String content, String mode) throws IOException {
        call = "write " + path;
        promises.begun(path, new Held(content, mode));
        DurableFiles.write(disk, image.root().resolve(path), content.getBytes(ISO_8859_1), PosixFilePermissions
                .fromString(mode));
        promises.returned(path, new Held(content, mode));
        synced("after it has returned");
    }

    /// A file that its user wrote without a sync is moved.
    void move(String from, String to, String content) throws IOException {
        call = "move " + from + " to " + to;
        promises.nothing(from);
        Path part = Files.writeString(image.root().resolve(from), content, ISO_8859_1);
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(part));
        unsynced("before it is called");
        promises.begun(to, new Held(content, mode));
        DurableFiles.move(disk, part, image.root().resolve(to));
        promises.returned(to, new Held(content, mode));
        synced("after it has returned");
    }

    /// Nobody syncs it: the file may come back.
    void delete(String path) throws IOException {
        call = "delete " + path;
        promises.begun(path, Recovered.ABSENT);
        Files.delete(image.root().resolve(path));
        unsynced("after it was deleted");
    }

    @Override
    public void unsynced(String where) throws IOException {
        synced(where);
        switch (meanwhile) {
            case NOTHING -> {
                return;
            }
            case A_NEIGHBOURS_SYNC -> {
                Path neighbour = image.root().resolve(NEIGHBOUR);
                Files.writeString(neighbour, where);
                Disk.REAL.sync(neighbour);
            }
            case EVERYTHING -> image.writeBack();
        }
        synced(where + " and " + meanwhile);
    }

    @Override
    public void synced(String where) throws IOException {
        String moment = call + ", " + where + ": ";
        try {
            promises.broken(image.cut()).forEach(one -> broken.add(moment + one));
        } catch (IOException e) {
            throw new IOException(moment + e.getMessage(), e);
        }
    }

    /// The promises that were not kept, each with its moment.
    List<String> broken() {
        return broken;
    }

    @Override
    public void close() throws IOException {
        image.close();
    }
}
