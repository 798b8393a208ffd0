package io.k3j.cgroups;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The kernel's cgroup hierarchies: one of version 2, or one per controller of version 1. See
/// <https://man7.org/linux/man-pages/man7/cgroups.7.html>. Safe for any number of threads.
///
/// A host with version 1 and 2 side by side counts as version 1: its controllers are there.
///
/// @param mount `/sys/fs/cgroup`
/// @param unified whether the host has version 2 only
record Hierarchies(Path mount, boolean unified) {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final String CONTROLLERS = "cgroup.controllers";

    /// Those mounted there. `cgroup.controllers` is at the top of version 2 alone. Looked at once.
    static Hierarchies at(Path mount) {
        return new Hierarchies(mount, Files.exists(mount.resolve(CONTROLLERS)));
    }

    /// A group's directory where a controller is.
    /// @param controller counts for version 1 only
    /// @param path relative
    Path group(String controller, String path) {
        return (unified ? mount : mount.resolve(controller)).resolve(path);
    }

    /// A group's directories, in every hierarchy that has it.
    /// @param path relative
    /// @return empty when no hierarchy has it
    List<Path> groups(String path) {
        List<Path> roots = unified ? List.of(mount) : children(mount);
        return roots.stream().map(root -> root.resolve(path)).filter(Files::isDirectory).toList();
    }

    /// The controllers of version 2 that the host has.
    /// @throws IOException when the kernel does not tell
    List<String> controllers() throws IOException {
        return List.of(Files.readString(mount.resolve(CONTROLLERS)).strip().split(" "));
    }

    /// Has controllers of version 2 count in a group: each group above has to give them on, from the top down; see
    /// cgroups(7), `cgroup.subtree_control`. A controller that the host lacks is left out.
    void delegate(Path group, List<String> controllers) {
        List<Path> above = new ArrayList<>();
        for (Path p = group.getParent(); p != null && p.startsWith(mount); p = p.getParent()) {
            above.addFirst(p);
        }
        for (Path p : above) {
            for (String controller : controllers) {
                try {
                    Files.writeString(p.resolve("cgroup.subtree_control"), "+" + controller);
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.DEBUG, "Cgroup {0} without {1}", p, controller);
                }
            }
        }
    }

    /// The directories in a directory; none where it is none.
    static List<Path> children(Path directory) {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(Files::isDirectory).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /// Whether a process is in a group, or in one below; where that cannot be read there may be one. A group with
    /// processes cannot be removed, and systemd would end them.
    static boolean busy(Path group) {
        try {
            if (!Files.readString(group.resolve("cgroup.procs")).isEmpty()) {
                return true;
            }
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            return Files.isDirectory(group);
        }
        return children(group).stream().anyMatch(Hierarchies::busy);
    }

    /// Removes a group and those below; what has processes stays. Those below first: the kernel removes only what is
    /// empty. Its files go with the directory, they are not deleted.
    static void remove(Path group) {
        children(group).forEach(Hierarchies::remove);
        try {
            Files.delete(group);
        } catch (NoSuchFileException e) {
            // that is what was wanted
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Cgroup {0} stays: {1}", group, e.getMessage());
        }
    }
}
