package io.k3j.csi;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.durablefiles.DurableFiles;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodefiles.PodDirectories;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What is written down of a volume, so that it can be taken back without the API: upstream's `vol_data.json`. Pure but
/// for [#read] and [#write], which block for the disk.
///
/// @param fields texts by upstream's names
record VolumeData(Struct fields) {
    private static final String FILE = "vol_data.json";
    private static final String EPHEMERAL = "Ephemeral";
    private static final int MOST_BYTES = 64 << 10;

    /// Of a PersistentVolume that a pod of a node has; empty for one of another kind.
    /// @throws IOException when a name in it would lead to another place
    static Optional<VolumeData> of(Obj volume, String node) throws IOException {
        Struct csi = volume.spec().struct("csi");
        String handle = csi.text("volumeHandle");
        if (handle.isEmpty()) {
            return Optional.empty();
        }
        String driver = CsiPaths.driver(csi.text("driver"));
        return Optional.of(new VolumeData(Struct.of("attachmentID", CsiVolume.attachment(driver, handle, node),
                "driverName", driver, "nodeName", node, "specVolID", volume.name(), "volumeHandle", handle,
                "volumeLifecycleMode", "Persistent")));
    }

    /// Of a volume of a pod.
    static VolumeData of(CsiVolume volume, String node) {
        return new VolumeData(Struct.of("attachmentID", volume.attachment(node), "driverName", volume.driver(),
                "nodeName", node, "specVolID", volume.name(), "volumeHandle", volume.handle(), "volumeLifecycleMode",
                volume.ephemeral() ? EPHEMERAL : "Persistent"));
    }

    /// Of the same volume when it is staged, which all pods share.
    VolumeData staged() {
        return staged(driver(), handle());
    }

    static VolumeData staged(String driver, String handle) {
        return new VolumeData(Struct.of("driverName", driver, "volumeHandle", handle));
    }

    String driver() {
        return fields.text("driverName");
    }

    String handle() {
        return fields.text("volumeHandle");
    }

    boolean ephemeral() {
        return fields.text("volumeLifecycleMode").equals(EPHEMERAL);
    }

    boolean isOf(String driver, String handle) {
        return driver().equals(driver) && handle().equals(handle);
    }

    /// What is written in a directory.
    /// @throws java.nio.file.NoSuchFileException when there is nothing
    /// @throws IOException when it cannot be read, or leads to another place
    static VolumeData read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        try (InputStream in = Files.newInputStream(file)) {
            VolumeData read = new VolumeData(Json.object(in.readNBytes(MOST_BYTES)));
            CsiPaths.driver(read.driver());
            if (read.handle().isEmpty()) {
                throw new IOException(file + " names no volume");
            }
            return read;
        } catch (MalformedInput e) {
            throw new IOException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    /// Puts it into a directory, which is made where it is missing.
    void write(Path directory) throws IOException {
        PodDirectories.make(directory);
        DurableFiles.write(directory.resolve(FILE), Json.text(fields), "rw-r--r--");
    }

    /// Takes the directory away; it has nothing in it any more but what is written and, may be, an empty directory.
    static void delete(Path directory, String empty) throws IOException {
        Files.deleteIfExists(directory.resolve(empty));
        Files.deleteIfExists(directory.resolve(FILE));
        Files.deleteIfExists(directory.resolve("." + FILE + ".new"));
        Files.deleteIfExists(directory);
    }
}
