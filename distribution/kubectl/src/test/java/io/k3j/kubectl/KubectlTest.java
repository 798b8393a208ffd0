package io.k3j.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the small kubectl says of what it does not have.
class KubectlTest {
    private static String said(String... arguments) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Kubectl.run(List.of(arguments), "/nowhere/k3s.yaml", "for the rest do this", System.out,
                new PrintStream(err, true, StandardCharsets.UTF_8));
        assertThat(code).isEqualTo(1);
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void anotherVerbIsAnsweredByTheVerbsThereAreAndHowToGetTheRest() {
        assertThat(said("describe", "pods")).isEqualTo("error: no kubectl is installed, and the one built into k3s has"
                + " only get, apply, delete, logs, exec, wait and version, no \"describe\"; for the rest do this\n");
        assertThat(said("--help")).contains("only get, apply,");
        assertThat(said("-")).contains("only get, apply,");
        assertThat(said()).endsWith("wait and version; for the rest do this\n");
    }

    @Test
    void whatItComplainsOfTellsTheTerminalNothing() {
        assertThat(said("a\u001b[2J\u009b1A")).contains("no \"a\\u001b[2J\\u009b1A\"");
    }

    @Test
    void optionsMayStandBeforeTheVerb() {
        assertThat(said("-n", "kube-system", "--kubeconfig=/other", "top")).contains("no \"top\"");
        assertThat(said("-A", "get", "pods")).contains("/nowhere/k3s.yaml");
    }

    @Test
    void whatAVerbDoesNotHaveSaysTheSame() {
        assertThat(said("get", "pods", "--sort-by=.metadata.name")).isEqualTo("error: no kubectl is installed, and the"
                + " one built into k3s has no option --sort-by=.metadata.name; for the rest do this\n");
        assertThat(said("get")).doesNotContain("for the rest");
    }
}
