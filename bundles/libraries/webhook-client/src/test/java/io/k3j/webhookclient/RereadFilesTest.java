package io.k3j.webhookclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// When files that are replaced count, and when not.
class RereadFilesTest {
    @TempDir
    private Path directory;
    private final AtomicLong nanos = new AtomicLong();
    private Path chain;
    private Path key;

    @BeforeEach
    void write() throws IOException {
        chain = Files.writeString(directory.resolve("chain"), "1");
        key = Files.writeString(directory.resolve("key"), "1");
    }

    /// Both must be the same, as those of a certificate and its key.
    private static String pair(List<String> texts) {
        if (!texts.get(0).equals(texts.get(1))) {
            throw new IllegalArgumentException("they do not belong together");
        }
        return "of " + texts.getFirst();
    }

    private RereadFiles<String> files() throws IOException {
        return new RereadFiles<>(List.of(KubeconfigText.of(chain), KubeconfigText.of(key)), RereadFilesTest::pair,
                nanos::get);
    }

    @Test
    void whatWasReplacedCountsAfterASecond() throws IOException {
        RereadFiles<String> files = files();
        String before = files.current();
        assertThat(before).isEqualTo("of 1");
        Files.writeString(chain, "2");
        Files.writeString(key, "2");
        nanos.addAndGet(RereadFiles.PAUSE - 1);
        assertThat(files.current()).isSameAs(before);
        nanos.addAndGet(1);
        assertThat(files.current()).isEqualTo("of 2");
    }

    @Test
    void whatStaysIsNotMadeAnew() throws IOException {
        RereadFiles<String> files = files();
        String before = files.current();
        nanos.addAndGet(RereadFiles.PAUSE);
        assertThat(files.current()).isSameAs(before);
    }

    @Test
    void halfOfAReplacementDoesNotCount() throws IOException {
        RereadFiles<String> files = files();
        Files.writeString(chain, "2");
        nanos.addAndGet(RereadFiles.PAUSE);
        assertThat(files.current()).isEqualTo("of 1");
        Files.delete(key);
        nanos.addAndGet(RereadFiles.PAUSE);
        assertThat(files.current()).isEqualTo("of 1");
        Files.writeString(key, "2");
        nanos.addAndGet(RereadFiles.PAUSE);
        assertThat(files.current()).isEqualTo("of 2");
    }

    @Test
    void whatStandsInTheKubeconfigIsNotLookedFor() throws IOException {
        RereadFiles<String> files = new RereadFiles<>(
                List.of(new KubeconfigText(null, "1"), new KubeconfigText(null, "1")), RereadFilesTest::pair,
                nanos::get);
        nanos.addAndGet(RereadFiles.PAUSE);
        assertThat(files.current()).isEqualTo("of 1");
        assertThat(new KubeconfigText(null, "hidden").toString()).doesNotContain("hidden");
    }

    @Test
    void whatCannotBeUsedAtTheBeginningIsRefused() throws IOException {
        Files.writeString(key, "2");
        assertThatThrownBy(this::files).isInstanceOf(IllegalArgumentException.class);
    }
}
