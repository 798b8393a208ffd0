package io.k3j.image;

import io.k3j.images.Tar;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What one layer puts into the image's file system. Written in the order of names and without the times, owners and
/// umask of where it comes from, so that the same files are the same bytes. `/bin`, `/sbin` and `/lib…` are links to
/// their namesakes in `/usr`, so paths in them lead there. For one thread.
final class RootTree {
    private static final int DIRECTORY = 0755;
    private final SortedMap<String, Entry> entries = new TreeMap<>();

    private sealed interface Entry {
    }

    private record Directory(int mode, int owner) implements Entry {
    }

    private record Copy(Path from, int mode) implements Entry {
    }

    private record Text(String text) implements Entry {
    }

    private record Link(String target) implements Entry {
    }

    /// The name of an absolute path in the archive.
    private static String name(String path) {
        String name = path.substring(1);
        return name.startsWith("bin/") || name.startsWith("sbin/") || name.startsWith("lib/")
                || name.startsWith("lib64/") ? "usr/" + name : name;
    }

    private void put(String name, Entry entry) {
        for (int slash = name.lastIndexOf('/'); slash > 0; slash = name.lastIndexOf('/', slash - 1)) {
            entries.putIfAbsent(name.substring(0, slash), new Directory(DIRECTORY, 0));
        }
        entries.put(name, entry);
    }

    /// Whether there is something.
    boolean has(String path) {
        return entries.containsKey(name(path));
    }

    /// A directory of a user.
    RootTree directory(String path, int mode, int owner) {
        put(name(path), new Directory(mode, owner));
        return this;
    }

    /// A small file.
    RootTree text(String path, String text) {
        put(name(path), new Text(text));
        return this;
    }

    /// A symbolic link. One in the root is the link it says, whatever it is called.
    RootTree link(String path, String target) {
        put(name(path), new Link(target));
        return this;
    }

    /// A copy of a file, or of a directory with all below it.
    RootTree copy(String path, Path from) throws IOException {
        Path real = from.toRealPath();
        if (!Files.isDirectory(real)) {
            put(name(path), new Copy(real, Files.isExecutable(real) ? 0755 : 0644));
            return this;
        }
        for (Path each : below(real)) {
            String place = path + "/" + real.relativize(each);
            if (Files.isSymbolicLink(each)) {
                link(place, Files.readSymbolicLink(each).toString());
            } else if (Files.isDirectory(each)) {
                directory(place, DIRECTORY, 0);
            } else {
                put(name(place), new Copy(each, Files.isExecutable(each) ? 0755 : 0644));
            }
        }
        return this;
    }

    private static List<Path> below(Path directory) throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            return walk.filter(each -> !each.equals(directory)).toList();
        }
    }

    /// Writes it as a tar.
    void write(OutputStream out, Instant time) throws IOException {
        Tar tar = new Tar(out, time);
        for (SortedMap.Entry<String, Entry> each : entries.entrySet()) {
            write(tar, each.getKey(), each.getValue());
        }
        tar.end();
    }

    private static void write(Tar tar, String name, Entry entry) throws IOException {
        switch (entry) {
            case Directory d -> tar.directory(name, d.mode, d.owner);
            case Text t -> tar.file(name, 0644, t.text.getBytes(StandardCharsets.UTF_8));
            case Link l -> tar.link(name, l.target);
            case Copy c -> {
                try (InputStream content = Files.newInputStream(c.from)) {
                    tar.file(name, c.mode, content, Files.size(c.from));
                }
            }
        }
    }
}
