package io.k3j.testkitprocess;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who is given the key of whom.
class ServiceKeyTest {
    private final ServiceKey key = new ServiceKey();
    @TempDir
    private Path directory;

    private Path server(String name, String made) throws IOException {
        Path tls = directory.resolve(name).resolve("server/tls");
        Files.createDirectories(tls);
        PemFiles.write(tls.resolve("service.current.key"), made, PemFiles.SECRET);
        return directory.resolve(name);
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void thatOfTheFirstIsGivenToThoseWithoutDataAsAnOperatorWould() throws IOException {
        key.keep(server("first", "made by the first"));
        key.keep(server("second", "made by the second"));
        Path third = directory.resolve("third");
        key.give(third, List.of("server", "--disable-agent"));
        Path tls = third.resolve("server/tls");
        assertThat(tls.resolve("service.key")).hasContent("made by the first");
        assertThat(List.of(mode(tls.resolve("service.key")), mode(tls), mode(third.resolve("server"))))
                .containsExactly("rw-------", "rwx------", "rwx------");
    }

    @Test
    void theFirstMakesItsOwnAndOneThatHasMadeNoneLeavesNone() throws IOException {
        key.keep(directory.resolve("never started"));
        key.give(directory.resolve("first"), List.of("server"));
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void oneThatHasDataKeepsWhatItHas() throws IOException {
        key.keep(server("first", "made by the first"));
        Path again = Files.createDirectory(directory.resolve("again"));
        key.give(again, List.of("server"));
        assertThat(again).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--datastore-endpoint=mysql://", "--datastore-endpoint", "--cluster-init",
            "--cluster-reset-restore-path", "--server=https://"})
    void oneThatSharesAClusterIsGivenNone(String word) throws IOException {
        key.keep(server("first", "made by the first"));
        key.give(directory.resolve("other"), List.of("server", word));
        assertThat(directory.resolve("other")).doesNotExist();
    }
}
