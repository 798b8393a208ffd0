package io.k3j.testkitcsi;

import io.grpc.Status;
import io.grpc.StatusException;
import io.k3j.testkitbase.Deletion;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Volumes that are directories, and where they are bound. What CSI says of the order of calls is asked for: attached
/// before staged before published, and back; each call may come again. One thread at a time; blocks for mounts.
final class HostPathVolumes {
    private static final long MOUNT_SECONDS = 30;
    private final Path directory;
    private final String node;
    private final Map<String, Volume> volumes = new HashMap<>();

    /// @param directory of the volumes, each by its id
    /// @param node on which they can be attached
    HostPathVolumes(Path directory, String node) {
        this.directory = directory;
        this.node = node;
    }

    /// What is free where a volume is, in bytes.
    record Space(long available, long total) {
    }

    private static final class Volume {
        private final Path directory;
        private final boolean own;
        private long bytes;
        private boolean attached;
        private final Set<Path> staged = new HashSet<>();
        private final Set<Path> published = new HashSet<>();

        Volume(Path directory, long bytes, boolean own) {
            this.directory = directory;
            this.bytes = bytes;
            this.own = own;
        }
    }

    private Volume volume(String id) throws StatusException {
        Volume found = volumes.get(id);
        if (found == null) {
            throw Status.NOT_FOUND.withDescription("there is no volume " + id).asException();
        }
        return found;
    }

    private static void check(boolean allowed, String why) throws StatusException {
        if (!allowed) {
            throw Status.FAILED_PRECONDITION.withDescription(why).asException();
        }
    }

    /// @return its id
    String create(String name, long bytes) throws IOException, StatusException {
        String id = "of-" + name;
        Volume there = volumes.get(id);
        if (there == null) {
            make(id, bytes, false);
        } else if (there.bytes != bytes) {
            throw Status.ALREADY_EXISTS.withDescription(name + " has another size").asException();
        }
        return id;
    }

    private Volume make(String id, long bytes, boolean own) throws IOException {
        Volume fresh = new Volume(Files.createDirectories(directory.resolve(id)), bytes, own);
        volumes.put(id, fresh);
        return fresh;
    }

    void delete(String id) throws IOException, StatusException {
        if (volumes.containsKey(id)) {
            Volume volume = volume(id);
            check(!volume.attached && volume.staged.isEmpty() && volume.published.isEmpty(), id + " is in use");
            Deletion.of(volume.directory);
            volumes.remove(id);
        }
    }

    /// @return what has to be told to stage it
    String attach(String id, String on) throws StatusException {
        Volume volume = volume(id);
        if (!on.equals(node)) {
            throw Status.NOT_FOUND.withDescription("there is no node " + on).asException();
        }
        volume.attached = true;
        return volume.directory.toString();
    }

    void detach(String id) throws StatusException {
        if (volumes.containsKey(id)) {
            check(volume(id).staged.isEmpty(), id + " is still staged");
            volume(id).attached = false;
        }
    }

    void stage(String id, String place, Path at) throws IOException, StatusException {
        Volume volume = volume(id);
        check(volume.attached, id + " is not attached");
        check(place.equals(volume.directory.toString()), id + " is staged without what its attachment said");
        if (!volume.staged.contains(at)) {
            run("mount", "--bind", volume.directory.toString(), at.toString());
            volume.staged.add(at);
        }
    }

    void unstage(String id, Path at) throws IOException, StatusException {
        Volume volume = volume(id);
        check(volume.published.isEmpty(), id + " is still published");
        if (volume.staged.contains(at)) {
            run("umount", at.toString());
            volume.staged.remove(at);
        }
    }

    void publish(String id, Path staging, Path target) throws IOException, StatusException {
        Volume volume = volume(id);
        check(volume.staged.contains(staging), id + " is not staged at " + staging);
        bind(volume, staging, target);
    }

    /// For a pod's own volume, which is made with that.
    void publishOwn(String id, Path target) throws IOException {
        Volume there = volumes.get(id);
        Volume volume = there == null ? make(id, 0, true) : there;
        bind(volume, volume.directory, target);
    }

    private static void bind(Volume volume, Path from, Path target) throws IOException {
        if (!volume.published.contains(target)) {
            Files.createDirectories(target);
            run("mount", "--bind", from.toString(), target.toString());
            volume.published.add(target);
        }
    }

    void unpublish(String id, Path target) throws IOException, StatusException {
        if (!volumes.containsKey(id)) {
            return;
        }
        Volume volume = volume(id);
        if (volume.published.contains(target)) {
            run("umount", target.toString());
            Files.deleteIfExists(target);
            volume.published.remove(target);
        }
        if (volume.own && volume.published.isEmpty()) {
            delete(id);
        }
    }

    /// @return its size
    long grow(String id, long bytes) throws StatusException {
        Volume volume = volume(id);
        volume.bytes = Math.max(bytes, volume.bytes);
        return volume.bytes;
    }

    void expanded(String id, long bytes) throws StatusException {
        Volume volume = volume(id);
        check(!volume.published.isEmpty(), id + " is not published");
        check(bytes <= volume.bytes, id + " is smaller than " + bytes);
    }

    Space space(String id, Path at) throws IOException, StatusException {
        check(volume(id).published.contains(at), id + " is not published at " + at);
        FileStore store = Files.getFileStore(at);
        return new Space(store.getUsableSpace(), store.getTotalSpace());
    }

    private static void run(String... words) throws IOException {
        try {
            Process process = new ProcessBuilder(words).inheritIO().start();
            if (!process.waitFor(MOUNT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("failed: " + List.of(words));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
