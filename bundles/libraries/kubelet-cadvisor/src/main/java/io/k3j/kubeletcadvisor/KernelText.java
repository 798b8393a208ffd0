package io.k3j.kubeletcadvisor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Files of the kernel's, as text and numbers. Any thread; each call reads. What cannot be read is empty, and what is
/// no number is 0.
///
/// @param root `/`, below which all files are looked for
record KernelText(Path root) {
    /// Bytes of a file that are read; the rest is left.
    static final int MOST_BYTES = 4 << 20;
    /// What the kernel says of a limit that is none.
    static final long UNLIMITED = Long.MAX_VALUE;
    private static final int LINKS_OF_A_LEAF = 2;

    Path path(String absolute) {
        return root.resolve(absolute.substring(1));
    }

    String of(String absolute) {
        return of(path(absolute));
    }

    static String of(Path file) {
        // not Files.readString, whose first read is of one byte: a number below /proc/sys ends after the first read
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    static long number(Path file) {
        return whole(of(file));
    }

    /// @param text `max` is [#UNLIMITED], as is what is beyond it
    static long whole(String text) {
        String number = text.strip();
        if (number.equals("max")) {
            return UNLIMITED;
        }
        try {
            long value = number.isEmpty() ? 0 : Long.parseUnsignedLong(number);
            return value < 0 ? UNLIMITED : value;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    static List<String> words(String line) {
        return List.of(line.strip().split(" +"));
    }

    /// Lines of a name, a blank and a number.
    static Map<String, Long> keyed(String text) {
        Map<String, Long> all = new HashMap<>();
        text.lines().forEach(line -> {
            int blank = line.indexOf(' ');
            if (blank > 0) {
                all.put(line.substring(0, blank), whole(line.substring(blank + 1)));
            }
        });
        return all;
    }

    /// A line of `/proc/meminfo` in bytes.
    long memory(String name) {
        String start = name + ":";
        return of("/proc/meminfo").lines().filter(line -> line.startsWith(start)).findFirst()
                .map(line -> whole(words(line.substring(start.length())).getFirst()) * 1024).orElse(0L);
    }

    /// The names of the directories in a directory, in their order.
    /// @param most that are told
    static List<String> directories(Path parent, int most) {
        List<String> names = new ArrayList<>();
        if (leaf(parent)) {
            return names;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(parent)) {
            for (Path p : all) {
                if (names.size() >= most) {
                    break;
                }
                if (Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS)) {
                    names.add(String.valueOf(p.getFileName()));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // it has gone meanwhile; what was found by then is told
            return names;
        }
        names.sort(null);
        return names;
    }

    /// A directory of the kernel's has a link for each one below it. Most groups have none, and sixty files, each of
    /// which would have to be asked what it is.
    private static boolean leaf(Path directory) {
        try {
            return Files.getAttribute(directory, "unix:nlink") instanceof Integer links && links == LINKS_OF_A_LEAF;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }
}
