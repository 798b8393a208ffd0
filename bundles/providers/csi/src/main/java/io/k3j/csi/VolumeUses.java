package io.k3j.csi;

import io.k3j.nodefiles.Mounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// Which pods of the node use which volumes of drivers, read from the disk at each call; whoever makes one writes it
/// down first. Any thread; blocks for the disk, and for the API where a record cannot be read.
///
/// @param paths of the kubelet
/// @param records of pods' volumes
/// @param mounts what is mounted, which tells of a record that is lost
record VolumeUses(CsiPaths paths, VolumeRecords records, Mounts mounts) {
    /// A pod's use.
    ///
    /// @param uid of the pod
    /// @param directory in which that is written
    /// @param at where the pod has it
    /// @param data what is written, empty where nobody knows
    record Use(String uid, Path directory, Path at, Optional<VolumeData> data) {
    }

    /// All of them, mounted or mapped.
    List<Use> all() throws IOException {
        List<Use> all = new ArrayList<>();
        for (Path pod : children(paths.pods())) {
            String uid = name(pod);
            for (Path volume : children(paths.volumes(uid))) {
                add(all, uid, volume, volume.resolve("mount"));
            }
        }
        for (String device : devices()) {
            for (Path user : children(paths.deviceUsers(device))) {
                add(all, name(user), paths.deviceData(device), paths.devicePublished(device, name(user)));
            }
        }
        return all;
    }

    /// The devices that somebody has, or was to have.
    List<String> devices() throws IOException {
        return children(paths.devices()).stream().map(VolumeUses::name)
                .filter(n -> !n.equals("staging") && !n.equals("publish")).toList();
    }

    /// @throws IOException when a volume is one pod's alone and another one has it, in upstream's words
    void check(CsiVolume volume) throws IOException {
        if (volume.exclusive() && all().stream().filter(u -> !u.uid().equals(volume.uid()))
                .anyMatch(u -> u.data().map(d -> d.isOf(volume.driver(), volume.handle())).orElse(false))) {
            throw new IOException("volume uses the ReadWriteOncePod access mode and is already in use by another pod");
        }
    }

    /// Whether a pod uses a volume.
    /// @param ending the directory of the record of one that is to use it no longer
    boolean used(VolumeData volume, Path ending) throws IOException {
        for (Use use : all()) {
            if (!use.directory().equals(ending) && mayBeOf(use, volume)) {
                return true;
            }
        }
        return false;
    }

    /// Of a use that nobody knows the mounts tell, as they tell upstream: what a pod has is mounted, and of the file
    /// system that is staged, unless drivers stage without a mount.
    private boolean mayBeOf(Use use, VolumeData volume) throws IOException {
        if (use.data().isPresent()) {
            return use.data().get().isOf(volume.driver(), volume.handle());
        }
        Optional<String> device = mounts.device(use.at());
        Optional<String> staged = mounts.device(paths.staging(volume.driver(), volume.handle()));
        return device.isPresent() && (staged.isEmpty() || staged.equals(device));
    }

    /// Whether a pod has something mounted of which nobody knows whose it is.
    boolean unknown(List<Use> uses) throws IOException {
        for (Use use : uses) {
            if (use.data().isEmpty() && mounts.mounted(use.at())) {
                return true;
            }
        }
        return false;
    }

    /// Nothing has been made of a volume of which nothing is written yet.
    private void add(List<Use> into, String uid, Path directory, Path at) {
        String name = directory.startsWith(paths.devices()) ? name(Objects.requireNonNull(directory.getParent()))
                : name(directory);
        try {
            into.add(new Use(uid, directory, at, Optional.of(records.read(directory, name))));
        } catch (NoSuchFileException e) {
            // nobody uses anything
        } catch (IOException e) {
            into.add(new Use(uid, directory, at, Optional.empty()));
        }
    }

    static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    /// The directories and files in a directory, none when it is not there. What goes meanwhile may be there or not.
    static List<Path> children(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
