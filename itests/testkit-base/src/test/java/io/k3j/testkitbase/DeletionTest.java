package io.k3j.testkitbase;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is deleted is gone, whoever was faster.
class DeletionTest {
    private static final int DIRECTORIES = 300;
    @TempDir
    private Path directory;

    @Test
    void aTreeGoesAndWhatItsLinksShowStays() throws IOException {
        Path kept = Files.writeString(directory.resolve("kept"), "x");
        Path tree = Files.createDirectories(directory.resolve("tree/below"));
        Files.writeString(tree.resolve("file"), "x");
        Files.createSymbolicLink(tree.resolve("link"), directory);
        Files.createSymbolicLink(tree.resolve("broken"), directory.resolve("nothing"));
        Deletion.of(tree.getParent());
        assertThat(tree.getParent()).doesNotExist();
        assertThat(kept).exists();
    }

    @Test
    void whatIsNotThereIsGone() throws IOException {
        Deletion.of(directory.resolve("nothing"));
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void twoMayDeleteTheSame() throws Exception {
        Path tree = directory.resolve("tree");
        for (int i = 0; i < DIRECTORIES; i++) {
            Files.writeString(Files.createDirectories(tree.resolve(i + "/below")).resolve("file"), "x");
        }
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<?> done = other.submit(() -> {
                Deletion.of(tree);
                return true;
            });
            Deletion.of(tree);
            done.get();
        }
        assertThat(tree).doesNotExist();
    }
}
