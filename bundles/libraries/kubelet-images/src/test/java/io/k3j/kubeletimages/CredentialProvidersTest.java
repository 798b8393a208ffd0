package io.k3j.kubeletimages;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.childprocess.Command;
import io.k3j.imageregistries.ImageName;
import io.k3j.model.Struct;
import io.k3j.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Real programs, written in shell.
@Timeout(120)
class CredentialProvidersTest {
    private static final String ANSWER = """
            {"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderResponse",\
            "cacheKeyType":"%s","cacheDuration":"%s","auth":{"*.example":{"username":"any","password":"p"},\
            "r.example/team":{"username":"'"$WHO"'","password":"p"},\
            "other.example":{"username":"x","password":"y"}}}""";
    @TempDir
    private Path directory;
    private final ManualClock clock = new ManualClock();
    private final List<String> failed = new ArrayList<>();

    private CredentialProviders providers(String script) throws IOException {
        return providers(script, 60);
    }

    private CredentialProviders providers(String script, int seconds) throws IOException {
        Path bin = Files.createDirectories(directory.resolve("bin"));
        Path program = Files.writeString(bin.resolve("tell"), "#!/bin/sh\necho \"$*\" >> " + directory.resolve("calls")
                + "\ncat >> " + directory.resolve("input") + "\n" + script + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        configure("  - {name: tell, apiVersion: credentialprovider.kubelet.k8s.io/v1, defaultCacheDuration: 10m, "
                + "matchImages: ['*.example'], args: [get, creds], env: [{name: WHO, value: me}]}\n");
        return new CredentialProviders(directory.resolve("config.yaml"), bin, clock,
                new Command(Duration.ofSeconds(seconds), CredentialProvider.MOST_BYTES));
    }

    private void configure(String providers) throws IOException {
        Files.writeString(directory.resolve("config.yaml"),
                "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders:\n" + providers);
    }

    private static String say(String cacheKey, String duration) {
        return "echo '" + ANSWER.formatted(cacheKey, duration) + "'";
    }

    private List<Struct> ask(CredentialProviders all, String image) {
        return all.of(ImageName.parse(image), failed);
    }

    private long calls() throws IOException {
        return Files.readAllLines(directory.resolve("calls")).size();
    }

    @Test
    void aProgramIsAskedForTheImagesItIsFor() throws IOException {
        CredentialProviders all = providers(say("Registry", "5m"));
        assertThat(ask(all, "r.example/team/app:1")).containsExactly(
                Struct.of("username", "me", "password", "p"), Struct.of("username", "any", "password", "p"));
        assertThat(Files.readString(directory.resolve("input"))).contains("\"kind\":\"CredentialProviderRequest\"",
                "\"image\":\"r.example/team/app\"");
        assertThat(Files.readString(directory.resolve("calls"))).isEqualTo("get creds\n");
        assertThat(ask(all, "quay.io/app:1")).isEmpty();
        assertThat(calls()).isEqualTo(1);
        assertThat(failed).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"Image,5m,2", "Registry,5m,1", "Global,5m,1", "Registry,0s,3"})
    void anAnswerCountsForAsMuchAndAsLongAsItSays(String key, String duration, int expected) throws IOException {
        CredentialProviders all = providers(say(key, duration));
        ask(all, "r.example/team/app:1");
        ask(all, "r.example/team/app:2");
        ask(all, "r.example/other:1");
        assertThat(calls()).isEqualTo(expected);
        clock.advance(Duration.ofMinutes(6));
        ask(all, "r.example/team/app:1");
        assertThat(calls()).isEqualTo(expected + 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"sleep 1000 | 2 | no answer within 2 seconds",
            "echo hunter2 >&2; exit 3 | 60 | exit code 3",
            "head -c 3000000 /dev/zero | 60 | says more than 1024 KiB",
            "echo '{\"password\":\"hunter2' | 60 | answers no CredentialProviderResponse",
            "echo '{}' | 60 | answers no CredentialProviderResponse"})
    void whatGoesWrongIsToldWithoutSecrets(String script, int seconds, String told) throws IOException {
        assertThat(ask(providers(script, seconds), "r.example/app")).isEmpty();
        assertThat(failed).singleElement().asString().startsWith("image credential provider \"tell\": ").contains(told)
                .doesNotContain("hunter2");
    }

    @Test
    void oneThatHangsIsLeftAloneForAMinute() throws IOException {
        CredentialProviders all = providers("[ -e " + directory.resolve("well") + " ] || sleep 1000\n"
                + say("Registry", "5m"), 5);
        ask(all, "r.example/a");
        ask(all, "r.example/b");
        assertThat(failed).hasSize(2).last().asString().contains("left alone");
        assertThat(calls()).isEqualTo(1);
        Files.createFile(directory.resolve("well"));
        List<Struct> given = List.of();
        // on a busy machine one that does not hang may take too long as well
        for (int minute = 0; minute < 10 && given.isEmpty(); minute++) {
            clock.advance(Duration.ofMinutes(1));
            given = ask(all, "r.example/a");
        }
        assertThat(given).isNotEmpty();
    }

    @Test
    void aConfigurationThatIsWrongIsToldAndACorrectedOneCounts() throws IOException {
        CredentialProviders all = providers(say("Registry", "5m"));
        String right = Files.readString(directory.resolve("config.yaml"));
        configure("  - {name: ../tell, apiVersion: v1, tokenAttributes: {}}\n  - {name: tell}\n");
        assertThat(ask(all, "r.example/app")).isEmpty();
        assertThat(failed).singleElement().asString().contains("--image-credential-provider-config",
                "\"../tell\": the name",
                "matchImages is missing", "tokenAttributes", "apiVersion \"v1\"", "defaultCacheDuration");
        failed.clear();
        Files.writeString(directory.resolve("config.yaml"), right);
        assertThat(ask(all, "r.example/app")).isNotEmpty();
        Files.delete(directory.resolve("bin/tell"));
        clock.advance(Duration.ofMinutes(6));
        assertThat(ask(all, "r.example/app")).isEmpty();
        assertThat(failed).singleElement().asString().contains("there is no program");
    }
}
