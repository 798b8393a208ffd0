package io.k3j.launcher;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// Whether the jars that a server or agent runs from, and the index of the bundles in them, are as they were made.
/// Their sums lie beside them and are compared at every start, on a thread of its own while the framework is made
/// ready.
///
/// CRC-32 and lengths: they find what a disk or an interrupted copy has changed. They are no protection against whoever
/// can write these files, as he can write the sums, too.
public final class Checksums {
    /// Below the root of the distribution. A line a file: checksum, length in bytes, name, between single spaces.
    static final String FILE = "lib/k3s-base.crc";
    private static final List<String> BASE = List.of("lib/k3s-base.idx", "lib/k3s-base.jar");
    private static final int MOST_BYTES = 64 * 1024;
    private static final int BUFFER_BYTES = 256 * 1024;

    private final Path root;
    private final FutureTask<String> look;

    private Checksums(Path root) {
        this.root = root;
        this.look = new FutureTask<>(() -> fault(root));
    }

    /// Writes the sums of a distribution whose jars and index are complete.
    /// @param root holds `lib/`
    public static void write(Path root) throws IOException {
        StringBuilder lines = new StringBuilder();
        sums(root).forEach((name, sum) -> lines.append(sum).append(' ').append(name).append('\n'));
        Files.writeString(root.resolve(FILE), lines);
    }

    /// Begins to look; does not block.
    static Checksums begin(Path root) {
        Checksums checksums = new Checksums(root);
        Thread.ofPlatform().name("checksums").daemon().start(checksums.look);
        return checksums;
    }

    /// Blocks until all files have been read.
    /// @throws StartFailure when one is not as it was made, is missing, is there beside them, or cannot be read
    void await() throws StartFailure, InterruptedException {
        try {
            String fault = Objects.requireNonNull(look.get());
            if (!fault.isEmpty()) {
                throw damaged(fault, null);
            }
        } catch (ExecutionException e) {
            throw damaged(String.valueOf(e.getCause()), e.getCause());
        }
    }

    private StartFailure damaged(String fault, @Nullable Throwable cause) {
        String message = "the installation in " + root + " is damaged: " + fault + "; install this release again by"
                + " its install.sh, or go back to the one before: k3s upgrade --rollback";
        return cause == null ? new StartFailure(message) : new StartFailure(message, cause);
    }

    /// What is wrong; empty when nothing is.
    private static String fault(Path root) throws IOException {
        SortedMap<String, String> made = made(root);
        SortedMap<String, String> found = sums(root);
        for (String name : made.keySet()) {
            if (!Objects.equals(made.get(name), found.remove(name))) {
                return name + " is not as it was made";
            }
        }
        return found.isEmpty() ? "" : found.firstKey() + " does not belong to it";
    }

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

    private static SortedMap<String, String> sums(Path root) throws IOException {
        SortedMap<String, String> sums = new TreeMap<>();
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        for (String name : BASE) {
            sums.put(name, sum(root.resolve(name), buffer));
        }
        Path apart = new Home(root).apart();
        try (Stream<Path> files = Files.walk(apart)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".jar")).toList()) {
                sums.put(root.relativize(file).toString(), sum(file, buffer));
            }
        }
        return sums;
    }

    private static String sum(Path file, ByteBuffer buffer) throws IOException {
        CRC32 crc = new CRC32();
        long bytes = 0;
        try (FileChannel in = FileChannel.open(file)) {
            for (int n = in.read(buffer.clear()); n >= 0; n = in.read(buffer.clear())) {
                crc.update(buffer.flip());
                bytes += n;
            }
        }
        return HexFormat.of().toHexDigits((int) crc.getValue()) + " " + bytes;
    }
}
