package io.k3j.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The first ten minutes of a new engineer, as `CONTRIBUTING.md` has them.
@NeedsMachine
@Tag("full")
@Tag("swap")
class ContributingItest {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final String BEGIN = "```sh\n";

    @Test
    void theTenMinutesGoAsTheyAreWritten() throws Exception {
        try (Machine machine = Machine.on()) {
            Path clone = Files.createDirectory(machine.dir().resolve("clone"));
            copy(clone);
            Outcome outcome = machine.run(LIMIT, "cd " + clone + " && set -ex\n" + lines());
            assertThat(outcome.code()).as(outcome.text()).isZero();
            assertThat(outcome.text()).containsSubsequence("pong", "bundle swap", "pong again", "bundle back");
        }
    }

    /// What stands below the heading, between the fences.
    private static String lines() throws IOException {
        String page = Files.readString(ROOT.resolve("CONTRIBUTING.md"));
        String section = page.substring(page.indexOf("## Ten minutes"));
        String block = section.substring(section.indexOf(BEGIN) + BEGIN.length());
        return block.substring(0, block.indexOf("```"));
    }

    /// As a clone is: sources, nothing that was built.
    private static void copy(Path to) throws IOException, InterruptedException {
        Launch.of("bash", "-c", "set -o pipefail; cd " + ROOT
                + " && git ls-files -co --exclude-standard -z | tar --null -T - -c | tar -x -C " + to).text(LIMIT);
    }
}
