package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apirequests.GoAwayChance;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoAwayChanceTest {
    private static final int REQUESTS = 10_000;

    @ParameterizedTest
    @CsvSource({"0.02, HTTP/2.0, 150, 250", "0.02, HTTP/1.1, 0, 0", "0, HTTP/2.0, 0, 0"})
    void someClientsAreAskedToGoOver(double chance, String protocol, int least, int most) {
        AtomicInteger asked = new AtomicInteger();
        TestExchange exchange = new TestExchange("GET", "/", new byte[0]) {
            @Override
            public String protocol() {
                return protocol;
            }

            @Override
            public void goAway() {
                asked.incrementAndGet();
            }
        };
        GoAwayChance of = new GoAwayChance(chance, new Random(7));
        for (int i = 0; i < REQUESTS; i++) {
            of.consider(exchange);
        }
        assertThat(asked.get()).isBetween(least, most);
    }
}
