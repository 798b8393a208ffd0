package io.k3j.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class HostFilesTest {
    @Test
    void theListNamesPackagesAndAbsolutePaths() {
        assertThat(HostFiles.listed().all()).isNotEmpty()
                .allMatch(each -> each.owner().matches("[a-z0-9-]+") && each.file().isAbsolute()
                        && each.place().startsWith("/"));
    }

    /// `gzip` and `bzip2` are of busybox.
    @Test
    void imagesCanBeUnpackedInIt() {
        assertThat(HostFiles.listed().all()).extracting(HostFiles.HostFile::place).contains("/usr/bin/zstd",
                "/usr/bin/lz4", "/bin/busybox");
    }

    @Test
    void whatIsMissingIsToldByItsPackage() {
        HostFiles files = new HostFiles(List.of(new HostFiles.HostFile("some-package", Path.of("/none"), "/none"),
                new HostFiles.HostFile("here", Path.of("/proc"), "/proc")));
        assertThat(files.missing()).isEqualTo(Set.of("some-package"));
    }

    @Test
    void aProgramsLibrariesAreFoundButThoseThatComeWithIt() throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home")).toRealPath();
        assertThat(SharedLibraries.of(List.of(java.resolve("bin/java")), java))
                .anyMatch(library -> library.endsWith("libc.so.6")).noneMatch(library -> library.startsWith(java));
    }
}
