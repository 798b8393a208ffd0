package io.k3j.featuremodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.testkitsigning.TestJars;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChosenBundlesTest {
    private static final String NAME = "io.k3j.scheduler";

    @TempDir
    Path dir;

    private ChosenBundles load() {
        return new ChosenBundles(dir, StateFiles.DURABLE);
    }

    private static Handle choose(ChosenBundles chosen, JarFacts jar) {
        Handle handle = ChosenBundles.handle(jar);
        chosen.keep(handle, jar.file());
        chosen.choose(handle);
        return handle;
    }

    @Test
    void keepsTheChoiceAndItsPredecessorAcrossARestart() throws IOException {
        ChosenBundles chosen = load();
        Handle first = choose(chosen, jar("1"));
        Handle second = choose(chosen, jar("2"));

        ChosenBundles reloaded = load();
        assertThat(ChosenBundles.handle(NAME, reloaded.current(NAME))).isEqualTo(second);
        assertThat(reloaded.previous(NAME)).isEqualTo(first.choice());
        assertThat(reloaded.path(second.choice())).exists();
    }

    @Test
    void goesBackToTheShippedOneAndDeletesTheJar() throws IOException {
        ChosenBundles chosen = load();
        Handle first = choose(chosen, jar("1"));
        chosen.choose(Handle.shipped(NAME));
        chosen.tidy();
        assertThat(chosen.current(NAME)).isEqualTo(ChosenBundles.SHIPPED);
        assertThat(chosen.previous(NAME)).isEmpty();
        assertThat(chosen.path(first.choice())).doesNotExist();
    }

    @Test
    void keepsAShortHistoryOnly() throws IOException {
        ChosenBundles chosen = load();
        for (int i = 0; i < 6; i++) {
            choose(chosen, jar("v" + i));
        }
        chosen.tidy();
        assertThat(Files.list(dir.resolve("bundles/chosen"))).hasSize(4);
    }

    @Test
    void tellsOfAJarThatWasChangedOnTheDisk() throws IOException {
        ChosenBundles chosen = load();
        Handle handle = choose(chosen, jar("1"));
        assertThat(chosen.damage(handle.choice())).isEmpty();
        Files.write(chosen.path(handle.choice()), Files.readAllBytes(jar("2").file()));
        assertThat(chosen.damage(handle.choice())).contains("is damaged").contains("k3s bundle swap JAR");
        assertThat(chosen.damage("without-checksum.jar")).contains("cannot be read");
    }

    @Test
    void reportsAFileThatIsNoBundle() throws IOException {
        Path text = Files.writeString(dir.resolve("text"), "hello");
        assertThatThrownBy(() -> JarFacts.read(text)).isInstanceOf(FeatureProblem.class)
                .hasMessageContaining("not a readable jar");
    }

    @Test
    void reportsATruncatedJarBeforeItIsInstalled() throws IOException {
        Path whole = jar("1").file();
        byte[] bytes = Files.readAllBytes(whole);
        for (int length : new int[] {0, 10, bytes.length / 2, bytes.length - 1}) {
            Path part = dir.resolve("part-" + length + ".jar");
            Files.write(part, Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> JarFacts.read(part)).as("%d bytes", length).isInstanceOf(FeatureProblem.class)
                    .hasMessageContaining(part.toString());
        }
    }

    @Test
    void reportsAJarWhoseContentIsNotWhatItsChecksumSays() throws IOException {
        Path file = TestJars.bundle(dir.resolve("damaged.jar"), NAME, "payload".repeat(100));
        byte[] bytes = Files.readAllBytes(file);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("payloadpayload");
        bytes[at] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> JarFacts.read(file)).isInstanceOf(FeatureProblem.class)
                .hasMessageContaining("not a readable jar");
    }

    private JarFacts jar(String content) throws IOException {
        return JarFacts.read(TestJars.bundle(dir.resolve(content + ".jar"), NAME, content));
    }
}
