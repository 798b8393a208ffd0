package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What bash offers after a tab.
class CompletionTest {
    @TempDir
    Path directory;

    private List<String> offered(String line) throws IOException, InterruptedException {
        Path script = Files.writeString(directory.resolve("script"), Completion.script() + "COMP_WORDS=(" + line
                + ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_k3s_complete\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
        Process bash = new ProcessBuilder("bash", script.toString()).redirectErrorStream(true).start();
        List<String> lines = bash.inputReader().readAllLines();
        assertThat(bash.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return lines;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"k3s etcd-sn|etcd-snapshot", "k3s etcd-snapshot p|prune",
            "k3s server --cluster-i|--cluster-init", "k3s agent --cluster-i|", "k3s agent --node-na|--node-name",
            "k3s token rot|rotate", "k3s token create --desc|--description",
            "k3s token create --new|", "k3s certificate rotate-ca --pa|--path", "k3s secrets-encrypt st|status",
            "k3s etcd-snapshot save --s3-reg|--s3-region", "k3s datast|datastore"})
    void isWhatTheCommandHas(String line, String word) throws Exception {
        assertThat(offered(line)).containsExactly(word == null ? "" : word);
    }
}
