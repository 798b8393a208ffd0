package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Commands on a machine that names no language, one that is not UTF-8, or one it does not have: what is typed and told
/// is UTF-8 all the same.
class LanguageItest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /// Written by the shell, since the Java of the test may itself run where nothing but ASCII is known.
    private static final String TYPED = "exec env -i \"$0\" \"K3S_JAVA=$1\" \"$2\" server "
            + "\"$(printf '%b' '--gr\\0303\\0266\\0303\\0237e')\"";

    @ParameterizedTest
    @ValueSource(strings = {"K3J=", "LANG=C", "LC_ALL=POSIX", "LANG=tlh_KX.UTF-8"})
    void repeatsWhatWasTyped(String language) throws IOException, InterruptedException {
        Outcome outcome = Launch.of("sh", "-c", TYPED, language, Launch.jdk("java"),
                K3sProcess.distribution().resolve("bin/k3s").toString()).run(LIMIT);
        assertThat(outcome.text()).contains("--größe");
        assertThat(outcome.code()).isEqualTo(1);
    }
}
