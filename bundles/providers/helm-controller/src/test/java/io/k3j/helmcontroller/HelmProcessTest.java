package io.k3j.helmcontroller;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The protocol with the program, which a script plays.
class HelmProcessTest {
    @TempDir
    private Path dir;

    private Helm.Outcome run(String script) throws IOException {
        Path java = dir.resolve("java");
        Files.writeString(java, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        Path library = Files.createDirectories(dir.resolve("lib"));
        Files.writeString(library.resolve("helm.jar"), "");
        HelmProcess helm = new HelmProcess(dir.resolve("runs"), new HelmProcess.Settings(java, library,
                dir.resolve("ca.crt"), () -> Duration.ofSeconds(2)));
        HelmRequest request = HelmRequest.uninstall(Charts.input("chart", "oci://r/a")).file("a/secret",
                "hush".getBytes(StandardCharsets.UTF_8));
        return helm.run(new Helm.Run(request, "secret", Duration.ofMinutes(5)), () -> true);
    }

    private void assertNothingIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(dir.resolve("runs"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void theProgramFindsItsRequestAndAnswersByAFile() throws IOException {
        Helm.Outcome outcome = run("""
                grep -q '^silenceMillis=2000' request.properties || exit 4
                printf 'ok=true\\nmessage=%s %s %s %s' "$HELM_DRIVER" "$(cat a/secret)" "$(stat -c %a .)" \
                  "$(pwd | sed 's/.*runs.run-.*/in a run/')" > result.properties
                """);
        assertThat(outcome).isEqualTo(new Helm.Outcome(true, true, "secret hush 700 in a run"));
        assertNothingIsLeft();
    }

    @Test
    void neitherTheCommandLineNorTheEnvironmentHoldsASecret() throws IOException {
        assertThat(run("(cat /proc/$$/cmdline /proc/$$/environ | tr '\\0' ' '; echo) | sed 's/^/message=/; s/\\\\/./g'"
                + " > result.properties").message()).contains("-Xmx64m", "io.k3j.helm.Main", "HELM_DRIVER=secret")
                .doesNotContain("hush");
    }

    @Test
    void aRefusalOfHelmIsAnAnswer() throws IOException {
        assertThat(run("printf 'ok=false\\nmessage=no such chart' > result.properties"))
                .isEqualTo(new Helm.Outcome(false, true, "no such chart"));
    }

    @Test
    void whoEndsWithoutAnAnswerIsToldWithTheEndOfItsOutput() throws IOException {
        assertThat(run("echo what happened; exit 3")).isEqualTo(new Helm.Outcome(false, false,
                "Helm ended without an answer, code 3: what happened"));
        assertThat(run("echo 'fatal error: runtime: cannot allocate memory'; exit 2").message())
                .isEqualTo("Helm was ended: the chart needs more than 768 MiB of memory");
        assertNothingIsLeft();
    }

    @Test
    void whatAnEarlierProcessLeftIsRemoved() throws IOException {
        Files.writeString(Files.createDirectories(dir.resolve("runs/run-1")).resolve("kubeconfig"), "token");
        run("exit 0");
        assertNothingIsLeft();
    }
}
