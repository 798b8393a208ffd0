package io.k3j.bootitest;

import io.k3j.testkitprocess.K3sProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The commands an administrator types beside a running server.
record Commands(Path home) {
    /// What a command printed, and its exit code.
    record Result(int code, String text) {
    }

    /// `k3s kubectl …`, which must succeed.
    String kubectl(String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("kubectl", "--kubeconfig", home.resolve("k3s.yaml").toString()));
        line.addAll(List.of(words));
        return must(k3s(line));
    }

    /// `k3s WORD SUBWORD …` against the server of this directory.
    Result administer(String word, String subword, String... words) throws IOException, InterruptedException {
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

    private static Result k3s(List<String> words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(K3sProcess.distribution().resolve("bin/k3s").toString()));
        line.addAll(words);
        return run(line);
    }

    /// Any command.
    static Result run(List<String> line) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("K3S_") || name.equals("KUBECONFIG"));
        builder.environment().put("K3S_JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        return new Result(process.waitFor(), text);
    }

    static String must(Result result) {
        if (result.code() != 0) {
            throw new AssertionError("ended with " + result.code() + "\n" + result.text());
        }
        return result.text();
    }

    /// Whether the API is served to the administrator, who may write to every namespace a cluster begins with.
    boolean served() {
        try {
            kubectl("get", "namespace", "default");
            return true;
        } catch (IOException | AssertionError notYet) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
