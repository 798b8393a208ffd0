package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.pki.ClusterAccess;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.K3sProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What a running server tells those who would join it: servers what its cluster has agreed on, agents how they are to
/// be configured. Whatever is plugged in, it is the same.
final class JoinAnswers {
    private static final String ADDRESS = "server: ";

    private JoinAnswers() {
    }

    /// Both, as they come; where nobody answers for a moment it asks again.
    static String of(K3sProcess server) throws IOException, InterruptedException {
        Path kubeconfig = server.dataDir().resolveSibling("k3s.yaml");
        String address = Files.readAllLines(kubeconfig).stream().map(String::strip)
                .filter(line -> line.startsWith(ADDRESS)).findFirst().orElseThrow().substring(ADDRESS.length());
        String token = Files.readString(server.dataDir().resolve("server/token")).strip();
        String password = token.substring(token.lastIndexOf(':') + 1);
        return told(server, address, password, "server", "/v1-k3s/server-config") + "\n"
                + told(server, address, password, "node", "/v1-k3s/config");
    }

    private static String told(K3sProcess server, String address, String password, String user, String path)
            throws InterruptedException {
        List<String> told = new ArrayList<>();
        Waiting.until(path, server, () -> {
            try (ClusterAccess access = ClusterAccess.of(address, password, user)) {
                ClusterAccess.Answer answer = access.get(path);
                assertThat(answer.ok()).as(answer.text()).isTrue();
                told.add(answer.text());
            }
            return true;
        });
        return told.getLast();
    }
}
