package io.k3j.nodestatus;

import io.k3j.apimachinery.Quantity;
import io.k3j.kuberuntime.HugePages;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/// The huge pages that the kernel has set aside, of each size that it knows. Any thread; its files are short and are
/// read anew each time, since pages are set aside and given back while it runs. What cannot be read is left out. See
/// <https://docs.kernel.org/admin-guide/mm/hugetlbpage.html>.
///
/// @param directory `/sys/kernel/mm/hugepages`
public record MachineHugePages(Path directory) {
    private static final String PREFIX = "hugepages-";
    private static final String KILOBYTES = "kB";
    private static final long KIBI = 1024;

    /// Bytes by size of a page in bytes; 0 of sizes of which there are none.
    public Map<Long, Long> bytes() {
        Map<Long, Long> all = new TreeMap<>();
        try (DirectoryStream<Path> sizes = Files.newDirectoryStream(directory, PREFIX + "*" + KILOBYTES)) {
            for (Path size : sizes) {
                String name = String.valueOf(size.getFileName());
                OptionalLong page = number(name.substring(PREFIX.length(), name.length() - KILOBYTES.length()));
                OptionalLong count = number(MachineInfo.text(size.resolve("nr_hugepages").toString()));
                if (page.isPresent() && count.isPresent()) {
                    all.put(page.getAsLong() * KIBI, page.getAsLong() * KIBI * count.getAsLong());
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // a kernel without huge pages
            return all;
        }
        return all;
    }

    /// Bytes of all sizes together.
    public long total() {
        return bytes().values().stream().mapToLong(Long::longValue).sum();
    }

    /// Capacities of a Node with its huge pages as they are now. A size that the kernel does not know is not there any
    /// more, as after a start of the machine with other pages.
    public Struct told(Struct capacities) {
        Map<Long, Long> now = bytes();
        Struct.Builder all = capacities.toBuilder();
        capacities.names().stream().filter(HugePages::named).forEach(all::remove);
        now.forEach((page, bytes) -> all.put(HugePages.resource(page), Quantity.bytes(bytes).toString()));
        return all.build();
    }

    private static OptionalLong number(String text) {
        try {
            return OptionalLong.of(Long.parseUnsignedLong(text.strip()));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
