package io.k3j.launcher;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/// The sums of the jars that a server or agent runs from, and of the index of the bundles in them. They lie beside
/// them.
///
/// CRC-32 and lengths: they find what a disk or an interrupted copy has changed. They are no protection against whoever
/// can write these files, as he can write the sums, too.
public final class Checksums {
    /// Below the root of the distribution. A line a file: checksum, length in bytes, name, between single spaces.
    static final String FILE = "lib/k3s-base.crc";
    private static final List<String> BASE = List.of("lib/k3s-base.idx", "lib/k3s-base.jar");
    private static final int MOST_BYTES = 64 * 1024;
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final Runnable AT_ONCE = () -> {
    };

    private Checksums() {
    }

    /// Writes the sums of a distribution whose jars and index are complete.
    /// @param root holds `lib/`
    public static void write(Path root) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        StringBuilder lines = new StringBuilder();
        for (String name : names(root)) {
            lines.append(sum(root.resolve(name), buffer, AT_ONCE)).append(' ').append(name).append('\n');
        }
        Files.writeString(root.resolve(FILE), lines);
    }

    /// What is wrong; empty when nothing is. Names and lengths are compared before any file is read.
    /// @param pace called before each piece of a file is read; may block
    /// @throws IOException when a file is missing or cannot be read, or the sums are damaged
    static String fault(Path root, Runnable pace) throws IOException {
        SortedMap<String, String> made = made(root);
        SortedSet<String> there = names(root);
        for (Map.Entry<String, String> file : made.entrySet()) {
            if (!there.remove(file.getKey())
                    || !file.getValue().endsWith(" " + Files.size(root.resolve(file.getKey())))) {
                return changed(file.getKey());
            }
        }
        if (!there.isEmpty()) {
            return there.first() + " does not belong to it";
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        for (Map.Entry<String, String> file : made.entrySet()) {
            if (!file.getValue().equals(sum(root.resolve(file.getKey()), buffer, pace))) {
                return changed(file.getKey());
            }
        }
        return "";
    }

    private static String changed(String name) {
        return name + " is not as it was made";
    }

    /// Checksum and length by name.
    private static SortedMap<String, String> made(Path root) throws IOException {
        Path file = root.resolve(FILE);
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException(FILE + " is longer than " + MOST_BYTES + " bytes");
        }
        SortedMap<String, String> made = new TreeMap<>();
        for (String line : Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList()) {
            int space = line.indexOf(' ', line.indexOf(' ') + 1);
            if (space < 0) {
                throw new IOException(FILE + " has a line of another form");
            }
            made.put(line.substring(space + 1), line.substring(0, space));
        }
        if (!made.keySet().containsAll(BASE)) {
            throw new IOException(FILE + " ends early");
        }
        return made;
    }

    private static SortedSet<String> names(Path root) throws IOException {
        SortedSet<String> names = new TreeSet<>(BASE);
        try (Stream<Path> files = Files.walk(new Home(root).apart())) {
            files.filter(file -> Objects.toString(file.getFileName()).endsWith(".jar"))
                    .forEach(file -> names.add(root.relativize(file).toString()));
        }
        return names;
    }

    private static String sum(Path file, ByteBuffer buffer, Runnable pace) throws IOException {
        CRC32 crc = new CRC32();
        long bytes = 0;
        try (FileChannel in = FileChannel.open(file)) {
            pace.run();
            for (int n = in.read(buffer.clear()); n >= 0; n = in.read(buffer.clear())) {
                crc.update(buffer.flip());
                bytes += n;
                pace.run();
            }
        }
        return HexFormat.of().toHexDigits((int) crc.getValue()) + " " + bytes;
    }
}
