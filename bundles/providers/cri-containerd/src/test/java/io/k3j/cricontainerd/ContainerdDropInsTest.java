package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        Path template = write("config.toml.tmpl", "");
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
    void withoutAnyThereIsNothingToSay() throws IOException {
        assertThat(ContainerdDropIns.of(directory.resolve("absent")))
                .isEqualTo(new ContainerdDropIns(List.of(), "", List.of()));
    }
}
