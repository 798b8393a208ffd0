package io.k3j.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChosenBundlesTest {
    private static final String NAME = "io.k3j.scheduler";

    @TempDir
    Path dir;

    @Test
    void keepsTheChoiceAndItsPredecessorAcrossARestart() throws IOException {
        ChosenBundles chosen = new ChosenBundles(dir);
        String first = chosen.keep(jar("1"));
        chosen.advance(NAME, first);
        String second = chosen.keep(jar("2"));
        chosen.advance(NAME, second);

        ChosenBundles reloaded = new ChosenBundles(dir);
        assertThat(reloaded.current(NAME)).isEqualTo(second);
        assertThat(reloaded.previous(NAME)).isEqualTo(first);
        assertThat(reloaded.path(second)).exists();
    }

    @Test
    void goesBackToTheShippedOneAndDeletesTheJar() throws IOException {
        ChosenBundles chosen = new ChosenBundles(dir);
        String first = chosen.keep(jar("1"));
        chosen.advance(NAME, first);
        chosen.goBack(NAME);
        assertThat(chosen.current(NAME)).isEqualTo(ChosenBundles.SHIPPED);
        assertThat(chosen.previous(NAME)).isEmpty();
        assertThat(chosen.path(first)).doesNotExist();
    }

    @Test
    void keepsAShortHistoryOnly() throws IOException {
        ChosenBundles chosen = new ChosenBundles(dir);
        for (int i = 0; i < 6; i++) {
            chosen.advance(NAME, chosen.keep(jar("v" + i)));
        }
        assertThat(Files.list(dir.resolve("bundles/chosen"))).hasSize(3);
    }

    @Test
    void reportsAFileThatIsNoBundle() throws IOException {
        Path text = Files.writeString(dir.resolve("text"), "hello");
        assertThatThrownBy(() -> JarFacts.read(text)).isInstanceOf(FeatureProblem.class)
                .hasMessageContaining("not a readable jar");
    }

    private JarFacts jar(String content) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Bundle-SymbolicName", NAME + ";singleton:=false");
        manifest.getMainAttributes().putValue("Content", content);
        Path file = dir.resolve(content + ".jar");
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            jar.finish();
        }
        return JarFacts.read(file);
    }
}
