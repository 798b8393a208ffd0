package io.k3j.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class RootTreeTest {
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");
    @TempDir
    Path directory;

    @Test
    void theSameFilesAreTheSameBytesWheneverAndByWhomeverTheyWereMade() throws IOException {
        assertThat(bytes(new RootTree().copy("/opt", made("one", List.of("b", "a/c"), "rw-r--r--", TIME))))
                .isEqualTo(bytes(new RootTree().copy("/opt",
                        made("two", List.of("a/c", "b"), "rw-rw----", TIME.plusSeconds(77)))));
    }

    private Path made(String name, List<String> files, String mode, Instant time) throws IOException {
        Path root = directory.resolve(name);
        for (String each : files) {
            Path file = root.resolve(each);
            Files.createDirectories(file.getParent());
            Files.writeString(file, each);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            Files.setLastModifiedTime(file, FileTime.from(time));
        }
        return root;
    }

    @Test
    void tarReadsIt() throws IOException, InterruptedException {
        String deep = "deep/" + "directory/".repeat(11);
        Path program = made("program", List.of(deep + "file"), "rwxr-xr-x", TIME);
        RootTree tree = new RootTree().copy("/sbin", program).directory("/home", 0700, 1000).link("/bin", "usr/bin");
        Path tar = directory.resolve("it.tar");
        Files.write(tar, bytes(tree));
        String list = Commands.output(List.of("tar", "--numeric-owner", "--utc", "-tvf", tar.toString()));
        assertThat(list.lines().map(line -> line.replaceAll(" +", " "))).contains(
                "lrwxrwxrwx 0/0 0 2026-01-01 00:00 bin -> usr/bin", "drwx------ 1000/1000 0 2026-01-01 00:00 home/",
                "drwxr-xr-x 0/0 0 2026-01-01 00:00 usr/sbin/deep/",
                "-rwxr-xr-x 0/0 119 2026-01-01 00:00 usr/sbin/" + deep + "file");
    }

    private static byte[] bytes(RootTree tree) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        tree.write(out, TIME);
        return out.toByteArray();
    }
}
