package io.k3j.csi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Which pods of the node use which volumes of drivers, read from the disk at each call; whoever makes one writes it
/// down first. Any thread; blocks for the disk.
///
/// @param paths of the kubelet
record VolumeUses(CsiPaths paths) {
    /// A pod's use.
    ///
    /// @param uid of the pod
    /// @param directory in which that is written
    /// @param data what is written, empty where that cannot be read
    record Use(String uid, Path directory, Optional<VolumeData> data) {
        /// What cannot be read may be it.
        boolean mayBeOf(VolumeData volume) {
            return data.map(d -> d.isOf(volume.driver(), volume.handle())).orElse(true);
        }
    }

    /// All of them, mounted or mapped.
    List<Use> all() throws IOException {
        List<Use> all = new ArrayList<>();
        for (Path pod : children(paths.pods())) {
            String uid = name(pod);
            for (Path volume : children(paths.volumes(uid))) {
                add(all, uid, volume);
            }
        }
        for (String device : devices()) {
            for (Path user : children(paths.deviceUsers(device))) {
                add(all, name(user), paths.deviceData(device));
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
        return all().stream().anyMatch(u -> u.mayBeOf(volume) && !u.directory().equals(ending));
    }

    /// Nothing has been made of a volume of which nothing is written yet.
    private static void add(List<Use> into, String uid, Path directory) {
        try {
            into.add(new Use(uid, directory, Optional.of(VolumeData.read(directory))));
        } catch (NoSuchFileException e) {
            // nobody uses anything
        } catch (IOException e) {
            into.add(new Use(uid, directory, Optional.empty()));
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
