package io.k3j.servicelb;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// The names of the processes that have sockets, found once for each socket. For one thread.
final class SocketOwners {
    private static final System.Logger LOG = System.getLogger("io.k3j.servicelb");
    /// How many descriptors of processes are looked at in one search.
    private static final int MOST_DESCRIPTORS = 200_000;
    private static final String SOCKET = "socket:[";
    private final Path proc;
    private final String self;
    private Map<Long, String> known = new HashMap<>();

    /// @param proc `/proc`
    /// @param self the number of this process
    SocketOwners(Path proc, long self) {
        this.proc = proc;
        this.self = Long.toString(self);
    }

    /// The names by inode; empty for a process that cannot be found, as one that is just ending.
    Map<Long, String> names(Set<Long> inodes) {
        Map<Long, String> names = new HashMap<>();
        inodes.stream().filter(known::containsKey).forEach(i -> names.put(i, known.get(i)));
        Set<Long> sought = new HashSet<>(inodes);
        sought.removeAll(names.keySet());
        if (sought.remove(0L)) {
            names.put(0L, "kernel");
        }
        if (!sought.isEmpty()) {
            search(sought, names);
        }
        known = names;
        Map<Long, String> all = new HashMap<>(names);
        inodes.forEach(i -> all.putIfAbsent(i, ""));
        return all;
    }

    private void search(Set<Long> sought, Map<Long, String> names) {
        int looked = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                looked += search(process, sought, names);
                if (sought.isEmpty() || looked > MOST_DESCRIPTORS) {
                    return;
                }
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "Cannot list processes", e);
        }
    }

    private int search(Path process, Set<Long> sought, Map<Long, String> names) {
        int looked = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                looked++;
                long inode = inode(descriptor);
                if (inode > 0 && sought.remove(inode)) {
                    names.put(inode, name(process));
                }
            }
        } catch (IOException e) {
            LOG.log(Level.TRACE, "Process ended while it was looked at", e);
        }
        return looked;
    }

    private static long inode(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith(SOCKET) && target.endsWith("]")
                    ? Long.parseLong(target.substring(SOCKET.length(), target.length() - 1)) : 0;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    private String name(Path process) throws IOException {
        return process.getFileName().toString().equals(self) ? "k3s"
                : Files.readString(process.resolve("comm")).strip();
    }
}
