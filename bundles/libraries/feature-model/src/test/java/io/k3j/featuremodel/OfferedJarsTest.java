package io.k3j.featuremodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.testkitsigning.TestJars;
import io.k3j.testkitsigning.TestSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfferedJarsTest {
    private static final TestSigner ACME = TestSigner.selfSigned("Acme");

    @TempDir
    private Path dir;

    private Path pem(String mode) throws IOException {
        Path file = Files.writeString(dir.resolve("trust.pem"), ACME.pem());
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private Signatures signatures(Path... files) {
        String[] names = Stream.of(files).map(Path::toString).toArray(String[]::new);
        return Signatures.of(names.length == 0 ? Map.of() : Map.of("pluginTrust", names), InstantSource.system());
    }

    private OfferedJars offered(Path... files) {
        return new OfferedJars(dir, StateFiles.DURABLE, signatures(files));
    }

    private Path jar(String content) throws IOException {
        return TestJars.bundle(dir.resolve("acme.jar"), "com.acme.plugin", content);
    }

    @Test
    void whatWasLookedAtStaysAsItWasWhateverBecomesOfTheFile() throws IOException {
        Path jar = jar("good");
        try (OfferedJars.Copy copy = offered().take(jar)) {
            String digest = copy.facts().digest();
            jar("evil");
            assertThat(copy.facts().digest()).isEqualTo(digest);
            assertThat(copy.facts().file()).isEqualTo(jar);
            assertThat(copy.signer()).as("nobody asked").isEmpty();
        }
        assertThat(dir.resolve("bundles/offered")).isEmptyDirectory();
    }

    @Test
    void aSignatureIsDemandedOnlyWhenTheFlagNamesKeys() throws IOException {
        OfferedJars offered = offered(pem("rw-r--r--"));
        assertThatThrownBy(() -> offered.take(jar("good"))).isInstanceOf(FeatureProblem.class)
                .hasMessageContaining(dir.resolve("acme.jar") + " is not signed").hasMessageContaining("jarsigner");
        assertThat(dir.resolve("bundles/offered")).isEmptyDirectory();
        try (OfferedJars.Copy copy = offered.take(ACME.sign(jar("good")))) {
            assertThat(copy.signer()).isEqualTo("CN=Acme");
        }
    }

    @Test
    void whatIsNoFileIsNotRead() {
        assertThatThrownBy(() -> offered().take(Path.of("/dev/zero"))).hasMessage("/dev/zero is no file");
        assertThatThrownBy(() -> offered().take(Path.of("/nowhere.jar"))).hasMessage("/nowhere.jar does not exist");
    }

    @Test
    void aJarOfAnArchiveThatWasVerifiedCountsUntilTheArchiveGoes() throws IOException {
        Signatures signatures = signatures(pem("rw-r--r--"));
        JarFacts inner = JarFacts.read(jar("inner"));
        signatures.vouch(inner.digest(), "CN=Acme");
        assertThat(signatures.verify(inner.bytes(), inner.file())).isEqualTo("CN=Acme");
        signatures.forget(inner.digest());
        assertThatThrownBy(() -> signatures.verify(inner.bytes(), inner.file())).hasMessageContaining("is not signed");
    }

    @Test
    void keysThatOthersCouldAddToAreRefused() throws IOException {
        Path open = pem("rw-rw-r--");
        assertThatThrownBy(() -> signatures(open)).isInstanceOf(FeatureProblem.class)
                .hasMessageStartingWith("--plugin-trust: ").hasMessageContaining("chmod go-w");
        assertThatThrownBy(() -> signatures(dir.resolve("none.pem"))).isInstanceOf(FeatureProblem.class)
                .hasMessageContaining("none.pem");
    }

    @Test
    void keysThatOthersCouldReplaceAreRefused() throws IOException {
        Path pem = pem("rw-r--r--");
        Path shared = Files.createDirectory(dir.resolve("shared"));
        Path link = Files.createSymbolicLink(shared.resolve("trust.pem"), pem);
        assertThatNoException().isThrownBy(() -> signatures(link));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> signatures(link)).isInstanceOf(FeatureProblem.class)
                .hasMessageStartingWith("--plugin-trust: " + shared).hasMessageContaining("chmod go-w " + shared);
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThatThrownBy(() -> signatures(link)).isInstanceOf(FeatureProblem.class)
                .hasMessageContaining("chmod go-w " + dir);
    }

    @Test
    void whatAnEarlierProcessHasLeftIsDeleted() throws IOException {
        offered().take(jar("left"));
        assertThat(dir.resolve("bundles/offered")).isNotEmptyDirectory();
        offered().clear();
        assertThat(dir.resolve("bundles/offered")).doesNotExist();
    }
}
