package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageServiceEndpointTest {
    private final Map<String, Object> settings = new HashMap<>();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"/run/a.sock||unix:///run/a.sock", "unix:///run/a.sock||unix:///run/a.sock",
            "/run/a.sock|unix:///run/b.sock|unix:///run/b.sock", "|/run/b.sock|unix:///run/b.sock"})
    void theKubeletsOwnArgumentPrevailsAndAPathIsASocket(String flag, String argument, String counts) {
        given(flag, argument);
        assertThat(ImageServiceEndpoint.fill(settings)).isEmpty();
        assertThat(settings).containsEntry("imageServiceEndpoint", counts);
        assertThat((String[]) settings.get("kubeletArg")).containsExactly("max-pods=9",
                "image-service-endpoint=" + counts);
    }

    @Test
    void anEmptyArgumentMeansTheRuntimeWhateverTheFlagSays() {
        given("/run/a.sock", "");
        assertThat(ImageServiceEndpoint.fill(settings)).isEmpty();
        assertThat(settings).doesNotContainKey("imageServiceEndpoint");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"tcp://127.0.0.1:1||invalid --image-service-endpoint \"tcp://127.0.0.1:1\": ",
            "run/a.sock||invalid --image-service-endpoint \"run/a.sock\": it must be a unix socket such as unix:///",
            "|unix://a.sock|invalid --kubelet-arg=image-service-endpoint \"unix://a.sock\": it must be a unix socket"})
    void refusesWhatIsNoSocket(String flag, String argument, String problem) {
        given(flag, argument);
        assertThat(ImageServiceEndpoint.fill(settings)).hasValueSatisfying(p -> assertThat(p).startsWith(problem));
    }

    @Test
    void isNotLookedAtWhereNoNodeRuns() {
        given("tcp://127.0.0.1:1", null);
        settings.put("disableAgent", true);
        assertThat(ImageServiceEndpoint.fill(settings)).isEmpty();
    }

    private void given(String flag, String argument) {
        if (flag != null) {
            settings.put("imageServiceEndpoint", flag);
        }
        settings.put("kubeletArg", argument == null ? new String[] {"max-pods=9"}
                : new String[] {"max-pods=9", "image-service-endpoint=" + argument});
    }
}
