package io.k3j.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchIOException;

import io.k3j.pki.ClientTls;
import io.k3j.pki.Pem;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SupervisorClientTest {
    /// The agent has one thread for all it asks.
    @Test
    void anAnswerThatStopsInTheMiddleIsGivenUp() throws Exception {
        try (StockServer server = new StockServer()) {
            server.stalled.add("/v1-k3s/config");
            String why = "";
            // on a machine that is busy an answer may begin too late
            for (int seconds = 1; seconds < 60 && !why.contains("as a whole"); seconds *= 2) {
                try (SupervisorClient client = client(server, Duration.ofSeconds(seconds))) {
                    why = String.valueOf(catchIOException(() -> client.get("/v1-k3s/config")).getMessage());
                }
            }
            assertThat(why).startsWith("/v1-k3s/config was not answered as a whole within ");
        }
    }

    @Test
    void aWholeAnswerIsTaken() throws Exception {
        try (StockServer server = new StockServer();
                SupervisorClient client = client(server, Duration.ofSeconds(60))) {
            assertThat(client.get("/cacerts")).isEqualTo(Pem.encode(server.servers.chain()));
        }
    }

    private static SupervisorClient client(StockServer server, Duration limit) {
        return new SupervisorClient(URI.create(server.url()),
                ClientTls.trusting(server.servers.chain(), Optional.empty()), "", Duration.ZERO, limit);
    }
}
