package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerPortsTest {
    private final List<String> warnings = new ArrayList<>();
    private final Map<String, Object> settings = new HashMap<>(
            Map.of("httpsListenPort", "6443", "bindAddress", "0.0.0.0"));

    private Optional<String> fill(String... given) {
        for (int i = 0; i < given.length; i += 2) {
            settings.put(given[i], given[i + 1]);
        }
        return ServerPorts.fill(settings, warnings);
    }

    @Test
    void withoutAFlagThereIsOnePort() {
        assertThat(fill("supervisorPort", "0", "apiserverPort", "0")).isEmpty();
        assertThat(settings).doesNotContainKeys("supervisorPort", "apiserverPort");
    }

    @Test
    void aSupervisorAtTheServersPortHasNoPortOfItsOwn() {
        assertThat(fill("supervisorPort", "6443")).isEmpty();
        assertThat(settings).doesNotContainKey("supervisorPort");
    }

    @Test
    void anAddressAloneIsThatOfThePortAfterTheServers() {
        assertThat(fill("apiserverBindAddress", "192.0.2.7")).isEmpty();
        assertThat(settings).containsEntry("apiserverPort", "6444");
    }

    @ParameterizedTest
    @CsvSource({"6443, 0.0.0.0, true", "6443, '::', true", "6443, 127.0.0.1, false", "9345, 127.0.0.1, false",
            "7443, 127.0.0.1, true"})
    void aPortThatIsThereAlreadyHasNoOtherAddress(String port, String address, boolean taken) {
        Optional<String> problem = fill("supervisorPort", "9345", "apiserverPort", port, "apiserverBindAddress",
                address);
        assertThat(problem.isEmpty()).as("%s", problem).isEqualTo(taken);
    }

    @Test
    void aServerWithoutTheApiSaysWhatHasNoEffect() {
        settings.put("disableApiserver", true);
        assertThat(fill("apiserverPort", "7443")).isEmpty();
        assertThat(settings).doesNotContainKey("apiserverPort");
        assertThat(warnings).singleElement().asString().contains("no effect with --disable-apiserver");
    }

    @Test
    void aServerWithoutTheApiHasItsSupervisorsPortAlone() {
        settings.put("disableApiserver", true);
        assertThat(fill("supervisorPort", "9345")).isEmpty();
        assertThat(settings).containsEntry("httpsListenPort", "9345").containsEntry("supervisorPort", "9345");
        assertThat(fill("supervisorPort", "0")).as("none of its own").isEmpty();
        assertThat(settings).containsEntry("httpsListenPort", "9345");
        assertThat(warnings).isEmpty();
    }
}
