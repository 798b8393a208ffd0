package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The clients of the trials and the checkers together find each defect that is planted into a server, and none in one
/// that has none.
class PlantedTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int ENOUGH = 5_000;

    private static List<String> violations(PlantedServer.Defect defect) throws IOException, InterruptedException {
        try (PlantedServer server = new PlantedServer(defect);
                Api api = Api.to(server.address());
                Traffic traffic = new Traffic(List.of(api), 10, 0)) {
            traffic.begin(8);
            Waiting.until("calls", LIMIT, () -> traffic.done() >= ENOUGH, () -> traffic.done() + " done");
            Collection<Operation> history = traffic.end();
            return Verdict.violations(List.of(server.watched()), history);
        }
    }

    @Test
    void findsNothingWhereNothingIsPlanted() throws IOException, InterruptedException {
        assertThat(violations(PlantedServer.Defect.NONE)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void findsWhatIsPlanted(PlantedServer.Defect defect) throws IOException, InterruptedException {
        assertThat(violations(defect)).isNotEmpty();
    }
}
