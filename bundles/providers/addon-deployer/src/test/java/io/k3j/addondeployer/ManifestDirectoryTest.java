package io.k3j.addondeployer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.addondeployer.ManifestDirectory.Found;
import io.k3j.addondeployer.ManifestDirectory.Listing;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestDirectoryTest {
    @TempDir
    Path dir;

    private Listing list() throws IOException {
        return new ManifestDirectory(dir.resolve("manifests"), Set.of(FileStamp.of(dir).owner())).list();
    }

    private Path write(String name) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "a: b\n");
    }

    private List<String> wanted() throws IOException {
        Listing listing = list();
        return listing.files().stream().filter(listing::wanted).map(file -> file.relative().toString()).toList();
    }

    @Test
    void findsManifestsInSubdirectoriesAndNothingElse() throws IOException {
        for (String name : List.of("b.yaml", "a.json", "sub/deep/c.YML", "notes.txt", ".hidden.yaml", ".git/d.yaml",
                "skipped.yaml", "skipped.yaml.skip", "yaml")) {
            write("manifests/" + name);
        }
        assertThat(wanted()).containsExactly("a.json", "b.yaml", "sub/deep/c.YML");
        assertThat(list().files()).filteredOn(file -> file.path().endsWith("c.YML")).extracting(Found::addon)
                .containsExactly("c");
    }

    @Test
    void followsALinkToADirectoryOnceAndLinksToFiles() throws IOException {
        write("outside/x.yaml");
        write("outside/inner/y.yaml");
        write("further/z.yaml");
        Files.createSymbolicLink(dir.resolve("outside/link"), dir.resolve("further"));
        Files.createSymbolicLink(dir.resolve("outside/self"), dir.resolve("outside"));
        Files.createDirectory(dir.resolve("manifests"));
        Files.createSymbolicLink(dir.resolve("manifests/there"), dir.resolve("outside"));
        Files.createSymbolicLink(dir.resolve("manifests/one.yaml"), dir.resolve("further/z.yaml"));
        Files.createSymbolicLink(dir.resolve("manifests/nowhere.yaml"), dir.resolve("nothing"));
        assertThat(wanted()).containsExactly("one.yaml", "there/inner/y.yaml", "there/x.yaml");
        assertThat(list().files()).extracting(Found::linked).containsExactly(false, true, true);
        assertThat(list().problems()).singleElement().asString().contains("nowhere.yaml");
    }

    @Test
    void doesNotLookIntoWhatEverybodyMayWriteOrSomebodyElseOwns() throws IOException {
        write("manifests/open/a.yaml");
        write("manifests/b.yaml");
        Files.setPosixFilePermissions(dir.resolve("manifests/open"), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(wanted()).containsExactly("b.yaml");
        assertThat(list().problems()).singleElement().asString().contains("chmod o-w " + dir.resolve("manifests/open"));
        Listing foreign = new ManifestDirectory(dir.resolve("manifests"), Set.of(-1)).list();
        assertThat(foreign.files()).isEmpty();
        assertThat(foreign.problems()).singleElement().asString().contains("chown root");
    }

    @Test
    void readsWhatIsWholeAndOnlyRootMayWrite() throws IOException, ManifestProblem {
        Path file = write("manifests/a.yaml");
        assertThat(ManifestReader.read(file).checksum())
                .isEqualTo("52c9693cf3f219d51ba6af4362ee092c55fb5e6f96d6f9da13c8ede7eff8e71b");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThatThrownBy(() -> ManifestReader.read(file)).hasMessageContaining("chmod o-w " + file);
    }

    @Test
    void refusesWhatIsTooLargeOrNoFileWithoutReadingIt() throws IOException {
        Path large = write("manifests/a.yaml");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(100L << 20);
        }
        assertThatThrownBy(() -> ManifestReader.read(large)).hasMessageContaining("104857600 bytes");
        assertThatThrownBy(() -> ManifestReader.read(Path.of("/dev/zero"))).hasMessageContaining("no ordinary file");
        assertThatThrownBy(() -> ManifestReader.read(dir.resolve("manifests/none.yaml")))
                .isInstanceOf(ManifestProblem.class);
    }

    @Test
    void wordsNameFilesAndDirectories() {
        DisabledWords words = DisabledWords.of(List.of("traefik", "metrics-server", "a/b", "dotted.name"));
        assertThat(List.of("traefik.yaml", "sub/traefik.yml", "metrics-server/x.yaml", "metrics-server/deep/notes",
                "a/b/c.yaml", "dotted.name.yaml")).allMatch(path -> words.name(Path.of(path)));
        assertThat(List.of("traefik.txt", "traefik-crd.yaml", "traefik.v2.yaml", "b/c.yaml", "metrics-server"))
                .noneMatch(path -> words.name(Path.of(path)));
    }
}
