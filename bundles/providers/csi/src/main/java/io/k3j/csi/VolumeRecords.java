package io.k3j.csi;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.nodefiles.Mounts;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The records of a node's volumes ([VolumeData]), read so that a damaged one holds nobody up who can do without it.
/// What it said is looked for in what this process has written or read before, then in the PersistentVolume by whose
/// name its directory is called, as upstream does for staged volumes. Any thread; blocks for the disk, and for the API
/// where a record cannot be read.
final class VolumeRecords {
    private static final System.Logger LOG = System.getLogger("io.k3j.csi");
    /// How long a record that nobody knows is not looked for again, nor told of.
    private static final Duration AGAIN = Duration.ofMinutes(1);
    private static final int FORBIDDEN = 403;
    private final ApiClient api;
    private final String node;
    private final Mounts mounts;
    private final InstantSource monotonic;
    /// By directory, as many as there are records.
    private final Map<Path, VolumeData> known = new ConcurrentHashMap<>();
    /// By directory, of records that cannot be read and were told of: until when they are not looked for.
    private final Map<Path, Instant> lost = new ConcurrentHashMap<>();

    VolumeRecords(ApiClient api, String node, Mounts mounts, InstantSource monotonic) {
        this.api = api;
        this.node = node;
        this.mounts = mounts;
        this.monotonic = monotonic;
    }

    /// Nobody knows which volume a record stands for.
    static final class Lost extends IOException {
        private static final long serialVersionUID = 1L;

        Lost(Path directory, Throwable why) {
            super("which CSI volume " + directory + " is for is not known, since vol_data.json in it cannot be read ("
                    + why.getMessage() + ") and this node finds no PersistentVolume of its name: unmount what is"
                    + " mounted in it by hand", why);
        }
    }

    void write(Path directory, VolumeData data) throws IOException {
        data.write(directory);
        known.put(directory, data);
        lost.remove(directory);
    }

    /// @param empty a directory in it that may be there, with nothing in it
    void delete(Path directory, String empty) throws IOException {
        VolumeData.delete(directory, empty);
        known.remove(directory);
        lost.remove(directory);
    }

    /// What the record in a directory says or, where it cannot be read, has said.
    ///
    /// @param name of the volume, by which a PersistentVolume may be called
    /// @throws NoSuchFileException when there is none, and nothing is mounted
    /// @throws Lost when it cannot be read and is not known
    /// @throws IOException also when that cannot be found out now
    VolumeData read(Path directory, String name) throws IOException {
        try {
            return remembered(directory, VolumeData.read(directory));
        } catch (NoSuchFileException e) {
            if (!mounts.mounted(directory.resolve("mount"))) {
                throw e;
            }
            return found(directory, name, e);
        } catch (IOException e) {
            return found(directory, name, e);
        }
    }

    /// The same of one that has to be there.
    VolumeData need(Path directory, String name) throws IOException {
        try {
            return read(directory, name);
        } catch (NoSuchFileException e) {
            return found(directory, name, e);
        }
    }

    private VolumeData remembered(Path directory, VolumeData data) {
        known.put(directory, data);
        lost.remove(directory);
        return data;
    }

    private VolumeData found(Path directory, String name, IOException why) throws IOException {
        VolumeData before = known.get(directory);
        Instant now = monotonic.instant();
        if (before != null) {
            if (lost.putIfAbsent(directory, now) == null) {
                LOG.log(System.Logger.Level.WARNING, "A record cannot be read, going on with what it said before"
                        + " path={0} driver={1} error={2}", directory, before.driver(), why.getMessage());
            }
            return before;
        }
        if (now.isBefore(lost.getOrDefault(directory, Instant.MIN))) {
            throw new Lost(directory, why);
        }
        Optional<VolumeData> found = volume(name);
        if (found.isPresent()) {
            LOG.log(System.Logger.Level.WARNING, "A record cannot be read, going on with its PersistentVolume path={0}"
                    + " driver={1} error={2}", directory, found.get().driver(), why.getMessage());
            known.put(directory, found.get());
            lost.put(directory, now);
            return found.get();
        }
        lost.put(directory, now.plus(AGAIN));
        Lost unknown = new Lost(directory, why);
        LOG.log(System.Logger.Level.WARNING, "Cannot tell whose volume this is path={0} error={1}", directory,
                unknown.getMessage());
        throw unknown;
    }

    /// A node is told 403 of a PersistentVolume that is not there, or that no pod of it has any more.
    private Optional<VolumeData> volume(String name) throws IOException {
        try {
            Optional<Obj> found = api.find(BuiltinResources.PERSISTENT_VOLUMES, Key.of(name));
            return found.isPresent() ? VolumeData.of(found.get(), node) : Optional.empty();
        } catch (ApiFault e) {
            if (e.code() == FORBIDDEN) {
                return Optional.empty();
            }
            throw new IOException("cannot read PersistentVolume " + name + ": " + e.getMessage(), e);
        }
    }
}
