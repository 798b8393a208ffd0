package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.childprocess.Command;
import io.k3j.nodeapi.RuntimeFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A shell script replaces `ctr`.
@Timeout(120)
class ImageImportTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    @TempDir
    Path dir;
    private final PinnedImages pins = new PinnedImages();
    private final List<String> pulled = new ArrayList<>();
    private List<String> registries = List.of();
    /// What cannot be pulled; empty for all.
    private String absent = "";

    @ParameterizedTest
    @ValueSource(strings = {"a.tar", "a.tar.gz", "a.tar.bz2"})
    void aHangingCtrIsKilledWithItsChildrenAndReported(String name) throws Exception {
        Path pid = Files.createFile(dir.resolve("pid"));
        Path archive = Files.write(dir.resolve(name), new byte[10]);
        // it may be killed before it has said who its child is
        for (int seconds = 1; seconds < LONG.toSeconds() && Files.size(pid) == 0; seconds *= 2) {
            ImageImport importing = importing("sleep 1000 & echo $! > " + pid + "; wait",
                    Duration.ofSeconds(seconds));
            assertThatThrownBy(() -> importing.take(archive)).isInstanceOf(IOException.class)
                    .hasMessageContaining("no answer within " + seconds + " seconds")
                    .hasMessageContaining("ctr was killed");
        }
        var child = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
        if (child.isPresent()) {
            child.get().onExit().get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void unpackedImagesArePinned() throws Exception {
        Path calls = dir.resolve("calls");
        ImageImport importing = importing("echo \"$*\" >> " + calls
                + "; [ $2 = label ] || echo 'unpacking docker.io/library/a:1 (sha256:0)...done'", LONG);
        Path archive = Files.write(dir.resolve("a.tar"), new byte[10]);
        importing.take(archive);
        assertThat(pins.has("docker.io/library/a:1")).isTrue();
        assertThat(Files.readAllLines(calls)).containsExactly("images import --all-platforms " + archive,
                "images label docker.io/library/a:1 io.cattle.k3s.pinned=pinned io.cri-containerd.pinned=pinned");
    }

    @Test
    void imagesHaveANameInEachFurtherRegistry() throws Exception {
        Path calls = dir.resolve("calls");
        registries = List.of("r.io:5000");
        importing("echo \"$2 $3 $4 $5\" >> " + calls
                + "; [ $2 != import ] || echo 'unpacking docker.io/library/a:1 (sha256:0)...done'", LONG)
                .take(Files.write(dir.resolve("a.tar"), new byte[10]));
        assertThat(pins.has("r.io:5000/library/a:1")).isTrue();
        assertThat(Files.readAllLines(calls)).contains("tag --force docker.io/library/a:1 r.io:5000/library/a:1",
                "label r.io:5000/library/a:1 io.cattle.k3s.pinned=pinned io.cri-containerd.pinned=pinned");
    }

    @Test
    void ctrFailuresAreReported() throws Exception {
        ImageImport importing = importing("cat > /dev/null; echo 'no archive' >&2; exit 1", LONG);
        Path archive = Files.write(dir.resolve("a.tgz"), new byte[10]);
        assertThatThrownBy(() -> importing.take(archive)).isInstanceOf(IOException.class).hasMessage("no archive");
    }

    @Test
    void imagesOfAListArePulled() throws Exception {
        ImageImport importing = importing("exit 1", LONG);
        importing.take(Files.writeString(dir.resolve("a.txt"), "# mine\n\n a:1 \nb:2\n"));
        assertThat(pulled).as("one that fails does not keep the others").containsExactly("a:1", "b:2");
        pulled.clear();
        absent = "b:2";
        importing.again();
        importing.again();
        assertThat(pulled).as("until it is there").containsExactly("a:1", "b:2", "b:2");
    }

    private void pull(String name) {
        pulled.add(name);
        if (absent.isEmpty() || absent.equals(name)) {
            throw new RuntimeFault(RuntimeFault.Kind.FAILED, "no such image");
        }
    }

    private ImageImport importing(String script, Duration limit) {
        return new ImageImport(List.of(dir), registries, new ImageImport.Ctr(List.of("sh", "-c", script, "ctr"),
                new Command(limit)), pins, this::pull);
    }
}
