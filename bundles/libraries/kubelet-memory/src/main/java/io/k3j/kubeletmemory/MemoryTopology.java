package io.k3j.kubeletmemory;

import io.k3j.apimachinery.Quantity;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// How much memory the NUMA nodes of a machine have. A value.
///
/// @param total bytes by NUMA node and type; what is set aside for huge pages is counted as `memory`, too
public record MemoryTopology(Map<Integer, Map<String, Long>> total) {
    /// The type that is no huge page.
    public static final String MEMORY = "memory";
    /// How the resources of huge pages begin.
    public static final String HUGE_PAGES = "hugepages-";
    /// Of nodes that a bit stands for.
    private static final int HIGHEST_NODE = Long.SIZE - 1;
    private static final long KIBI = 1024;
    private static final String KILOBYTES = "kB";

    /// Reads what the kernel says. Blocks for its files.
    /// @param sys where `/sys` is
    /// @param memory bytes of the machine, which its only node has where the kernel knows no NUMA nodes
    /// @throws IOException when a file says something else than a number, or a node has one that is too high
    public static MemoryTopology read(Path sys, long memory) throws IOException {
        Map<Integer, Map<String, Long>> all = new TreeMap<>();
        Path directory = sys.resolve("devices/system/node");
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> nodes = Files.newDirectoryStream(directory, "node[0-9]*")) {
                for (Path node : nodes) {
                    int number = (int) number(String.valueOf(node.getFileName()).substring("node".length()), node);
                    if (number > HIGHEST_NODE) {
                        throw new IOException(node + ": nodes beyond " + HIGHEST_NODE + " are not supported");
                    }
                    all.put(number, node(total(node.resolve("meminfo")), node.resolve("hugepages")));
                }
            }
        }
        if (all.isEmpty()) {
            all.put(0, node(memory, sys.resolve("kernel/mm/hugepages")));
        }
        return new MemoryTopology(all);
    }

    private static Map<String, Long> node(long memory, Path pages) throws IOException {
        Map<String, Long> amounts = new TreeMap<>();
        amounts.put(MEMORY, memory);
        if (Files.isDirectory(pages)) {
            try (DirectoryStream<Path> sizes = Files.newDirectoryStream(pages, "hugepages-*" + KILOBYTES)) {
                for (Path size : sizes) {
                    String name = String.valueOf(size.getFileName()).substring(HUGE_PAGES.length());
                    long page = number(name.substring(0, name.length() - KILOBYTES.length()), size) * KIBI;
                    Path count = size.resolve("nr_hugepages");
                    amounts.put(HUGE_PAGES + Quantity.bytes(page), page * number(Files.readString(count), count));
                }
            }
        }
        return amounts;
    }

    /// The line `Node 0 MemTotal: 65837 kB`; a node that has none says so.
    private static long total(Path meminfo) throws IOException {
        for (String line : Files.readString(meminfo).lines().toList()) {
            int at = line.indexOf("MemTotal:");
            if (at >= 0) {
                String amount = line.substring(at + "MemTotal:".length()).strip();
                return number(amount.endsWith(KILOBYTES)
                        ? amount.substring(0, amount.length() - KILOBYTES.length()) : amount, meminfo) * KIBI;
            }
        }
        throw new IOException("no MemTotal in " + meminfo);
    }

    private static long number(String text, Path file) throws IOException {
        try {
            return Long.parseUnsignedLong(text.strip());
        } catch (NumberFormatException e) {
            throw new IOException("no number in " + file, e);
        }
    }
}
