package io.k3j.kubelet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Files that change all at once: they lie in a directory `..<time>`, the link `..data` points at it, and what
/// a container sees are links through `..data`. Replacing `..data` by rename shows the new files, never a mix;
/// this is the layout containers know from upstream.
final class AtomicDirectory {
    private static final String DATA = "..data";
    private final Path directory;
    private final InstantSource clock;

    /// A file: its bytes and mode.
    record Content(byte[] bytes, int mode) {
    }

    AtomicDirectory(Path directory, InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /// Makes the directory show exactly these files, by path relative to it.
    /// @param group numeric owner group, -1 for root's
    /// @return whether anything changed
    boolean write(Map<String, Content> wanted, long group) throws IOException {
        Map<String, Content> files = new TreeMap<>(wanted);
        Path link = directory.resolve(DATA);
        Path old = Files.isSymbolicLink(link) ? directory.resolve(Files.readSymbolicLink(link)) : null;
        if (old != null && same(old, files)) {
            return false;
        }
        Path fresh = directory.resolve(".." + clock.instant().toString().replace(':', '_') + "."
                + Long.toHexString(System.nanoTime()));
        Files.createDirectories(fresh);
        Files.setAttribute(fresh, "unix:mode", 0755);
        for (Map.Entry<String, Content> e : files.entrySet()) {
            Path file = fresh.resolve(e.getKey()).normalize();
            if (!file.startsWith(fresh)) {
                throw new IOException("path \"" + e.getKey() + "\" leaves the volume");
            }
            Files.createDirectories(file.getParent());
            Files.write(file, e.getValue().bytes());
            if (group >= 0) {
                Files.setAttribute(file, "unix:gid", (int) group);
            }
            Files.setAttribute(file, "unix:mode", e.getValue().mode() | (group >= 0 ? 0440 : 0));
        }
        Path next = directory.resolve("..data_tmp");
        Files.deleteIfExists(next);
        Files.createSymbolicLink(next, fresh.getFileName());
        Files.move(next, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        links(files);
        if (old != null) {
            Trees.delete(old);
        }
        return true;
    }

    private void links(Map<String, Content> files) throws IOException {
        Set<String> tops = new HashSet<>();
        files.keySet().forEach(f -> tops.add(Path.of(f).getName(0).toString()));
        for (String top : tops) {
            Path link = directory.resolve(top);
            if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(link, Path.of(DATA, top));
            }
        }
        try (Stream<Path> all = Files.list(directory)) {
            for (Path p : all.toList()) {
                String name = p.getFileName().toString();
                if (!name.startsWith("..") && !tops.contains(name)) {
                    Files.delete(p);
                }
            }
        }
    }

    private static boolean same(Path old, Map<String, Content> files) throws IOException {
        int count = 0;
        try (Stream<Path> all = Files.walk(old)) {
            for (Path p : all.filter(Files::isRegularFile).toList()) {
                Content wanted = files.get(old.relativize(p).toString());
                if (wanted == null || !Arrays.equals(wanted.bytes(), Files.readAllBytes(p))) {
                    return false;
                }
                count++;
            }
        } catch (NoSuchFileException e) {
            return false;
        }
        return count == files.size();
    }
}
