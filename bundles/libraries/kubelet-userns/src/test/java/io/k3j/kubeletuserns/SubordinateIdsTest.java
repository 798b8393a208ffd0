package io.k3j.kubeletuserns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The program is a script.
class SubordinateIdsTest {
    private static final long UNIT = IdRange.UNIT;
    @TempDir
    private Path dir;

    private SubordinateIds ids() {
        return new SubordinateIds(dir.resolve("passwd"), List.of(dir));
    }

    private void users(String lines) throws IOException {
        Files.writeString(dir.resolve("passwd"), lines);
    }

    private void program(String script) throws IOException {
        Path file = Files.writeString(dir.resolve("getsubids"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void withoutThatUserOrProgramItIsAllButTheFirst() throws IOException {
        IdRange rest = new IdRange(UNIT, (1L << 32) - UNIT, UNIT);
        assertThat(ids().read(UNIT)).isEqualTo(rest);
        program("exit 1");
        users("root:x:0:0::/:/bin/sh\nkubelets:x:7:7::/:\n");
        assertThat(ids().read(UNIT)).isEqualTo(rest);
        Files.delete(dir.resolve("getsubids"));
        users("kubelet:x:7:7::/:\n");
        assertThat(ids().read(UNIT)).isEqualTo(rest);
    }

    @Test
    void theRestIsWholeRangesOfPods() throws IOException {
        IdRange rest = ids().read(3 * UNIT);
        assertThat(rest.first()).isEqualTo(3 * UNIT);
        assertThat(rest.length() % (3 * UNIT)).isZero();
        assertThat(rest.first() + rest.length()).isBetween((1L << 32) - 3 * UNIT, 1L << 32);
    }

    @Test
    void itIsWhatAnAdministratorHasSetAside() throws IOException {
        Files.writeString(dir.resolve("passwd"), "j:x:6:6:J\u00fcrgen:/:\nkubelet:x:7:7::/:\n",
                StandardCharsets.ISO_8859_1);
        program("echo \"0: kubelet 131072 7208960\"");
        assertThat(ids().read(UNIT)).isEqualTo(new IdRange(131_072, 7_208_960, UNIT));
    }

    @Test
    void othersAreNotTakenWhenTheProgramFailsOrGroupsDiffer() throws IOException {
        users("kubelet:x:7:7::/:\n");
        program("echo no such user >&2; exit 1");
        assertThatThrownBy(() -> ids().read(UNIT)).isInstanceOf(IOException.class)
                .hasMessageStartingWith("error retrieving additional ids for user \"kubelet\": ")
                .hasMessageContaining("no such user").hasMessageContaining("/etc/subuid");
        program("test \"$1\" = -g && echo 0: kubelet 65536 65536 || echo 0: kubelet 131072 65536");
        assertThatThrownBy(() -> ids().read(UNIT)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("mismatched subuids and subgids for user \"kubelet\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "kubelet 65536|invalid line", "0: kubelet x 65536|error parsing line",
            "0: kubelet 65536 4294967296|error parsing line",
            "0: kubelet 65537 65536|kubelet user assigned ID 65537 is not a multiple of 65536",
            "0: kubelet 0 65536|kubelet user assigned ID 0 must be greater or equal to 65536",
            "0: kubelet 65536 65537|kubelet user assigned IDs length 65537 is not a multiple of 65536",
            "0: kubelet 4294901760 131072|kubelet user assigned IDs end beyond 4294967295"})
    void whatCannotBeCutIsRefused(String output, String message) {
        assertThatThrownBy(() -> SubordinateIds.parse(output, UNIT)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void oneRangeIsEnough() {
        assertThatThrownBy(() -> SubordinateIds.parse("0: kubelet 65536 65536\n1: kubelet 131072 65536\n", UNIT))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("must contain only one line");
    }

    @Test
    void aPodHasWholeUnitsOfIdsAndThereAreEnoughForAllPods() {
        assertThatThrownBy(() -> IdRange.rest(65_537)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("invalid configuration: userNamespaces.idsPerPod must be a multiple of 65536");
        assertThatThrownBy(() -> IdRange.rest(1000)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("invalid configuration: userNamespaces.idsPerPod must not be less than 65536");
        assertThatThrownBy(() -> IdRange.rest(1L << 32)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("invalid configuration: userNamespaces.idsPerPod must not be more than 4294967295");
        IdRange two = new IdRange(UNIT, 2 * UNIT, UNIT);
        assertThat(two.forPods(2)).isEqualTo(two);
        assertThatThrownBy(() -> two.forPods(3)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("kubelet user assigned IDs are not enough to support 3 pods");
    }
}
