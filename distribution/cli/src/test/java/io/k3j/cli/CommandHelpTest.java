package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Help of the smaller commands.
class CommandHelpTest {
    private static String help(String words) {
        return CommandHelp.asked(List.of(words.split(" "))).orElse("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"token", "token --help", "token -h", "help token", "h token"})
    void aCommandTellsItsWordsAndTheirFlags(String words) {
        assertThat(help(words)).startsWith("NAME:\n   k3s token - Manage tokens\n\nUSAGE:\n   k3s token command ")
                .contains("\nCOMMANDS:\n   create        Make a bootstrap token", "\n   rotate        ",
                        "   --kubeconfig value ", " [$KUBECONFIG]\n");
    }

    @Test
    void aWordTellsItsFlagsWithDefaultsAndVariables() {
        assertThat(help("token create -h")).startsWith("NAME:\n   k3s token create - ")
                .contains("USAGE:\n   k3s token create [OPTIONS] [TOKEN]\n", "   --ttl value  ", "(default: 24h0m0s)",
                        "(default: signing,authentication)", "   --data-dir value, -d value");
        assertThat(help("help certificate rotate-ca")).contains("   --server value, -s value",
                "(default: https://127.0.0.1:6443) [$K3S_URL]", "   --force  ");
        assertThat(help("etcd-snapshot save --help")).contains("   --s3-access-key value, --etcd-s3-access-key value",
                "[$AWS_ACCESS_KEY_ID]", "   --s3, --etcd-s3  ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"token create", "etcd-snapshot", "etcd-snapshot ls", "kubectl get -h", "server --help",
            "certificate check --output json", "nothing", "help"})
    void whatAsksForNoneOfThemIsLeftAlone(String words) {
        assertThat(help(words)).isEmpty();
    }

    /// Both ways: what help names is taken, and what is taken is in help.
    @Test
    void helpAndCommandsHaveTheSameFlags() {
        assertThat(all("token", "create", "delete", "generate", "list", "rotate"))
                .isEqualTo(of(TokenCommand.FORM, Set.of()));
        assertThat(all("secrets-encrypt", "status", "enable", "prepare", "reencrypt"))
                .isEqualTo(of(SecretsEncryptCommand.FORM, Set.of("config", "log", "debug", "alsologtostderr")));
        assertThat(all("certificate", "check", "rotate", "rotate-ca"))
                .isEqualTo(of(CertificateCommand.form("check"), Set.of("token")));
        assertThat(all("etcd-snapshot", "save", "ls", "delete", "prune")).containsAll(List.of("s3-timeout", "dir"))
                .allMatch(flag -> known(EtcdSnapshotFlags.form(), flag));
    }

    private static boolean known(Words.Form form, String flag) {
        String name = form.aliases().getOrDefault(flag, flag);
        return form.valued().contains(name) || form.switches().contains(name);
    }

    private static Set<String> all(String command, String... words) {
        Set<String> flags = new TreeSet<>();
        for (String word : words) {
            flags.addAll(CommandHelp.flags(command + " " + word));
        }
        return flags;
    }

    /// @param others which K3s' help does not tell either
    private static Set<String> of(Words.Form form, Set<String> others) {
        Set<String> flags = new TreeSet<>(form.valued());
        flags.addAll(form.switches());
        flags.removeAll(others);
        return flags;
    }
}
