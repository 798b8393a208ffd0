package io.k3j.kubeletvolumes;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskUsageTest {
    private static final long MEBI = 1 << 20;
    @TempDir
    private Path directory;
    private Path volume;
    private final DiskUsage disk = new DiskUsage();

    @BeforeEach
    void begin() throws IOException {
        volume = Files.createDirectory(directory.resolve("volume"));
    }

    private static String told(String... command) throws IOException {
        Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(p.getInputStream().readAllBytes(), ISO_8859_1).strip();
    }

    private static long du(String flag, Path of) throws IOException {
        return Long.parseLong(told("du", "-s", "-x", flag, of.toString()).split("\t")[0]);
    }

    @Test
    void aTreeTakesWhatDuSays() throws Exception {
        Path deep = Files.createDirectories(volume.resolve("a/b/c"));
        Files.write(deep.resolve("file"), new byte[100_000]);
        Files.write(volume.resolve("small"), new byte[1]);
        Files.createLink(volume.resolve("again"), deep.resolve("file"));
        try (RandomAccessFile hole = new RandomAccessFile(volume.resolve("hole").toFile(), "rw")) {
            hole.setLength(64 * MEBI);
        }
        DiskUsage.Used used = disk.tree(volume);
        assertThat(used.bytes()).isEqualTo(du("-B1", volume)).isLessThan(MEBI);
        assertThat(used.inodes()).isEqualTo(du("--inodes", volume)).isEqualTo(7);
    }

    @Test
    void noLinkIsFollowed() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Files.write(elsewhere.resolve("large"), new byte[(int) (4 * MEBI)]);
        Files.createSymbolicLink(volume.resolve("directory"), elsewhere);
        Files.createSymbolicLink(volume.resolve("file"), elsewhere.resolve("large"));
        assertThat(disk.tree(volume).bytes()).isLessThan(MEBI);
        assertThat(disk.tree(volume).inodes()).isEqualTo(3);
        Path link = Files.createSymbolicLink(directory.resolve("link"), elsewhere);
        assertThatThrownBy(() -> disk.tree(link)).isInstanceOf(IOException.class).hasMessageContaining("no directory");
    }

    @Test
    void namesThatAreNoTextCount() throws Exception {
        told("sh", "-c", "cd '" + volume + "' && mkdir \"$(printf '\\377\\376')\" && head -c 200000 /dev/zero > \"$("
                + "printf '\\377\\376')/$(printf '\\200')\"");
        assertThat(disk.tree(volume).inodes()).isEqualTo(3);
        assertThat(disk.tree(volume).bytes()).isEqualTo(du("-B1", volume)).isGreaterThan(200_000);
    }

    @Test
    void aTreeThatIsTooLargeOrTooDeepIsCountedInPart() throws Exception {
        for (int i = 0; i < 50; i++) {
            Files.createFile(volume.resolve("f" + i));
        }
        assertThat(new DiskUsage(20).tree(volume).inodes()).isEqualTo(21);
        Path deep = Files.createDirectory(directory.resolve("deep"));
        Files.createDirectories(deep.resolve("d/".repeat(DiskUsage.DEPTH + 40)));
        long before = openFiles();
        assertThat(disk.tree(deep).inodes()).isEqualTo(DiskUsage.DEPTH + 1);
        assertThat(openFiles()).isEqualTo(before);
    }

    private static long openFiles() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(p -> target(p).contains("/deep")).count();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void filesOfADirectoryCountWithoutIt() throws Exception {
        Files.write(volume.resolve("0.log"), new byte[5000]);
        Files.write(volume.resolve("0.log.20260101"), new byte[5000]);
        Files.write(Files.createDirectory(volume.resolve("below")).resolve("f"), new byte[5000]);
        DiskUsage.Used one = disk.file(volume.resolve("0.log"));
        assertThat(one.inodes()).isEqualTo(1);
        assertThat(disk.files(volume)).isEqualTo(one.plus(one));
        assertThat(disk.file(volume.resolve("absent"))).isEqualTo(DiskUsage.Used.NONE);
    }

    @Test
    void anInterruptEndsACount() throws IOException {
        Files.createFile(volume.resolve("f"));
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> disk.tree(volume)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void aFileSystemIsAsStatSays() throws Exception {
        List<String> stat = List.of(told("stat", "-f", "-c", "%S %b %c", volume.toString()).split(" "));
        DiskUsage.FileSystem all = disk.fileSystem(volume);
        assertThat(all.capacityBytes()).isEqualTo(Long.parseLong(stat.get(0)) * Long.parseLong(stat.get(1)));
        assertThat(all.inodes()).isEqualTo(Long.parseLong(stat.get(2)));
        assertThat(all.inodesUsed() + all.inodesFree()).isEqualTo(all.inodes());
        assertThat(all.availableBytes()).isPositive().isLessThanOrEqualTo(all.capacityBytes() - all.usedBytes());
        assertThatThrownBy(() -> disk.fileSystem(volume.resolve("absent"))).isInstanceOf(IOException.class);
    }
}
