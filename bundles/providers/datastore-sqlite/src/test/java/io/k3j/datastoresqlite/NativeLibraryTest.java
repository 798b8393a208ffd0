package io.k3j.datastoresqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
    @TempDir
    Path dir;

    @Test
    void leavesNoUnpackedLibraryInTheFileSystem() throws IOException {
        SqliteStore store = SqliteStore.open(dir, false, message -> {
        });
        assertThat(NativeLibrary.loaded()).isEmpty();
        store.close();
    }
}
