package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.childprocess.Command;
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

/// A shell script stands for `ctr`.
@Timeout(60)
class ImageImportTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    @TempDir
    Path dir;
    private final Pins pins = new Pins();
    private final List<String> pulled = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {"a.tar", "a.tar.gz", "a.tar.bz2"})
    void aCtrThatHangsIsEndedWithItsChildrenAndTold(String name) throws Exception {
        Path pid = dir.resolve("pid");
        ImageImport importing = importing("sleep 1000 & echo $! > " + pid + "; wait", Duration.ofSeconds(1));
        Path archive = Files.write(dir.resolve(name), new byte[10]);
        assertThatThrownBy(() -> importing.take(archive)).isInstanceOf(IOException.class)
                .hasMessageContaining("no answer within 1 seconds").hasMessageContaining("ctr was killed");
        var child = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
        if (child.isPresent()) {
            child.get().onExit().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void whatWasUnpackedIsPinned() throws Exception {
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
    void whatCtrRefusesIsTold() throws Exception {
        ImageImport importing = importing("cat > /dev/null; echo 'no archive' >&2; exit 1", LONG);
        Path archive = Files.write(dir.resolve("a.tgz"), new byte[10]);
        assertThatThrownBy(() -> importing.take(archive)).isInstanceOf(IOException.class).hasMessage("no archive");
    }

    @Test
    void namesOfAListAreFetched() throws Exception {
        importing("exit 1", LONG).take(Files.writeString(dir.resolve("a.txt"), "# mine\n\n a:1 \nb:2\n"));
        assertThat(pulled).containsExactly("a:1", "b:2");
    }

    private ImageImport importing(String script, Duration limit) {
        return new ImageImport(List.of(dir), new ArrayList<>(List.of("sh", "-c", script, "ctr")), pins, pulled::add,
                new Command(limit));
    }
}
