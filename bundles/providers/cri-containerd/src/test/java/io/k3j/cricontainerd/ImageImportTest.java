package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.childprocess.Command;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.ImageStore;
import io.k3j.nodeapi.RuntimeFault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A shell script replaces `ctr`.
@Timeout(1200)
class ImageImportTest {
    private static final Duration LONG = Duration.ofSeconds(300);
    private static final String UNPACKED = "unpacking docker.io/library/a:1 (sha256:00)...done";
    private static final String DIGEST = "docker.io/library/a@sha256:00";
    private static final String LABELS = " io.cattle.k3s.pinned=pinned io.cri-containerd.pinned=pinned";
    @TempDir
    Path dir;
    @TempDir
    Path besides;
    private Path calls;
    private Path known;
    private final PinnedImages pins = new PinnedImages();
    private List<String> registries = List.of();
    private final Set<String> lacking = new HashSet<>();
    private final Store store = new Store();

    /// What a registry has is here once it is pulled.
    private static final class Store implements ImageStore {
        private final Map<String, Image> here = new HashMap<>();
        private final Set<String> absent = new HashSet<>();
        private final List<String> pulled = new ArrayList<>();

        private void add(String name) {
            here.put(name, new Image("sha256:1", List.of("docker.io/library/" + name),
                    List.of("docker.io/library/" + name.replaceFirst(":.*", "@sha256:22")), 1, OptionalLong.empty(), "",
                    false));
        }

        @Override
        public Optional<Image> find(String name) {
            return Optional.ofNullable(here.get(name));
        }

        @Override
        public List<Image> list() {
            return List.copyOf(here.values());
        }

        @Override
        public String pull(String name, Struct auth) {
            pulled.add(name);
            if (absent.contains(name)) {
                throw new RuntimeFault(RuntimeFault.Kind.FAILED, "no such image");
            }
            add(name);
            return name;
        }

        @Override
        public void remove(String name) {
            here.remove(name);
        }

        @Override
        public Disk disk() {
            return new Disk("/", 0);
        }
    }

    @BeforeEach
    void none() throws IOException {
        calls = Files.createFile(besides.resolve("calls"));
        known = Files.createFile(besides.resolve("known"));
    }

    private ImageImport importing(String script, Duration limit) {
        Ctr ctr = new Ctr(List.of("sh", "-c", script, "ctr"), new Command(limit),
                program -> lacking.contains(program) ? Optional.empty() : Optional.of(found(program)));
        return new ImageImport(List.of(dir), ctr, new ImageNames(ctr, registries, pins), store);
    }

    /// A test's own program goes before the machine's.
    private Path found(String program) {
        return Files.exists(besides.resolve(program)) ? besides.resolve(program) : Path.of(program);
    }

    /// Writes down what it is asked for, and answers help, a list of what is pinned and the import of an archive.
    private ImageImport importing(String help, String pinned, String imported) {
        return importing("echo \"$*\" >> " + calls + "; case \"$2 $3\" in 'import --help') echo '" + help
                + "' ;; 'ls -q') echo '" + pinned + "' ;; ls*) cat " + known
                + " ;; import*) cat > /dev/null; echo '" + imported + "' ;; esac", LONG);
    }

    private Path archive(String name) throws IOException {
        return Files.write(dir.resolve(name), new byte[10]);
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(calls).stream().filter(call -> !call.endsWith("--help")).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.tar", "a.tar.gz", "a.tar.bz2"})
    void aHangingCtrIsKilledWithItsChildrenAndReported(String name) throws Exception {
        Path pid = Files.createFile(dir.resolve("pid"));
        Path archive = archive(name);
        // it may be killed before it has said who its child is
        for (int seconds = 1; seconds < LONG.toSeconds() && Files.size(pid) == 0; seconds *= 2) {
            ImageImport importing = importing("[ $3 = --help ] || { sleep 1000 & echo $! > " + pid + "; wait; }",
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
    void unpackedImagesArePinnedByNameAndDigest() throws Exception {
        Path archive = archive("a.tar");
        importing("--all-platforms", "", UNPACKED).take(archive);
        assertThat(pins.has("docker.io/library/a:1")).isTrue();
        assertThat(pins.has(DIGEST)).isTrue();
        assertThat(calls()).containsExactly("images import --all-platforms " + archive,
                "images label docker.io/library/a:1" + LABELS,
                "images ls name==\"docker.io/library/a:1\" name==\"" + DIGEST + "\"",
                "images tag --force docker.io/library/a:1 " + DIGEST, "images label " + DIGEST + LABELS);
    }

    /// `ctr` would take a name away before it gives it anew: a pod would lose the digest of its image for a moment.
    @Test
    void aNameThatIsThereIsNotGivenAnew() throws Exception {
        registries = List.of("r.io:5000");
        Files.writeString(known, """
                REF                     TYPE                                                 DIGEST    SIZE    LABELS
                docker.io/library/a:1   application/vnd.docker.distribution.manifest.v2+json sha256:00 1.0 KiB -
                docker.io/library/a@sha256:00 application/vnd.oci.image.manifest.v1+json sha256:00 1.0 KiB -
                r.io:5000/library/a:1   application/vnd.oci.image.manifest.v1+json           sha256:11 1.0 KiB -
                """);
        importing("", "", UNPACKED).take(archive("a.tar"));
        assertThat(calls()).filteredOn(call -> call.startsWith("images tag")).containsExactly(
                "images tag --force docker.io/library/a:1 r.io:5000/library/a:1 r.io:5000/library/a@sha256:00");
        assertThat(calls()).contains("images label " + DIGEST + LABELS);
    }

    @Test
    void imagesHaveBothNamesInEachFurtherRegistry() throws Exception {
        registries = List.of("docker.io", "r.io:5000");
        importing("", "", UNPACKED).take(archive("a.tar"));
        assertThat(pins.has("r.io:5000/library/a:1")).isTrue();
        assertThat(calls()).contains("images tag --force docker.io/library/a:1 " + DIGEST
                + " r.io:5000/library/a:1 r.io:5000/library/a@sha256:00", "images label r.io:5000/library/a:1" + LABELS,
                "images label r.io:5000/library/a@sha256:00" + LABELS);
    }

    /// Where it would not, its names are cut short and nothing is unpacked in its words.
    @Test
    void ctr2ImportsAsCtr1Does() throws Exception {
        Path archive = archive("a.tar");
        importing("   --local   Run import locally rather than through transfer API", "", UNPACKED).take(archive);
        assertThat(calls()).first().isEqualTo("images import --local --all-platforms " + archive);
    }

    @Test
    void anArchiveOfWhichCtrNamesNoImageHasFailed() throws Exception {
        Path archive = archive("a.tar");
        ImageImport importing = importing("", "docker.io/library/a:1", "docker.io/library/a:1  saved");
        assertThatThrownBy(() -> importing.take(archive)).isInstanceOf(IOException.class)
                .hasMessageContaining("names no image").hasMessageContaining("saved");
        importing.begin(() -> {
        });
        assertThat(calls()).as("what was pinned stays so").noneMatch(call -> call.startsWith("images ls"));
    }

    @Test
    void whatNoFileNamesAnyMoreIsNotKept() throws Exception {
        archive("a.tar");
        importing("", "docker.io/library/a:1\nold.io/b:1", UNPACKED).begin(() -> {
        });
        assertThat(calls()).last().isEqualTo("images label old.io/b:1 io.cattle.k3s.pinned= io.cri-containerd.pinned=");
    }

    @Test
    void ctrFailuresAreReported() throws Exception {
        ImageImport importing = importing("cat > /dev/null; echo 'no archive' >&2; exit 1", LONG);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(new byte[10]);
        }
        Path archive = Files.write(dir.resolve("a.tgz"), packed.toByteArray());
        assertThatThrownBy(() -> importing.take(archive)).isInstanceOf(IOException.class).hasMessage("no archive");
    }

    /// `ctr` itself does not do that, except where it cuts names.
    @Test
    void ctrIsGivenWhatIsUnpacked() throws Exception {
        Path got = besides.resolve("got");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write("plain".getBytes(StandardCharsets.UTF_8));
        }
        importing("[ \"$3\" != - ] || { cat > " + got + "; echo '" + UNPACKED + "'; }", LONG)
                .take(Files.write(dir.resolve("a.TAR.GZ"), packed.toByteArray()));
        assertThat(got).hasContent("plain");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd a.tar.zst", "zstd a.tzst", "bzip2 a.tar.bz2", "bzip2 a.tbz", "lz4 a.tar.lz4"})
    void anArchiveWaitsForTheProgramThatUnpacksIt(String program) throws Exception {
        String[] words = program.split(" ");
        lacking.add(words[0]);
        Path archive = archive(words[1]);
        ImageImport importing = importing("", "", UNPACKED);
        assertThatThrownBy(() -> importing.take(archive)).isInstanceOf(IOException.class)
                .hasMessageContaining("apt-get install -y " + words[0]);
        importing.again();
        assertThat(calls()).isEmpty();
        lacking.clear();
        Path fake = Files.writeString(besides.resolve(words[0]), "#!/bin/sh\ncat\n");
        assertThat(fake.toFile().setExecutable(true)).isTrue();
        importing.again();
        importing.again();
        assertThat(calls()).filteredOn(call -> call.startsWith("images import")).containsExactly("images import -");
    }

    @Test
    void imagesOfAListArePulledOncePinnedAndOfTheFurtherRegistries() throws Exception {
        registries = List.of("r.io:5000");
        store.add("b:2");
        importing("", "", "").take(Files.writeString(dir.resolve("a.txt"), "# mine\n\n a:1 \nb:2\n"));
        assertThat(store.pulled).as("the other is here").containsExactly("a:1");
        for (String name : List.of("a", "b")) {
            String tag = name.equals("a") ? ":1" : ":2";
            assertThat(calls()).contains("images label docker.io/library/" + name + tag + LABELS,
                    "images label docker.io/library/" + name + "@sha256:22" + LABELS,
                    "images tag --force docker.io/library/" + name + tag + " r.io:5000/library/" + name + tag,
                    "images label r.io:5000/library/" + name + "@sha256:22" + LABELS);
        }
    }

    @Test
    void whatAListNamesIsAskedForUntilItIsThereOrNotNamedAnyMore() throws Exception {
        store.absent.addAll(List.of("a:1", "b:2", "c:3"));
        ImageImport importing = importing("", "", "");
        Path list = Files.writeString(dir.resolve("a.txt"), "a:1\nb:2\nc:3\n");
        importing.take(list);
        assertThat(store.pulled).as("one that fails does not keep the others").containsExactly("a:1", "b:2", "c:3");
        store.absent.remove("a:1");
        importing.again();
        store.pulled.clear();
        importing.again();
        assertThat(store.pulled).containsExactly("b:2", "c:3");
        importing.take(Files.writeString(list, "c:3\n"));
        store.pulled.clear();
        importing.again();
        assertThat(store.pulled).containsExactly("c:3");
        Files.delete(list);
        importing.begin(() -> {
        });
        store.pulled.clear();
        importing.again();
        assertThat(store.pulled).isEmpty();
    }

    @Test
    void podsWaitForArchivesAndNotForLists() throws Exception {
        archive("b.tar");
        Files.writeString(dir.resolve("a.txt"), "a:1\n");
        List<String> before = new ArrayList<>();
        importing("", "", UNPACKED).begin(() -> before.addAll(store.pulled));
        assertThat(before).isEmpty();
        assertThat(store.pulled).containsExactly("a:1");
        assertThat(pins.has("docker.io/library/a:1")).isTrue();
    }

    private List<String> importsOfAStart() throws Exception {
        Files.writeString(calls, "");
        importing("", "", UNPACKED).begin(() -> {
        });
        return calls().stream().filter(call -> call.startsWith("images import")).toList();
    }

    /// K3s' conditional import, which who makes `.cache.json` asks for.
    @Test
    void anArchiveThatHasNotChangedIsImportedOnceWhereThatIsAskedFor() throws Exception {
        Path archive = archive("a.tar");
        store.here.put("docker.io/library/a:1", new Image("sha256:1", List.of(), List.of(), 1, OptionalLong.empty(), "",
                false));
        assertThat(importsOfAStart()).hasSize(1);
        assertThat(importsOfAStart()).as("nobody asks for it").hasSize(1);
        Files.createFile(dir.resolve(".cache.json"));
        assertThat(importsOfAStart()).as("nothing is known").hasSize(1);
        assertThat(importsOfAStart()).isEmpty();
        assertThat(calls()).as("it stays pinned").contains("images label docker.io/library/a:1" + LABELS,
                "images label " + DIGEST + LABELS).noneMatch(call -> call.contains("pinned= "));
        Files.write(archive, new byte[11]);
        assertThat(importsOfAStart()).as("it has changed").hasSize(1);
        store.here.clear();
        assertThat(importsOfAStart()).as("containerd has lost it").hasSize(1);
    }

    @Test
    void aDamagedCacheIsNone() throws Exception {
        archive("a.tar");
        Path cache = Files.writeString(dir.resolve(".cache.json"), "{");
        assertThat(importsOfAStart()).hasSize(1);
        assertThat(Files.readString(cache)).contains("\"size\":10", "\"modTime\":\"", "\"images\":");
        Files.delete(dir.resolve("a.tar"));
        assertThat(importsOfAStart()).isEmpty();
        assertThat(Files.readString(cache)).isEqualTo("{}");
    }
}
