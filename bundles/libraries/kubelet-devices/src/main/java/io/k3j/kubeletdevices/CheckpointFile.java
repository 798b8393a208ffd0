package io.k3j.kubeletdevices;

import io.k3j.durablefiles.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/// The file of the checkpoint, at upstream's place. One writer at a time: this class' lock. Blocks for the disk.
final class CheckpointFile {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletdevices");
    /// Upstream's `kubeletDeviceManagerCheckpoint`.
    private static final String NAME = "kubelet_internal_checkpoint";
    private static final String MODE = "rw-------";
    private static final long MOST_BYTES = 64 << 20;
    private static final byte[] NOTHING = {};
    private final Path file;
    private final String boot;
    private byte[] written = NOTHING;

    /// @param boot of the kernel, as `/proc/sys/kernel/random/boot_id` has it
    CheckpointFile(Path directory, String boot) {
        file = directory.resolve(NAME);
        this.boot = boot;
    }

    /// What was there. What cannot be read counts as nothing, and is told.
    Checkpoint read() {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException("it has more than " + MOST_BYTES + " bytes");
            }
            Checkpoint.Read read = Checkpoint.read(Files.readAllBytes(file), boot);
            if (!read.sound()) {
                LOG.log(System.Logger.Level.WARNING,
                        "The checksum of the checkpoint of devices is wrong; devices in it are kept all the same"
                                + " path={0}",
                        file);
            }
            return read.checkpoint();
        } catch (NoSuchFileException e) {
            // the first kubelet here
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING,
                    "Cannot read which containers have which devices; what they have may be given to others"
                            + " path={0} error={1}",
                    file, e.toString());
        }
        return new Checkpoint(Map.of(), Map.of(), boot);
    }

    /// Writes it unless it says the same already.
    /// @throws IOException when it cannot be written: the old one is still there
    synchronized void write(PodDevices pods, DeviceInventory inventory) throws IOException {
        byte[] bytes = new Checkpoint(pods.copy(), inventory.healthy(), boot).bytes();
        if (bytes.length > MOST_BYTES) {
            // the next kubelet would not read it
            throw new IOException("it would have more than " + MOST_BYTES + " bytes");
        }
        if (!Arrays.equals(bytes, written)) {
            DurableFiles.write(file, bytes, MODE);
            written = bytes;
        }
    }
}
