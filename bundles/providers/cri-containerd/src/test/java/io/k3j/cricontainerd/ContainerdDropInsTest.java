package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which files beside `config.toml` count, and that the others are not passed over in silence.
class ContainerdDropInsTest {
    @TempDir
    Path directory;

    private Path write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Test
    void filesOfTheDirectoryAreImportedInOrder() throws IOException {
        Path second = write("config.toml.d/20-b.toml", "[metrics]\n");
        Path first = write("config.toml.d/10-a.toml", "version = 2\n[proxy_plugins.stargz]\n");
        write("config.toml.d/notes.txt", "");
        ContainerdDropIns found = ContainerdDropIns.of(directory);
        assertThat(found.imported()).containsExactly(first, second);
        assertThat(found.passedOver()).isEmpty();
        String before = found.content();
        Files.writeString(second, "[metrics]\naddress = \"a\"\n");
        assertThat(ContainerdDropIns.of(directory).content()).as("a change starts containerd anew")
                .isNotEqualTo(before);
    }

    @Test
    void whatMeansSomethingToK3sOnlyIsTold() throws IOException {
        Path template = write("config.toml.tmpl", "{{ .NodeConfig }}");
        Path newer = write("config-v3.toml.tmpl", "");
        Path third = write("config-v3.toml.d/a.toml", "");
        Path versioned = write("config.toml.d/a.toml", "version = 3\n");
        Path cri = write("config.toml.d/b.toml",
                "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.kata]\n");
        ContainerdDropIns found = ContainerdDropIns.of(directory);
        assertThat(found.imported()).isEmpty();
        assertThat(found.passedOver()).extracting(ContainerdDropIns.PassedOver::file)
                .containsExactlyInAnyOrder(template, newer, third, versioned, cri);
        assertThat(found.passedOver()).allMatch(one -> !one.reason().isEmpty());
    }

    @Test
    void theTemplateForVersion3GoesBeforeTheOther() throws IOException {
        Path second = write("config.toml.tmpl", "{{ template \"base\" . }}\n# of 2\n");
        assertThat(ContainerdDropIns.of(directory).template().orElseThrow().rendered("base")).contains("# of 2");
        Path misnamed = write("containerd.tmpl", "");
        write("config-v3.toml.tmpl", "{{ template \"base\" . }}\n# of 3\n");
        assertThat(ContainerdDropIns.of(directory).template().orElseThrow().rendered("base")).contains("# of 3");
        assertThat(reason(second)).isEqualTo("config-v3.toml.tmpl is there and goes before it");
        assertThat(reason(misnamed)).startsWith("templates are called config.toml.tmpl");
    }

    private String reason(Path file) throws IOException {
        return ContainerdDropIns.of(directory).passedOver().stream().filter(one -> one.file().equals(file))
                .map(ContainerdDropIns.PassedOver::reason).findFirst().orElse("");
    }

    @Test
    void aVersionIsReadAsContainerdReadsIt() throws IOException {
        for (String other : List.of("version = 3 # of containerd 2", "\tversion=3", "\"version\" = 3",
                "root = 'a'\nversion = 1")) {
            Path file = write("config.toml.d/a.toml", other + "\n");
            assertThat(reason(file)).as(other).startsWith("it has version ").endsWith("write it for version 2");
        }
        for (String same : List.of("version = 2 # of containerd 1", "# version = 3", "[a]\nversion = 3",
                "versions = 3")) {
            Path file = write("config.toml.d/a.toml", same + "\n");
            assertThat(ContainerdDropIns.of(directory).imported()).as(same).containsExactly(file);
        }
    }

    /// containerd starts with none of them.
    @Test
    void whatIsNoTextIsToldAndKeepsNothingFromStarting() throws Exception {
        Path good = write("config.toml.d/good.toml", "[metrics]\n");
        Path parent = directory.resolve("config.toml.d");
        Path folder = Files.createDirectory(parent.resolve("folder.toml"));
        Path latin = Files.write(parent.resolve("latin.toml"), new byte[] {'#', (byte) 0xe9, '\n'});
        Path nowhere = Files.createSymbolicLink(parent.resolve("nowhere.toml"), Path.of("nothing"));
        Path pipe = parent.resolve("pipe.toml");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        assertThat(ContainerdDropIns.of(directory).imported()).containsExactly(good);
        assertThat(reason(latin)).isEqualTo("it is not UTF-8; save it as UTF-8");
        for (Path odd : List.of(folder, nowhere, pipe)) {
            assertThat(reason(odd)).startsWith("it is no regular file");
        }
    }

    @Test
    void withoutAnyThereIsNothingToSay() throws IOException {
        assertThat(ContainerdDropIns.of(directory.resolve("absent")))
                .isEqualTo(new ContainerdDropIns(List.of(), "", Optional.empty(), List.of()));
    }
}
