package io.k3j.nodefiles;

import io.k3j.apimachinery.Quantity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What is mounted where, as the kernel tells this process, see
/// <https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html>.
/// The lines name directories that containers have named, in whatever bytes they chose; so they are bytes here too,
/// each one `char` of a [String], and none of them ends a line but the line feed, which the kernel escapes in names.
/// Any thread; reads the table at each call.
///
/// Nothing is kept between calls, because anybody may mount.
final class MountTable {
    private static final String HUGETLBFS = " - hugetlbfs ";
    private static final String PAGE_SIZE = "pagesize=";
    private final Path file;

    /// @param file `/proc/self/mountinfo`, or one like it
    MountTable(Path file) {
        this.file = file;
    }

    /// The mount points at or below a path, in the order they were mounted; each as [#bytes] takes it. Compared by
    /// whole names: `/a/bc` is not below `/a/b`. A place that is mounted over twice is there twice.
    /// @param at without links, as the table has it
    /// @throws IOException when the table cannot be read
    List<String> below(String at) throws IOException {
        String wanted = text(at);
        return points().stream().filter(p -> p.equals(wanted) || p.startsWith(wanted + "/")).toList();
    }

    /// The device of what is mounted at a path, above all else that is mounted there, as `major:minor`.
    /// @param at without links, as the table has it
    /// @throws IOException when the table cannot be read
    Optional<String> device(String at) throws IOException {
        String wanted = text(at);
        return lines().stream().filter(l -> point(l).equals(wanted)).map(l -> l.split(" ", 4)[2])
                .reduce((before, last) -> last);
    }

    /// How large the pages are, in bytes, of a file system of huge pages that is mounted at a path above all else.
    /// @param at without links, as the table has it
    /// @throws IOException when the table cannot be read, or does not say how large they are
    OptionalLong hugePages(String at) throws IOException {
        String wanted = text(at);
        String last = lines().stream().filter(l -> point(l).equals(wanted)).reduce("", (before, l) -> l);
        if (!last.contains(HUGETLBFS)) {
            return OptionalLong.empty();
        }
        List<String> options = List.of(last.substring(last.lastIndexOf(' ') + 1).split(","));
        return OptionalLong.of(Quantity.parse(options.stream().filter(o -> o.startsWith(PAGE_SIZE)).findFirst()
                .orElseThrow(() -> new IOException("mounted dir " + at + " pagesize is not determined"))
                .substring(PAGE_SIZE.length()) + "i").value());
    }

    /// Whether something is mounted at a path.
    /// @param at without links, as the table has it
    /// @throws IOException when the table cannot be read
    boolean has(String at) throws IOException {
        return points().contains(text(at));
    }

    /// A path as the table has it: its bytes, one `char` each. Java would decode them as UTF-8 and lose what is none.
    private static String text(String path) {
        return new String(path.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /// What the kernel is to be given for a mount point of the table.
    static byte[] bytes(String point) {
        return point.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// Split at the line feed alone: other characters that end lines elsewhere are parts of names here.
    private List<String> lines() throws IOException {
        String table = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        return table.isEmpty() ? List.of() : List.of(table.split("\n"));
    }

    private List<String> points() throws IOException {
        return lines().stream().map(MountTable::point).toList();
    }

    /// The fifth word, with its octal escapes undone. The kernel writes blank, tab, line feed and backslash as a
    /// backslash and three octal digits.
    private static String point(String line) {
        String word = line.split(" ", 6)[4];
        StringBuilder b = new StringBuilder(word.length());
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) == '\\' && i + 3 < word.length()) {
                b.append((char) Integer.parseInt(word.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                b.append(word.charAt(i));
            }
        }
        return b.toString();
    }
}
