package io.k3j.bootitest;

import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The commands an administrator types beside a running server.
record Commands(Path home) {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /// `k3s kubectl …`, which must succeed.
    String kubectl(String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("kubectl", "--kubeconfig", home.resolve("k3s.yaml").toString()));
        line.addAll(List.of(words));
        return must(k3s(line));
    }

    /// `k3s WORD SUBWORD …` against the server of this directory.
    Outcome administer(String word, String subword, String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(word, subword, "--data-dir", home.resolve("data").toString(),
                "--server", server()));
        line.addAll(List.of(words));
        return k3s(line);
    }

    /// The address its kubeconfig names.
    String server() throws IOException {
        return Files.readString(home.resolve("k3s.yaml")).lines().map(String::strip)
                .filter(line -> line.startsWith("server: ")).findFirst().orElseThrow().substring("server: ".length());
    }

    private static Outcome k3s(List<String> words) throws IOException, InterruptedException {
        return K3sProcess.k3s(words).run(LIMIT);
    }

    /// Any command.
    static Outcome run(List<String> line) throws IOException, InterruptedException {
        return Launch.of(line).withoutK3sEnvironment().environment("K3S_JAVA", Launch.jdk("java")).run(LIMIT);
    }

    static String must(Outcome result) {
        if (result.code() != 0) {
            throw new AssertionError("ended with " + result.code() + "\n" + result.text());
        }
        return result.text();
    }

    /// Whether the API is served to the administrator, who may write to every namespace a cluster begins with. It is
    /// asked without a command, which would take half a second of a processor from what is waited for.
    boolean served() {
        try (Api api = Api.of(home.resolve("k3s.yaml"))) {
            return api.get("/api/v1/namespaces/default", Api.JSON).statusCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException | AssertionError notYet) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
