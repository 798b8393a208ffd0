package io.k3j.cli.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What may be in a tar, whoever has made it.
class ReleaseTarTest {
    @TempDir
    Path dir;

    private Map<String, String> read(Path file) {
        Map<String, String> found = new LinkedHashMap<>();
        try (ReleaseTar tar = new ReleaseTar(file)) {
            tar.read((name, entry, reader) -> {
                byte[] part = new byte[1 << 16];
                int count = Math.max(0, reader.read(part));
                found.put(name, entry.type() + entry.link() + new String(part, 0, count, StandardCharsets.UTF_8));
            });
        }
        return found;
    }

    private Map<String, String> readOrRefused(Path file) {
        try {
            return read(file);
        } catch (UpgradeProblem refused) {
            return Map.of();
        }
    }

    private void refused(TestTar tar, String why) throws IOException {
        Path file = tar.write(dir.resolve("refused.tar.gz"));
        assertThatThrownBy(() -> read(file)).isInstanceOf(UpgradeProblem.class).hasMessageContaining(why)
                .hasMessageContaining(file.toString());
    }

    private static TestTar release() {
        return new TestTar().directory("k3s").directory("k3s/lib");
    }

    @Test
    void filesDirectoriesLinksAndLongNamesAreRead() throws IOException {
        String longName = "k3s/lib/" + "n".repeat(200);
        Path file = release().file("k3s/lib/a", 0644, "x".repeat(1000)).link("k3s/lib/b", "../lib/a")
                .file(longName, 0644, "").write(dir.resolve("a.tar.gz"));
        assertThat(read(file)).containsExactly(Map.entry("", "5"), Map.entry("lib", "5"),
                Map.entry("lib/a", "0" + "x".repeat(1000)),
                Map.entry("lib/b", "2../lib/a"), Map.entry(longName.substring(4), "0"));
    }

    @Test
    void nothingLeadsOutOfTheRelease() throws IOException {
        refused(release().file("/etc/passwd", 0644, ""), "leads out of the release");
        refused(release().file("k3s/../../etc/passwd", 0644, ""), "leads out of the release");
        refused(release().file("other/file", 0644, ""), "lies beside k3s/");
        refused(release().link("k3s/lib/a", "/etc"), "the link lib/a leads out of the release, to /etc");
        refused(release().link("k3s/lib/a", "../../etc"), "leads out of the release, to ../../etc");
        refused(release().link("k3s/lib/a", "b/../../../etc"), "leads out of the release");
        refused(release().link("k3s/lib/a", "b/../c"), "leads out of the release");
    }

    @Test
    void nothingIsWrittenThroughALinkOrOverAnotherFile() throws IOException {
        refused(release().link("k3s/lib/a", "b").file("k3s/lib/a/c", 0644, ""), "lies in no directory");
        refused(release().file("k3s/lib/a", 0644, "").link("k3s/lib/a", "b"), "is there twice");
        refused(release().file("k3s/new/a", 0644, ""), "lies in no directory that comes before it");
    }

    @Test
    void onlyFilesDirectoriesAndLinksAreTaken() throws IOException {
        for (char type : new char[] {'1', '3', '4', '6', 'x', 'S'}) {
            refused(release().head("k3s/lib/a", type, 0644, 0, "b"), "is of type '" + type + "'");
        }
        refused(release().file("k3s/lib/a\nb", 0644, ""), "no plain text");
        refused(release().file("k3s/lib/a\\b", 0644, ""), "no plain text");
    }

    @Test
    void longNamesWithoutAnEntryHaveAnEnd() throws IOException {
        TestTar endless = release();
        for (int i = 0; i < 3; i++) {
            endless.head("././@LongLink", 'L', 0, 0, "");
        }
        refused(endless.file("k3s/lib/a", 0644, ""), "more than one long name comes before an entry");
        Path both = release().head("././@LongLink", 'K', 0, 0, "").head("././@LongLink", 'L', 0, 0, "")
                .file("k3s/lib/a", 0644, "").write(dir.resolve("both.tar.gz"));
        assertThat(read(both)).containsKey("lib/a");
    }

    @Test
    void nothingOfItTellsTheTerminalWhatToDo() throws IOException {
        String clears = "\u001b[2J";
        for (TestTar tar : new TestTar[] {release().head("k3s/" + clears, '3', 0644, 0, ""),
                release().link("k3s/lib/a", "../../" + clears), release().head("k3s/lib/a", '\u001b', 0644, 0, "")}) {
            Path file = tar.write(dir.resolve("clears.tar.gz"));
            assertThatThrownBy(() -> read(file)).isInstanceOf(UpgradeProblem.class)
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\u001b"));
        }
    }

    @Test
    void nothingThatAReleaseSaysOfItselfDoesEither() {
        for (String field : new String[] {"version", "kubernetes", "commit", "bundles"}) {
            String json = """
                    {"version":"0.2.0","kubernetes":"v1.36.2+k3s1","commit":"abc","java":25,"dataForm":1,
                     "bundles":{"io.k3j.one":"1"}}
                    """;
            String hostile = field.equals("bundles") ? json.replace("io.k3j.one", "io\\u001b[2J")
                    : json.replace("\"" + field + "\":\"", "\"" + field + "\":\"1\\u001b[2J");
            assertThat(ReleaseFacts.of(json.getBytes(StandardCharsets.UTF_8)).commit()).isEqualTo("abc");
            assertThatThrownBy(() -> ReleaseFacts.of(hostile.getBytes(StandardCharsets.UTF_8))).as(field)
                    .isInstanceOf(UpgradeProblem.class)
                    .satisfies(e -> assertThat(e.getMessage()).contains("is damaged").doesNotContain("\u001b"));
        }
    }

    @Test
    void whatItUnpacksToIsBounded() throws IOException {
        refused(release().head("k3s/lib/a", '0', 0644, TarRules.MOST_BYTES + 1, ""), "it unpacks to more than");
        TestTar many = release();
        for (int i = 0; i <= TarRules.MOST_ENTRIES; i++) {
            many.file("k3s/lib/" + i, 0644, "");
        }
        refused(many, "more than " + TarRules.MOST_ENTRIES + " entries");
    }

    @Test
    void damageIsFoundWhereverItIs() throws IOException {
        Path file = release().file("k3s/lib/a", 0644, "x".repeat(1000)).write(dir.resolve("whole.tar.gz"));
        byte[] whole = Files.readAllBytes(file);
        Path damaged = dir.resolve("damaged.tar.gz");
        for (int length = 0; length < whole.length; length++) {
            Files.write(damaged, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> read(damaged)).as("cut after " + length).isInstanceOf(UpgradeProblem.class)
                    .hasMessageContaining("is damaged or no release").hasMessageContaining("fetch it again");
        }
        // behind gzip's own head, of which some bytes mean nothing; some that are packed can be written in two ways
        for (int at = 10; at < whole.length; at++) {
            byte[] other = whole.clone();
            other[at] ^= 0x10;
            Files.write(damaged, other);
            assertThat(readOrRefused(damaged)).as("changed at " + at).isIn(Map.of(), read(file));
        }
    }

    @Test
    void nothingComesAfterTheEnd() throws IOException {
        refused(release().raw(new byte[1024]).file("k3s/lib/a", 0644, ""), "something comes after the archive's end");
    }
}
